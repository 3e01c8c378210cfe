/**
 * Pages with either artifact, any HTML around it, and any headers on everything: the page, the dialog, its redirect, the
 * landing page, the API and the SDK's own file.
 */
import { ALL_JS, INDEX_MJS, localTier } from "../../scripts/config.ts";
import { createDevTier, type DevTier } from "../../scripts/dev-tier/index.ts";
import { artifactText } from "../support/artifact.ts";
import type { Engine, Page } from "../support/browsers.ts";
import { playOldIE } from "../support/old-ie.ts";
import { html, openSite } from "../support/site.ts";

export type Envelope = "all.js" | "index.mjs";

/** Who sends a header. `channel` is the app's blank page. */
export const SENDERS = ["app", "channel", "dialog", "redirect", "landing", "api", "sdk"] as const;
export type Sender = (typeof SENDERS)[number];

/** Headers to add or to replace; null takes one off. */
export type Overrides = Partial<Record<Sender, Record<string, string | null>>>;

export interface PolicyBench {
  tier: DevTier;
  /** What the responses say from now on. */
  overrides: Overrides;
  /** HTML of the app's page from now on: before all scripts, and behind the buttons. */
  parts: { head?: string; body?: string };
  /** Called with the header of each request for accounts, before it is answered. */
  beforeAccounts?: ((authorization: string | null) => unknown) | undefined;
  /** Whether the landing page was sent. */
  landed: boolean;
  /** What browsers sent to /report, as a policy's report-uri tells them. */
  reports: string[];
  /** Moves the servers' clock on, so that no backoff of one test reaches into the next. */
  advance(ms: number): void;
  /**
   * A fresh window on the page with `envelope`, which logs in with `options` on a click of #authenticate; a click of #login
   * uses the module's login() where there is one.
   */
  open(engine: Engine, envelope: Envelope, options?: object, userAgent?: string): Promise<Page>;
  close(): Promise<void>;
}

/**
 * How logins ended, and what became of the page's scripts: there as `bench` in every page. `beats` is the page's clock, and
 * `passed` the options of the last login.
 */
const WATCH = `
  var bench = { ends: [], failures: [], notLoaded: [], beats: 0, options: JSON.parse(decodeURIComponent(location.search.slice(1))) };
  setInterval(function () { bench.beats++; }, 50);
  addEventListener("error", function (event) {
    if (event.target.src) bench.notLoaded.push(event.target.src);
    else bench.failures.push(event.message);
  }, true);
  addEventListener("unhandledrejection", function (event) { bench.failures.push(String(event.reason)); });
  bench.app = {
    clientId: 1, channelUrl: location.protocol + "//" + location.host + "/blank",
    complete: function (ready) { bench.ready = ready.version; }
  };
  bench.worked = function (session) {
    bench.ends.push({ name: "works", session: session, stack: new Error().stack });
  };
  bench.failed = function (error) {
    var failure = { name: error.name, message: error.message, errorName: error.errorName, errorMessage: error.errorMessage };
    bench.ends.push({
      name: error.errorName || error.name, failure: failure, isError: error instanceof Error, stack: new Error().stack
    });
  };
  bench.authenticate = function () {
    var all = bench.passed = { success: bench.worked, error: bench.failed };
    for (var name in bench.options) if (bench.options.hasOwnProperty(name)) all[name] = bench.options[name];
    bench.sdk.authenticate(all);
  };
`;

const START: Record<Envelope, (sdk: string) => string> = {
  "all.js": () => `
    bench.sdk = SE;
    SE.init(bench.app);
    document.getElementById("authenticate").onclick = document.getElementById("login").onclick = bench.authenticate;
    bench.loaded = true;`,
  "index.mjs": (sdk) => `
    import { init, authenticate, login } from "${sdk}";
    bench.sdk = { authenticate };
    init(bench.app);
    bench.controller = new AbortController();
    bench.login = (options) => login({ ...bench.options, ...options }).then(bench.worked, bench.failed);
    document.getElementById("authenticate").onclick = bench.authenticate;
    document.getElementById("login").onclick = () => bench.login({ signal: bench.controller.signal });
    if (bench.options.atOnce) bench.login();
    bench.loaded = true;`,
};

/** The nonce of every script element. */
export const NONCE = "n0nce";

/** A module is always fetched with CORS, which matters where the page's origin is "null". */
const script = (text: string) =>
  new Response(text, {
    headers: {
      "content-type": "text/javascript",
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
    },
  });

