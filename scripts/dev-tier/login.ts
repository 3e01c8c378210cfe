/** The login role: the dialog that asks, and the landing page that hands the answer to the app's window. */
import type { Context, Hono } from "hono";
import { type App, isUnderDomain } from "./apps.ts";
import { dialogPage, failurePage, landingPage, SCOPES } from "./login-pages.ts";
import { newRole } from "./role.ts";
import type { World } from "./world.ts";

const DIALOG = "/oauth/dialog";
const LANDING = "/oauth/login_success";
const COOP = { "Cross-Origin-Opener-Policy": "same-origin" };
/** A day, as the real answers say; the other one they say is 86399. Seconds. */
const LIFETIME = 86_400;

/**
 * Percent-encoding as .NET's `HttpUtility.UrlEncode` does it, which is what the real answers look like: UTF-8,
 * lower-case hex, a space as `+`, and only letters, digits and `- _ . ! * ( )` left alone.
 */
const dotNetEncode = (value: string): string =>
  encodeURIComponent(value)
    .replace(/['~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replace(/%20/g, "+")
    .replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

/** `name=value&...` of the fields that have a value, in the order given. */
const encodeHash = (fields: Record<string, string | undefined>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${dotNetEncode(value)}`))
    .join("&");

/** The URL, or undefined when `text` is none. */
function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** Whether the dialog may send a user of `app` to `address`. */
function mayReturn({ origins }: World, app: App, address: string): boolean {
  const url = parseUrl(address);
  // A fragment is forbidden (RFC 6749, section 3.1.2), and so are spaces and control characters, which parsers of
  // addresses drop and a header cannot hold. Another scheme than http could run code.
  if (!url || !/^https?:$/.test(url.protocol) || /[#\p{Cc}\s]/u.test(address)) return false;
  // Of our own pages only this one, however its path is written.
  if (url.origin === origins.login) return app.desktopRedirect && url.pathname === LANDING;
  return isUnderDomain(url.hostname, app.domain);
}

/** The RFC 6749 error that a request of a known app ends in, with its description; undefined for a good one. */
function problemOf(app: App, parameters: URLSearchParams, scopes: string[]): [string, string] | undefined {
  const repeated = ["scope", "state", "response_type"].find((name) => parameters.getAll(name).length > 1);
  if (repeated) return ["invalid_request", `${repeated} was passed more than once`];
  const type = parameters.get("response_type") ?? "token";
  if (type !== "token") return ["unsupported_response_type", `unknown response_type ${type}`];
  if (!app.clientSideFlow)
    return ["unauthorized_client", "the client side flow is not enabled for this application"];
  const unknown = scopes.find((scope) => !Object.hasOwn(SCOPES, scope));
  if (unknown) return ["invalid_scope", `unknown scope ${unknown}`];
}

/** Answers `/oauth/login_success`. The API role uses it too, when it plays the wrong origin. */
export function landing({ faults, apps }: World) {
  return (context: Context): Response | Promise<Response> => {
    const { never, oldIe, coop, late, twice, slowFrame, closes } = faults.values;
    const { assisted, protocol = "", proxy = "" } = context.req.query();
    const headers = coop === "landing" ? COOP : {};
    if (assisted === undefined || never) return context.html(landingPage(), 200, headers);

    const app = apps.find(({ clientId }) => clientId === assisted);
    // The base gives a relative address a host that is under no app's domain.
    const url = /^[a-z][a-z0-9+.-]*$/i.test(protocol) ? parseUrl(proxy, `${protocol}://invalid`) : undefined;
    if (!app || !url || !isUnderDomain(url.hostname, app.domain))
      return context.html(failurePage("unexpected domain on proxy url"), 400, headers);

    const settings = {
      // The only origin that may receive the answer.
      target: `${protocol.toLowerCase()}://${url.host}`,
      // The app's blank page. Never an address that runs code: `javascript://its.domain/%0a...` has a host too.
      proxy: /^https?:$/.test(url.protocol) ? url.href : "",
      frame: oldIe || /MSIE [1-9]\./.test(context.req.header("User-Agent") ?? ""),
      ...{ late, twice, slowFrame, closes },
    };
    return context.html(landingPage(settings), 200, headers);
  };
}

export function createLogin(world: World): Hono {
  const { apps, accounts, origins, tokens, faults } = world;
  let answers = 0;

  /** Answers a request of the dialog, with the buttons that were pressed or, when it is just asked for, with the page. */
  function dialog(context: Context, parameters: URLSearchParams, asked: boolean) {
    const { dialogError, approveAs, wrongState, wrongOrigin, badEscape, coop, tokenSeconds } = faults.values;
    const deadEnd = (description: string) => context.html(failurePage(description), 400);
    const only = (name: string) => (parameters.getAll(name).length > 1 ? null : parameters.get(name));

    const app = apps.find(({ clientId }) => clientId === only("client_id"));
    if (!app) return deadEnd("No application found matching passed `client_id`");
    const redirectUri = only("redirect_uri");
    if (!redirectUri || !mayReturn(world, app, redirectUri))
      return deadEnd("Cannot return to provided redirect_uri");

    const sent = parameters.get("state") ?? undefined;
    const state = wrongState ? `not-${sent ?? ""}` : sent;
    // Split on spaces or commas.
    const scopes = [...new Set((parameters.get("scope") ?? "").split(/[\s,]+/).filter(Boolean))];

    /** Sends the popup back to the app with these fields as the hash, and behind them the scopes, if any. */
    function goBack(fields: Record<string, string | undefined>, granted: string[] = []) {
      let hash = encodeHash(fields);
      // The one value whose space was seen as %20.
      if (granted.length) hash += `&scope=${encodeURIComponent(granted.join(" "))}`;
      if (badEscape) hash = hash.replace(/(&|$)/, "%E0%A4%A$1");
      // A real other origin, whose page posts from the very window that the app opened.
      const elsewhere = wrongOrigin && redirectUri!.startsWith(origins.login + LANDING);
      const address = elsewhere ? origins.api + redirectUri!.slice(origins.login.length) : redirectUri;
      // A header holds no character above U+00FF.
      const Location = `${address}#${hash}`.replace(/\P{ASCII}+/gu, encodeURIComponent);
      return context.body(null, 302, { ...(coop === "redirect" ? COOP : {}), Location });
    }

    const report = (error: string, error_description: string) => goBack({ error, error_description, state });

    function approve(id: string | null) {
      const account = accounts.find((each) => each.id === id);
      if (!account) return deadEnd("No account found matching passed `account`");
      const perpetual = scopes.includes("no_expiry");
      const lifetime = tokenSeconds || (perpetual ? Number.POSITIVE_INFINITY : LIFETIME);
      const expiresAt = world.now() + lifetime * 1000;
      const access_token = tokens.issue({ clientId: app!.clientId, account, scopes, expiresAt });
      // Both orders and both figures were seen in real answers, so every second answer has the other ones.
      const second = answers++ % 2;
      const expires = perpetual ? undefined : String(LIFETIME - second);
      return goBack(second ? { access_token, state, expires } : { access_token, expires, state }, scopes);
    }

    if (dialogError) return report(dialogError, `the dev tier was told to: ${dialogError}`);
    const problem = problemOf(app, parameters, scopes);
    if (problem) return report(...problem);
    if (approveAs) return approve(approveAs);
    if (!asked)
      return parameters.get("decision") === "approve"
        ? approve(parameters.get("account"))
        : report("access_denied", "the user rejected the request");

    const fields = [...parameters].filter(([name]) => name !== "account" && name !== "decision");
    return context.html(dialogPage(app, scopes, accounts, fields), 200, {
      ...(coop === "dialog" ? COOP : {}),
      // Against clickjacking.
      "X-Frame-Options": "DENY",
      "Cache-Control": "no-store",
    });
  }

  return newRole()
    .get(DIALOG, (context) => dialog(context, new URL(context.req.url).searchParams, true))
    .post(DIALOG, async (context) => dialog(context, new URLSearchParams(await context.req.text()), false))
    .get(LANDING, landing(world));
}
