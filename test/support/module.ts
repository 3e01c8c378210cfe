/**
 * A page for the minified module to run in: the window double, with the parts of a modern browser that the module asks
 * for and the hosted script does not.
 *
 * A module cannot run in a realm of its own without a flag of Node's. So its exports become plain variables, which are
 * assigned to the global `SE`; every other byte is the one that ships.
 */
import { getEventListeners } from "node:events";
import vm from "node:vm";
import { INDEX_MJS } from "../../scripts/config.ts";
import { artifactText } from "./artifact.ts";
import { CHANNEL, CLIENT_ID, KEY } from "./login.ts";
import { Page, type PageOptions } from "./window-double.ts";

/** One request to the API, in the order of the asking. */
export interface ApiRequest {
  url: URL;
  signal: AbortSignal | undefined;
  /** Answers with `body`, JSON unless it is a string, and an HTTP status (200). */
  answer(body: unknown, status?: number): Promise<void>;
  /** The connection fails, or CORS does not allow the answer to be read. */
  fail(): Promise<void>;
}

/** Lets everything that waits for a promise go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The module's text, with its exports assigned to the global `SE`: those of its declarations or, where the build had to leave
 * one, of the list at its end. Throws an Error when they have another form.
 */
export function asScript(module: string): string {
  const [clause = "", list = "init,authenticate,login"] = /export\s*\{([^}]*)\};?\s*$/.exec(module) ?? [];
  const members = list.split(",").map((entry) => {
    const [local, name = local] = entry.trim().split(/\s+as\s+/);
    return `${name}:${local}`;
  });
  const text = module.slice(0, module.length - clause.length).replace(/\bexport (?=(var|let|const)\b)/g, "");
  if (/\bexport\b/.test(text)) throw new Error("the module's exports have another form");
  return `(function(){${text};globalThis.SE={${members.join()}};})()`;
}

/** What the module needs of a browser beyond what the double has. */
class Api {
  readonly requests: ApiRequest[] = [];

  fetch = (address: string, init: { signal?: AbortSignal } = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { signal } = init;
      if (signal?.aborted) return reject(signal.reason);
      const aborted = () => reject(signal!.reason);
      signal?.addEventListener("abort", aborted, { once: true });
      const end = (act: () => void) => {
        signal?.removeEventListener("abort", aborted);
        act();
        return settle();
      };
      this.requests.push({
        url: new URL(address),
        signal,
        answer: (body, status = 200) =>
          end(() => {
            const text = typeof body === "string" ? body : JSON.stringify(body);
            resolve(new Response(text, { status }));
          }),
        fail: () => end(() => reject(new TypeError("Failed to fetch"))),
      });
    });
}

/** A page in which the minified module has run. */
export interface ModulePage extends Page {
  requests: ApiRequest[];
}

let script: vm.Script | undefined;

/** A new page in which the module has run; `code` is another text of it than the build's. */
export async function openModulePage(options?: PageOptions, code?: string): Promise<ModulePage> {
  script ??= new vm.Script(asScript(await artifactText(INDEX_MJS)), { filename: "index.mjs" });
  const runs = code ? new vm.Script(code, { filename: "bundle.js" }) : script;
  const api = new Api();
  const artifact = {
    runInContext(realm: vm.Context) {
      const { setTimeout } = realm;
      Object.assign(realm, {
        fetch: api.fetch,
        URL,
        URLSearchParams,
        // The double's is as old as IE's, which hands no arguments on.
        setTimeout: (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
          setTimeout(() => callback(...args), ms),
      });
      return runs.runInContext(realm);
    },
  };
  return Object.assign(new Page(artifact as vm.Script, options), { requests: api.requests });
}

/** A page after `init`. */
export async function readyPage(options?: PageOptions): Promise<ModulePage> {
  const page = await openModulePage(options);
  page.SE.init({ clientId: CLIENT_ID, key: KEY, channelUrl: CHANNEL, complete() {} });
  page.advance(1);
  return page;
}

/** How a promise of `login()` ended, and how often it was looked at. */
export interface End {
  state: "pending" | "resolved" | "rejected";
  value?: any;
}

/** Starts a login and watches how it ends. */
export function login(page: ModulePage, options?: object): End {
  const end: End = { state: "pending" };
  page.SE.login(options).then(
    (value: unknown) => Object.assign(end, { state: "resolved", value }),
    (value: unknown) => Object.assign(end, { state: "rejected", value }),
  );
  return end;
}

/** What the module left behind in the page; all zero and empty when no login is under way. */
export function leftovers(page: ModulePage): object {
  const { listeners, timers, scripts, globals, members } = page.leftovers();
  const added = ["fetch", "URL", "URLSearchParams"];
  return {
    listeners,
    timers,
    scripts,
    globals: globals.filter((name) => !added.includes(name)),
    members: members.filter((name) => name !== "login"),
  };
}

/** How many listeners wait for `signal` to abort. */
export const abortListeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;