export async function openPolicyBench(): Promise<PolicyBench> {
  const bench: Pick<PolicyBench, "overrides" | "parts" | "reports" | "landed" | "beforeAccounts"> = {
    overrides: {},
    parts: {},
    reports: [],
    landed: false,
  };
  let tier: DevTier | undefined;
  let advanced = 0;

  /** `response` with the headers that `sender` sends. */
  const send = async (sender: Sender, response: Response | Promise<Response>): Promise<Response> => {
    const { status, headers: usual, body, type } = await response;
    if (type === "error") return Response.error();
    const headers = new Headers(usual);
    for (const [name, value] of Object.entries(bench.overrides[sender] ?? {})) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
    return new Response(body, { status, headers });
  };

  const login = await openSite(async (request) => {
    const response = await tier!.login.fetch(request);
    const landing = new URL(request.url).pathname === "/oauth/login_success";
    bench.landed ||= landing;
    return send(landing ? "landing" : response.status === 302 ? "redirect" : "dialog", response);
  });
  const api = await openSite(async (request) => {
    if (request.method === "GET") await bench.beforeAccounts?.(request.headers.get("authorization"));
    const response = await send("api", tier!.api.fetch(request));
    // What the server cannot drop is answered with what no browser can use.
    return response.type === "error" ? new Response(null, { status: 500 }) : response;
  });
  const artifact = (target: typeof ALL_JS) => artifactText(target, localTier(login.origin, api.origin));
  const cdn = await openSite(async (request) => {
    const name = new URL(request.url).pathname.slice(1);
    const response = script(await artifact(name === "all.js" ? ALL_JS : INDEX_MJS));
    // As the release is served.
    response.headers.set("cross-origin-resource-policy", "cross-origin");
    return send("sdk", response);
  });
  const site = await openSite(async (request) => {
    const { pathname } = new URL(request.url);
    const base = bench.overrides.sdk ? `${cdn.origin}/` : "/";
    switch (pathname) {
      case "/watch.js":
        return script(WATCH);
      case "/all.js":
        return script(await artifact(ALL_JS));
      case "/index.mjs":
        return script(await artifact(INDEX_MJS));
      case "/all.js/start":
        return script(START["all.js"](`${base}all.js`));
      case "/index.mjs/start":
        return script(START["index.mjs"](`${base}index.mjs`));
      case "/blank":
        return send("channel", html(""));
      case "/report":
        bench.reports.push(await request.text());
        return new Response(null, { status: 204 });
    }
    const attributes = `nonce="${NONCE}"`;
    const own =
      pathname === "/with/all.js"
        ? `<script src="${base}all.js" ${attributes}></script><script src="/all.js/start" ${attributes}></script>`
        : `<script type="module" src="/index.mjs/start" ${attributes}></script>`;
    const { head = "", body = "" } = bench.parts;
    return send(
      "app",
      html(
        `${head}<script src="/watch.js" ${attributes}></script><button id="login">log in</button>
         <button id="authenticate">authenticate</button>${body}${own}`,
      ),
    );
  });

  tier = createDevTier({
    origins: { site: site.origin, login: login.origin, api: api.origin },
    now: () => Date.now() + advanced,
  });
  const sites = [site, login, api, cdn];
  return Object.assign(bench, {
    tier,
    advance(ms: number) {
      advanced += ms;
    },
    async open(engine: Engine, envelope: Envelope, options: object = {}, userAgent?: string) {
      const page = await engine.newPage(userAgent ? { userAgent } : {});
      await page.goto(`${site.origin}/with/${envelope}?${encodeURIComponent(JSON.stringify(options))}`);
      await playOldIE(page, userAgent);
      await page.waitFor("window.bench && (bench.loaded || bench.notLoaded.length || bench.failures.length)");
      return page;
    },
    async close() {
      tier.close();
      await Promise.all(sites.map((one) => one.close()));
    },
  });
}

export interface End {
  name: string;
  session?: { accessToken: string; networkUsers?: unknown[] };
  failure?: Record<string, string>;
  isError?: boolean;
  /** Of an Error that the callback makes, as a service that collects errors would see it. */
  stack: string;
}

export const endsOf = (page: Page): Promise<End[]> => page.evaluate<End[]>("bench.ends");

/** Waits until the login has ended, and returns how. */
export async function endOf(page: Page, limitMs?: number): Promise<End> {
  await page.waitFor("bench.ends.length", limitMs);
  return (await endsOf(page))[0]!;
}
