/**
 * The module in a page, and what its own tests need besides: promises and signals.
 *
 * A module cannot run in a separate realm without a flag of Node's. So its exports become plain variables, which are
 * assigned to the global `SE`; every other byte is the one that ships.
 */
import { getEventListeners } from "node:events";
import vm from "node:vm";
import { INDEX_MJS } from "../../scripts/config.ts";
import { fetchDouble } from "./api-doubles.ts";
import { artifactText } from "./artifact.ts";
import { Client, type PageOptions } from "./client.ts";

const MEMBERS = ["init", "authenticate", "login"];

/** The module's text, with its exports assigned to the global `SE`. Throws an Error when they are no declarations. */
function asScript(module: string): string {
  const text = module.replace(/\bexport (?=let\b)/g, "");
  if (/\bexport\b/.test(text)) throw new Error("the module's exports have another form");
  // The code of a module is strict.
  return `(function(){"use strict";${text};globalThis.SE={${MEMBERS.join()}};})()`;
}

let listening: Client | undefined;

/**
 * A rejection that nothing handles is the page's when the promise is of its realm. Any other is the test's, and ends the
 * process as it does without a listener.
 */
function rejected(reason: unknown, promise: unknown): void {
  if (!listening?.run("(promise) => promise instanceof Promise")(promise)) throw reason;
  listening!.uncaught.push(reason);
}

/** What the module asks a browser for and the hosted script does not. */
function equip(client: Client): void {
  Object.assign(client.realm, { DOMException, URL, URLSearchParams });
  listening = client;
  if (!process.listeners("unhandledRejection").includes(rejected)) process.on("unhandledRejection", rejected);
  fetchDouble(client);
}

let script: vm.Script | undefined;

/** A new page in which the module has run; `code` is another text of it than the build's. */
export async function openIndexMjs(options?: PageOptions, code?: string): Promise<Client> {
  script ??= new vm.Script(asScript(await artifactText(INDEX_MJS)), { filename: "index.mjs" });
  const runs = code ? new vm.Script(code, { filename: "bundle.js" }) : script;
  return new Client("index.mjs", runs, MEMBERS, equip, options);
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
