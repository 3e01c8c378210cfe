/**
 * The adapter of the module, and what its own tests need besides: promises and signals.
 *
 * A module cannot run in a separate realm without a flag of Node's. So its exports become plain variables, which are
 * assigned to the global `SE`; every other byte is the one that ships.
 */
import { getEventListeners } from "node:events";
import vm from "node:vm";
import { INDEX_MJS } from "../../scripts/config.ts";
import { artifactText } from "./artifact.ts";
import { Client } from "./client.ts";
import { fetchDouble } from "./fetch-double.ts";
import type { Page, PageOptions } from "./window-double.ts";

/**
 * The module's text, with its exports assigned to the global `SE`: those of its declarations or, where the build had to leave
 * one, of the list at its end. Throws an Error when they have another form.
 */
function asScript(module: string): string {
  const [clause = "", list = "init,authenticate,login"] = /export\s*\{([^}]*)\};?\s*$/.exec(module) ?? [];
  const members = list.split(",").map((entry) => {
    const [local, name = local] = entry.trim().split(/\s+as\s+/);
    return `${name}:${local}`;
  });
  const text = module.slice(0, module.length - clause.length).replace(/\bexport (?=(var|let|const)\b)/g, "");
  if (/\bexport\b/.test(text)) throw new Error("the module's exports have another form");
  // The code of a module is strict.
  return `(function(){"use strict";${text};globalThis.SE={${members.join()}};})()`;
}

let listening: Page | undefined;

/**
 * A rejection that nothing handles is the page's when the promise is of its realm. Any other is the test's, and ends the
 * process as it does without a listener.
 */
function rejected(reason: unknown, promise: unknown): void {
  if (!listening || !vm.runInContext("(promise) => promise instanceof Promise", listening.realm)(promise))
    throw reason;
  listening.uncaught.push(reason);
}

/** What the module asks a browser for and the hosted script does not. */
function equip(page: Page) {
  Object.assign(page.realm, { DOMException, URL, URLSearchParams });
  listening = page;
  if (!process.listeners("unhandledRejection").includes(rejected)) process.on("unhandledRejection", rejected);
  return fetchDouble(page);
}

let script: vm.Script | undefined;

/** A new page in which the module has run; `code` is another text of it than the build's. */
export async function openIndexMjs(options?: PageOptions, code?: string): Promise<Client> {
  script ??= new vm.Script(asScript(await artifactText(INDEX_MJS)), { filename: "index.mjs" });
  const runs = code ? new vm.Script(code, { filename: "bundle.js" }) : script;
  return new Client("index.mjs", runs, ["init", "authenticate", "login"], equip, options);
}

/** How a promise of `login()` ended. */
export interface End {
  state: "pending" | "resolved" | "rejected";
  value?: any;
}

/** Starts a login and watches how it ends. */
export function login(client: Client, options?: object): End {
  const end: End = { state: "pending" };
  client.SE.login(options).then(
    (value: unknown) => Object.assign(end, { state: "resolved", value }),
    (value: unknown) => Object.assign(end, { state: "rejected", value }),
  );
  return end;
}

/** How many listeners wait for `signal` to abort. */
export const abortListeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;
