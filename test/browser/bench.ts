/**
 * The bench of every flow: the dev tier's handlers, the SDK as it ships, and pages that write down what it does (page.js). Each
 * response may have other headers: the page, the dialog, its redirect, the landing page, the API and the SDK's own file.
 */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { ALL_JS, apiOriginOf, INDEX_MJS, localTier, PRODUCTION, type Tier } from "../../scripts/config.ts";
import { createDevTier, type DevTier, type FaultValues, type Origins } from "../../scripts/dev-tier/index.ts";
import { artifactText } from "../support/artifact.ts";
import type { Engine, Page } from "../support/browsers.ts";
import type { PageOptions } from "../support/engines/types.ts";
import { until } from "../support/engines/wait.ts";
import { playOldIE } from "../support/old-ie.ts";
import { html, openSite, type Site } from "../support/site.ts";

export type Sdk = "all.js" | "index.mjs";
export const BOTH: readonly Sdk[] = ["all.js", "index.mjs"];

/** Who sends a header. `channel` is the app's blank page. */
export type Sender = "app" | "channel" | "dialog" | "redirect" | "landing" | "api" | "sdk";

/** How a login ended, as page.js writes it down. */
export interface Call {
  /** "success", or the error's name. */
  name: string;
  data: any;
  isError: boolean;
  stack: string;
  /** ms since the epoch. */
  at: number;
  /** ms since the last message reached the page. */
  sinceHeard: number;
  /** Beats of 50 ms since the popup was closed. */
  closedBeats: number;
}

export interface LoginOptions {
  scope?: string[];
  networkUsers?: boolean;
  /** Not the SDK's: log in while the page loads instead of in a click. */
  atOnce?: boolean;
}

/** The window, the page in it, and what the servers do. */
export interface Opening {
  sdk?: Sdk;
  userAgent?: string;
  /** A window that no test had before: its browser remembers no preflight that was allowed. */
  fresh?: boolean;
  /** HTML before all other scripts, and behind the buttons. */
  head?: string;
  body?: string;
  /** Served as XML. */
  xml?: boolean;
  /** Headers to add or to replace, with production's API for ours; null takes one off. Some for the SDK: it has its own origin. */
  headers?: Partial<Record<Sender, Record<string, string | null>>>;
  faults?: Partial<FaultValues>;
}

