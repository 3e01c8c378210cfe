/** The login role: the dialog that asks, and the landing page that hands the answer to the app's window. */
import { type Context, Hono } from "hono";
import { type App, isUnderDomain } from "./apps.ts";
import { encodeHash } from "./encoding.ts";
import { dialogPage, failurePage, landingPage, redirectPage } from "./login-pages.ts";
import { failed, limitBody } from "./role.ts";
import { SCOPES, splitScopes } from "./scopes.ts";
import type { World } from "./world.ts";

const LANDING = "/oauth/login_success";
const COOP = { "Cross-Origin-Opener-Policy": "same-origin" };
/** A day, as the real answers say; the other one they say is 86399. Seconds. */
const LIFETIME = 86_400;

/** A request that the dialog can answer, because its app and the way back are known. */
interface DialogRequest {
  app: App;
  redirectUri: string;
  state?: string;
  scopes: string[];
  /** Something else is wrong, and can be reported back. */
  problem?: { error: string; description: string };
}

/** The URL, or undefined when `text` is none. */
function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** Whether the dialog may send a user of `app` to `address`. */
function mayReturn(world: World, app: App, address: string): boolean {
  const url = parseUrl(address);
  // A fragment is forbidden (RFC 6749, section 3.1.2), and so are spaces and control characters, which parsers of
  // addresses drop and a header cannot hold. Another scheme than http could run code.
  if (!url || !/^https?:$/.test(url.protocol) || /[#\p{Cc}\s]/u.test(address)) return false;
  // Of our own pages only this one, however its path is written.
  if (url.origin === world.origins.login) return app.desktopRedirect && url.pathname === LANDING;
  return isUnderDomain(url.hostname, app.domain);
}

/** What the parameters ask for, or the text of the dead end that they lead to. */
function readDialog(world: World, parameters: URLSearchParams): DialogRequest | string {
  const clientId = parameters.get("client_id");
  const redirectUri = parameters.get("redirect_uri");
  const app = world.apps.find((each) => each.clientId === clientId);
  if (!app || parameters.getAll("client_id").length > 1)
    return "No application found matching passed `client_id`";
  if (!redirectUri || parameters.getAll("redirect_uri").length > 1 || !mayReturn(world, app, redirectUri))
    return "Cannot return to provided redirect_uri";

  const scopes = splitScopes(parameters.get("scope") ?? "");
  const responseType = parameters.get("response_type") ?? "token";
  const repeated = ["scope", "state", "response_type"].find((name) => parameters.getAll(name).length > 1);
  const unknown = scopes.find((scope) => !Object.hasOwn(SCOPES, scope));
  const problem = repeated
    ? { error: "invalid_request", description: `${repeated} was passed more than once` }
    : responseType !== "token"
      ? { error: "unsupported_response_type", description: `unknown response_type ${responseType}` }
      : !app.clientSideFlow
        ? {
            error: "unauthorized_client",
            description: "the client side flow is not enabled for this application",
          }
        : unknown
          ? { error: "invalid_scope", description: `unknown scope ${unknown}` }
          : undefined;
  return {
    app,
    redirectUri,
    state: parameters.get("state") ?? undefined,
    scopes: [...new Set(scopes)],
    problem,
  };
}

/** Answers `/oauth/login_success`. The API role uses it too, when it plays the wrong origin. */
export function landing(world: World) {
  return (context: Context): Response | Promise<Response> => {
    const { never, oldIe, coop, late, twice, slowFrame, closes } = world.faults.values;
    const { assisted, protocol = "", proxy = "" } = context.req.query();
    const headers = coop === "landing" ? COOP : {};
    if (assisted === undefined || never) return context.html(landingPage(), 200, headers);

    const app = world.apps.find((each) => each.clientId === assisted);
    // The base gives a relative address a host that is under no app's domain.
    const url = /^[a-z][a-z0-9+.-]*$/i.test(protocol) ? parseUrl(proxy, `${protocol}://invalid`) : undefined;
    if (!app || !url || !isUnderDomain(url.hostname, app.domain))
      return context.html(failurePage("unexpected domain on proxy url"), 400, headers);

    const userAgent = context.req.header("User-Agent") ?? "";
    const settings = {
      target: `${protocol.toLowerCase()}://${url.host}`,
      // Never an address that runs code: `javascript://its.domain/%0a...` has a host too.
      proxy: /^https?:$/.test(url.protocol) ? url.href : "",
      frame: oldIe || /MSIE [1-9]\./.test(userAgent),
      late,
      twice,
      slowFrame,
      closes,
    };
    return context.html(landingPage(settings), 200, headers);
  };
}

export function createLogin(world: World): Hono {
  const login = new Hono().onError(failed);
  login.use(limitBody);
  let answers = 0;

  /** Sends the popup back to the app with these fields as the hash, and behind them the scopes, if any. */
  function goBack(
    context: Context,
    request: DialogRequest,
    fields: [string, string | undefined][],
    scopes: string[] = [],
  ) {
    const { wrongState, wrongOrigin, badEscape, coop } = world.faults.values;
    const state = wrongState ? `not-${request.state ?? ""}` : request.state;
    let hash = encodeHash(fields.map(([name, value]) => (name === "state" ? [name, state] : [name, value])));
    // The one value whose space was seen as %20.
    if (scopes.length) hash += `&scope=${encodeURIComponent(scopes.join(" "))}`;
    if (badEscape) hash = hash.replace(/(&|$)/, "%E0%A4%A$1");
    let address = request.redirectUri;
    // A real other origin, whose page posts from the very window that the app opened.
    if (wrongOrigin && address.startsWith(world.origins.login + LANDING))
      address = world.origins.api + address.slice(world.origins.login.length);
    const headers = coop === "redirect" ? COOP : {};
    address += `#${hash}`;
    if (world.redirects === "script") return context.html(redirectPage(address), 200, headers);
    // A header holds no character above U+00FF.
    const location = address.replace(/\P{ASCII}+/gu, encodeURIComponent);
    return context.body(null, 302, { ...headers, Location: location });
  }

  const report = (context: Context, request: DialogRequest, error: string, description: string) =>
    goBack(context, request, [
      ["error", error],
      ["error_description", description],
      ["state", request.state],
    ]);

  function approve(context: Context, request: DialogRequest, accountId: string) {
    const account = world.accounts.find((each) => each.id === accountId);
    if (!account) return context.html(failurePage("No account found matching passed `account`"), 400);
    const perpetual = request.scopes.includes("no_expiry");
    const lifetime = world.faults.values.tokenSeconds || (perpetual ? undefined : LIFETIME);
    const { token } = world.tokens.issue(request.app.clientId, account, request.scopes, lifetime);
    // Both orders and both figures were seen in real answers, so every second answer has the other ones.
    const second = answers++ % 2 === 1;
    const expires: [string, string | undefined] = [
      "expires",
      perpetual ? undefined : String(LIFETIME - +second),
    ];
    const state: [string, string | undefined] = ["state", request.state];
    const fields: (typeof state)[] = [
      ["access_token", token],
      ...(second ? [state, expires] : [expires, state]),
    ];
    return goBack(context, request, fields, request.scopes);
  }

  /** The checks that come first, whether the dialog is asked for or answered. */
  function check(context: Context, parameters: URLSearchParams) {
    const request = readDialog(world, parameters);
    if (typeof request === "string") return { stop: context.html(failurePage(request), 400) };
    const { dialogError, approveAs } = world.faults.values;
    if (dialogError)
      return { stop: report(context, request, dialogError, `the dev tier was told to: ${dialogError}`) };
    if (request.problem)
      return { stop: report(context, request, request.problem.error, request.problem.description) };
    if (approveAs) return { stop: approve(context, request, approveAs) };
    return { request };
  }

  login.get("/oauth/dialog", (context) => {
    const parameters = new URL(context.req.url).searchParams;
    const { request, stop } = check(context, parameters);
    if (!request) return stop;
    const fields = [...parameters].filter(([name]) => name !== "account" && name !== "decision");
    const { coop } = world.faults.values;
    return context.html(dialogPage(request.app, request.scopes, world.accounts, fields), 200, {
      ...(coop === "dialog" ? COOP : {}),
      // Against clickjacking.
      "X-Frame-Options": "DENY",
      "Cache-Control": "no-store",
    });
  });

  login.post("/oauth/dialog", async (context) => {
    const parameters = new URLSearchParams(await context.req.text());
    const { request, stop } = check(context, parameters);
    if (!request) return stop;
    return parameters.get("decision") === "approve"
      ? approve(context, request, parameters.get("account") ?? "")
      : report(context, request, "access_denied", "the user rejected the request");
  });

  login.get(LANDING, landing(world));

  return login;
}
