/** The bench of every flow: a dev tier, the SDK as it ships, and pages that write down what it does. */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { ALL_JS, apiOriginOf, localTier, PRODUCTION } from "../../scripts/config.ts";
import { createDevTier, type DevTier, type Origins } from "../../scripts/dev-tier/index.ts";
import { startDevTier } from "../../scripts/dev-tier/server.ts";
import { artifactText, TEST_BUILD } from "../support/artifact.ts";
import type { Engine, Page } from "../support/browsers.ts";
import type { PageOptions } from "../support/engines/types.ts";
import { until } from "../support/engines/wait.ts";
import { playOldIE } from "../support/old-ie.ts";
import { html, openSite } from "../support/site.ts";

/** What the pages' own script (page.js) holds; there as `bench` in every page. */
export interface Call {
  name: "success" | "error";
  data: any;
  /** ms since the epoch. */
  at: number;
}

export interface PageParts {
  /** HTML in the head before all other scripts. */
  head?: string;
  body?: string;
  headers?: Record<string, string>;
  /** Attributes of every script element, such as a nonce. */
  script?: string;
  /** The scripts are inline, and run before a driver can do anything in the page. */
  inline?: boolean;
  /** This HTML and nothing else: no script, no button. */
  bare?: string;
  /** Served as XML. */
  xml?: boolean;
}

export interface LoginOptions {
  scope?: string[];
  networkUsers?: boolean;
  /** Not the SDK's: call `authenticate` while the page loads instead of in a click. */
  atOnce?: boolean;
}

/** The window and the page; see `PageOptions`. */
export type Opening = Pick<PageOptions, "userAgent"> & { path?: string };

export interface Bench {
  tier: Pick<DevTier, "faults" | "tokens" | "accounts">;
  /** The dev tier's login and API; the site is the bench's own. */
  origins: Origins;
  /** The paths of the site that were asked for. */
  asked: ReadonlySet<string>;
  /** Serves a page that loads the SDK, at `path` of the site. */
  serve(path: string, parts: PageParts): void;
  /** A window on the page at `path` ("/" is the plain one), which logs in with `login` on a click of #login. */
  open(engine: Engine, login?: LoginOptions, how?: Opening): Promise<Page>;
  close(): Promise<void>;
}

/** The plain page, as XML. */
const XHTML = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>test</title><script src="/page.js"/></head>
  <body><script src="/all.js"/><button id="login">log in</button><script src="/start.js"/></body></html>`;

const PAGE_SCRIPT = readFileSync(new URL("./page.js", import.meta.url), "utf8");

/** The site's own answers: its pages, their scripts, the blank channel page. */
export function createSite(sdk: () => Promise<string>) {
  const pages = new Map<string, PageParts>([
    ["/", {}],
    ["/blank", { bare: "" }],
  ]);
  const scripts = new Map<string, () => Promise<string> | string>([
    ["/page.js", () => PAGE_SCRIPT],
    ["/all.js", sdk],
    ["/start.js", () => "bench.start();"],
  ]);
  const asked = new Set<string>();
  return {
    pages,
    asked,
    async fetch(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url);
      asked.add(pathname);
      const text = await scripts.get(pathname)?.();
      if (text !== undefined) return new Response(text, { headers: { "content-type": "text/javascript" } });
      const page = pages.get(pathname);
      if (!page) return new Response("not found", { status: 404 });
      const { head = "", body = "", headers, script: attributes = "", inline, bare, xml } = page;
      if (bare !== undefined) return html(bare, headers);
      if (xml) return new Response(XHTML, { headers: { "content-type": "application/xhtml+xml" } });
      const element = async (path: string) => {
        return inline
          ? // The comment names the script, as its address does in the other pages.
            `<script>${await scripts.get(path)!()}\n//# sourceURL=${path}\n</script>`
          : `<script src="${path}" ${attributes}></script>`;
      };
      return html(
        `${head}${await element("/page.js")}${await element("/all.js")}
         <button id="login">log in</button>${body}${await element("/start.js")}`,
        headers,
      );
    },
  };
}