export interface Bench {
  tier: DevTier;
  /** Called with the header of each request for accounts, before it is answered. */
  beforeAccounts?: ((authorization: string | null) => unknown) | undefined;
  /** The paths that servers were asked for since the page was opened. */
  asked: Set<string>;
  /** What browsers sent to /report, as a policy's report-uri tells them. */
  reports: string[];
  /**
   * A window on a page with the SDK, which logs in with `login` on a click of #login, or of #authenticate: the module's own
   * function, where #login uses its promise. /plain is such a page, for frames.
   */
  open(engine: Engine, login?: LoginOptions, how?: Opening): Promise<Page>;
  /** Answers for whichever of its origins a request is for. */
  respond(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export const NONCE = "n0nce";

const PAGE_SCRIPT = readFileSync(new URL("./page.js", import.meta.url), "utf8");
const BUTTONS = '<button id="login">log in</button><button id="authenticate">authenticate</button>';
const XHTML = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>test</title><script src="/page.js"/></head>
  <body><script src="/all.js"/>${BUTTONS}<script src="/start.js"/></body></html>`;

const tag = (src: string, type = "text/javascript"): string =>
  `<script src="${src}" type="${type}" nonce="${NONCE}"></script>`;

/** The bench on these origins: for `sites` that run there, or else inside the browser. */
function createBench(origins: Origins & { cdn: string }, target: Tier, sites: readonly Site[] = []): Bench {
  // The servers' clock is moved on with each page, so that no backoff of one test reaches into the next.
  let advanced = 0;
  const tier = createDevTier({ origins, now: () => Date.now() + advanced });
  let how: Opening = {};
  let last: { page: Page; kind: string } | undefined;
  const sdkOrigin = (): string => (how.headers?.sdk ? origins.cdn : "");

  const scripts: Record<string, () => string | Promise<string>> = {
    "/page.js": () => PAGE_SCRIPT,
    "/all.js": () => artifactText(ALL_JS, target),
    "/index.mjs": () => artifactText(INDEX_MJS, target),
    "/start.js": () => "bench.start(SE);",
    "/start.mjs": () => `import * as sdk from "${sdkOrigin()}/index.mjs"; bench.start(sdk);`,
  };
  const pageHtml = ({ head = "", body = "", sdk = "all.js" }: Opening): string => {
    const start =
      sdk === "all.js" ? tag(`${sdkOrigin()}/all.js`) + tag("/start.js") : tag("/start.mjs", "module");
    return `${head}${tag("/page.js")}${BUTTONS}${body}${start}`;
  };

  /** `response` with the headers that `sender` sends. */
  const send = async (sender: Sender, response: Response | Promise<Response>): Promise<Response> => {
    const { status, headers: usual, body, type } = await response;
    // What a site cannot drop is answered with what no browser can use.
    if (type === "error") return sites.length > 0 ? new Response(null, { status: 500 }) : Response.error();
    const headers = new Headers(usual);
    for (const [name, value] of Object.entries(how.headers?.[sender] ?? {}))
      if (value === null) headers.delete(name);
      else headers.set(name, value.replaceAll(apiOriginOf(PRODUCTION), origins.api));
    return new Response(body, { status, headers });
  };

  const bench: Bench = {
    tier,
    asked: new Set(),
    reports: [],
    async respond(request) {
      const { origin, pathname } = new URL(request.url);
      bench.asked.add(pathname);
      if (origin === origins.api) {
        if (request.method === "GET") await bench.beforeAccounts?.(request.headers.get("authorization"));
        return send("api", tier.api.fetch(request));
      }
      if (origin === origins.login) {
        const response = await tier.login.fetch(request);
        if (pathname === "/oauth/login_success") return send("landing", response);
        return send(response.status === 302 ? "redirect" : "dialog", response);
      }
      const script = await scripts[pathname]?.();
      if (script) {
        const headers = {
          "content-type": "text/javascript",
          "cache-control": "no-store",
          // As the release is served. A module is always fetched with CORS.
          "access-control-allow-origin": "*",
          "cross-origin-resource-policy": "cross-origin",
        };
        const response = new Response(script, { headers });
        return origin === origins.cdn ? send("sdk", response) : response;
      }
      if (pathname === "/" && how.xml)
        return new Response(XHTML, { headers: { "content-type": "application/xhtml+xml" } });
      if (pathname === "/") return send("app", html(pageHtml(how)));
      if (pathname === "/plain") return html(pageHtml({}));
      if (pathname === "/blank") return send("channel", html(""));
      if (pathname === "/report") bench.reports.push(await request.text());
      return new Response(null, { status: 404 });
    },
    async open(engine, login = {}, opening = {}) {
      how = opening;
      advanced += 60_000;
      tier.faults.reset();
      tier.faults.set(how.faults ?? {});
      Object.assign(bench, { beforeAccounts: undefined, asked: new Set(), reports: [] });

      // A new window takes a second: a test gets the last one's, unless popups of it are left.
      const kind = JSON.stringify([engine.name, how.userAgent]);
      if (last?.kind !== kind || how.fresh || (await last.page.windows()) !== 1) {
        await last?.page.dispose();
        const options: PageOptions = sites.length > 0 ? {} : { answer: bench.respond };
        if (how.userAgent) options.userAgent = how.userAgent;
        last = { page: await engine.newPage(options), kind };
      }
      const { page } = last;
      await page.goto(`${origins.site}/?${encodeURIComponent(JSON.stringify(login))}`);
      await playOldIE(page, how.userAgent);
      await page.waitFor("window.bench && (bench.loaded || bench.notLoaded.length || bench.failures.length)");
      return page;
    },
    async close() {
      await last?.page.dispose();
      tier.close();
      await Promise.all(sites.map((site) => site.close()));
    },
  };
  return bench;
}

/** On this machine's own ports, for every engine. */
export async function openBench(): Promise<Bench> {
  let bench: Bench;
  const open = (): Promise<Site> => openSite((request) => bench.respond(request));
  const sites = await Promise.all([open(), open(), open(), open()]);
  const [site, login, api, cdn] = sites.map(({ origin }) => origin) as [string, string, string, string];
  bench = createBench({ site, login, api, cdn }, localTier(login, api), sites);
  return bench;
}

/**
 * The production artifact, unmodified, on its real origins: the same handlers answer for them inside the browser, and nothing leaves
 * this machine. For engines that can answer requests themselves.
 */
export function openProductionBench(): Bench {
  const { loginOrigin: login } = PRODUCTION;
  const api = apiOriginOf(PRODUCTION);
  return createBench({ site: "https://app.example", login, api, cdn: "https://cdn.example" }, PRODUCTION);
}

export const calls = (page: Page): Promise<Call[]> => page.evaluate<Call[]>("bench.calls");

/** Waits for the login's end and returns it. Throws when it ended twice. */
export async function outcome(page: Page): Promise<Call> {
  await page.waitFor("bench.calls.length");
  const all = await calls(page);
  assert.is(all.length, 1, `one callback, not ${JSON.stringify(all)}`);
  return all[0]!;
}

/** Starts a login with a real click, and waits for its dialog. */
export function startLogin(page: Page, button = "#login"): Promise<Page> {
  return page.popup(() => page.click(button));
}

/** Chooses an account and clicks Approve. */
export async function approve(popup: Page, account?: string): Promise<void> {
  if (account) await popup.click(`input[value="${account}"]`);
  await popup.click("button[value=approve]");
}

/** Waits for four ticks of the page's own clock (the SDK's are as long): what must not happen has had its time. */
export async function letTicksPass(page: Page, ticks = 4): Promise<void> {
  const start = await page.evaluate<number>("bench.beats");
  await page.waitFor(`bench.beats >= ${start + ticks}`);
}

/** All logins of the page have ended in these ways: no other window, nothing of the SDK's left, no exception. */
export async function assertEnds(page: Page, names: readonly string[]): Promise<void> {
  await page.waitFor(`bench.calls.length >= ${names.length}`);
  await letTicksPass(page);
  assert.equal(
    (await calls(page)).map(({ name }) => name),
    names,
  );
  await page.waitFor("bench.opened.every((one) => !one.popup || one.popup.closed)", 3_000);
  // What the driver knows of, because a popup cut off from the page reads as closed there while it is open.
  await until("the popups to be gone", async () => (await page.windows()) === 1, 3_000);
  assert.equal(await page.evaluate("[...bench.leftovers(), ...bench.failures]"), []);
}

/** The same of one login, whatever its end. */
export const assertTidy = async (page: Page): Promise<void> => assertEnds(page, [(await outcome(page)).name]);
