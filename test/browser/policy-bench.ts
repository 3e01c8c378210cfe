/**
 * Pages with either envelope of the SDK, and headers of one's choice on everything: the page, the dialog, its redirect,
 * the landing page, the API and the SDK's own file.
 */
import { ALL_JS, INDEX_MJS } from "../../scripts/config.ts";
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
  /** Moves the servers' clock on, so that no backoff of one test reaches into the next. */
  advance(ms: number): void;
  /** A fresh window on the page with `envelope`, which logs in with `options` on a click of #login. */
  open(engine: Engine, envelope: Envelope, options?: object, userAgent?: string): Promise<Page>;
  close(): Promise<void>;
}

/** How logins ended, and what became of the page's scripts: there as `bench` in every page. */
const WATCH = `
  var bench = { ends: [], failures: [], notLoaded: [], options: JSON.parse(decodeURIComponent(location.search.slice(1))) };
  addEventListener("error", function (event) {
    if (event.target.src) bench.notLoaded.push(event.target.src);
    else bench.failures.push(event.message);
  }, true);
  addEventListener("unhandledrejection", function (event) { bench.failures.push(String(event.reason)); });
  bench.app = {
    clientId: 1, key: "Dev8tier*FirstAppKey01((", channelUrl: location.protocol + "//" + location.host + "/blank",
    complete: function (ready) { bench.ready = ready.version; }
  };
  bench.worked = function (session) { bench.ends.push({ name: "works", session: session }); };
`;

const START: Record<Envelope, (sdk: string) => string> = {
  "all.js": () => `
    SE.init(bench.app);
    document.getElementById("login").onclick = function () {
      var all = { success: bench.worked, error: function (failure) { bench.ends.push({ name: failure.errorName, failure: failure }); } };
      for (var name in bench.options) all[name] = bench.options[name];
      SE.authenticate(all);
    };
    bench.loaded = true;`,
  "index.mjs": (sdk) => `
    import { init, login } from "${sdk}";
    init(bench.app);
    bench.controller = new AbortController();
    bench.login = (options) => login({ ...bench.options, ...options }).then(bench.worked, (error) => {
      const { name, message, errorName, errorMessage } = error;
      bench.ends.push({ name: errorName ?? name, failure: { name, message, errorName, errorMessage }, isError: error instanceof Error });
    });
    document.getElementById("login").onclick = () => bench.login({ signal: bench.controller.signal });
    if (bench.options.atOnce) bench.login();
    bench.loaded = true;`,
};

/** The nonce of every script element. */
export const NONCE = "n0nce";

const script = (text: string) =>
  new Response(text, { headers: { "content-type": "text/javascript", "cache-control": "no-store" } });

export async function openPolicyBench(): Promise<PolicyBench> {
  const bench: Pick<PolicyBench, "overrides"> = { overrides: {} };
  let tier: DevTier | undefined;
  let advanced = 0;

  /** `response` as `sender` is told to send it. */
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
    return send(landing ? "landing" : response.status === 302 ? "redirect" : "dialog", response);
  });
  const api = await openSite(async (request) => {
    const response = await send("api", tier!.api.fetch(request));
    // What the server cannot drop is answered with what no browser can use.
    return response.type === "error" ? new Response(null, { status: 500 }) : response;
  });
  const artifact = (target: typeof ALL_JS) =>
    artifactText(target, { name: "dev", loginOrigin: login.origin, apiOrigin: api.origin });
  // As the release is served.
  const SHARED = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };
  const cdn = await openSite(async (request) => {
    const name = new URL(request.url).pathname.slice(1);
    const response = script(await artifact(name === "all.js" ? ALL_JS : INDEX_MJS));
    for (const [header, value] of Object.entries(SHARED)) response.headers.set(header, value);
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
    }
    const attributes = `nonce="${NONCE}"`;
    const own =
      pathname === "/with/all.js"
        ? `<script src="${base}all.js" ${attributes}></script><script src="/all.js/start" ${attributes}></script>`
        : `<script type="module" src="/index.mjs/start" ${attributes}></script>`;
    return send(
      "app",
      html(`<script src="/watch.js" ${attributes}></script><button id="login">log in</button>${own}`),
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
}

/** Waits until the login has ended, and returns how. */
export async function endOf(page: Page, limitMs?: number): Promise<End> {
  await page.waitFor("bench.ends.length", limitMs);
  return (await page.evaluate<End[]>("bench.ends"))[0]!;
}