const address = (site: string, path: string, login: LoginOptions) =>
  `${site}${path}?${encodeURIComponent(JSON.stringify(login))}`;

/** On this machine's own ports, for every engine. */
export async function openBench(): Promise<Bench> {
  // Nobody loads the tier's own SDK: the bench has a site of its own.
  const tier = await startDevTier({ port: 0, sdk: () => "" });
  const { login, api } = tier.origins;
  const sdk = () => artifactText(ALL_JS, localTier(login, api));
  const pages = createSite(sdk);
  const site = await openSite((request) => pages.fetch(request));
  return {
    tier,
    origins: { ...tier.origins, site: site.origin },
    asked: pages.asked,
    serve: (path, parts) => pages.pages.set(path, parts),
    async open(engine, options = {}, { path = "/", ...how } = {}) {
      const page = await engine.newPage(how);
      await page.goto(address(site.origin, path, options));
      await playOldIE(page, how.userAgent);
      return page;
    },
    async close() {
      await site.close();
      await tier.close();
    },
  };
}

/**
 * The production artifact, unmodified, on its real origins: the same handlers answer for them inside the browser.
 * For engines that can answer requests themselves.
 */
export function openProductionBench(): Bench {
  const origins = {
    site: "https://app.example",
    login: PRODUCTION.loginOrigin,
    api: apiOriginOf(PRODUCTION),
  };
  const tier = createDevTier({ origins });
  const pages = createSite(() => artifactText(ALL_JS, PRODUCTION));
  return {
    tier,
    origins,
    asked: pages.asked,
    serve: (path, parts) => pages.pages.set(path, parts),
    async open(engine, options = {}, { path = "/", ...how } = {}) {
      const page = await engine.newPage({
        ...how,
        // Nothing may leave this machine: what is neither ours nor Stack Exchange's fails.
        answer: async (request) =>
          new URL(request.url).origin === origins.site
            ? pages.fetch(request)
            : (tier.route(request) ?? Response.error()),
      });
      await page.goto(address(origins.site, path, options));
      await playOldIE(page, how.userAgent);
      return page;
    },
    close: async () => tier.close(),
  };
}

export const calls = (page: Page): Promise<Call[]> => page.evaluate<Call[]>("bench.calls");

/** Waits for the login's end and returns it. Throws when it ended twice. */
export async function outcome(page: Page, limitMs?: number): Promise<Call> {
  await page.waitFor("bench.calls.length", limitMs);
  const all = await calls(page);
  assert.is(all.length, 1, `one callback, not ${JSON.stringify(all)}`);
  return all[0]!;
}

/** Starts a login with a real click, and waits for its dialog. */
export function startLogin(page: Page): Promise<Page> {
  return page.popup(() => page.click("#login"));
}

/** Chooses an account and clicks Approve. */
export async function approve(popup: Page, account?: string): Promise<void> {
  if (account) await popup.click(`input[value="${account}"]`);
  await popup.click("button[value=approve]");
}

/** Waits for four ticks of the page's own clock (the SDK's are as long): what must not happen has had its time. */
export async function letTicksPass(page: Page): Promise<void> {
  const start = await page.evaluate<number>("bench.beats");
  await page.waitFor(`bench.beats >= ${start + 4}`);
}

/** After a login that had no other window open has ended: one callback and no more, the popup gone, nothing of the SDK's left, no exception. */
export async function assertTidy(page: Page): Promise<void> {
  await letTicksPass(page);
  await page.waitFor("bench.opened.every((one) => !one.popup || one.popup.closed)", 3_000);
  // What the driver knows of, because a popup cut off from the page reads as closed there while it is open.
  await until("the popup to be gone", async () => (await page.windows()) === 1, 3_000);
  assert.equal(await page.evaluate("bench.leftovers()"), []);
  assert.equal(await page.evaluate("bench.failures"), []);
  assert.is((await calls(page)).length, 1, "one callback and no more");
}

export { TEST_BUILD };
