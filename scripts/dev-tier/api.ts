/** The API role: `/2.0/me/associated` and the error methods, as JSON or JSONP. */
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { API_ERRORS, type ApiError, apiError } from "./api-errors.ts";
import { landing } from "./login.ts";
import type { World } from "./options.ts";
import { type Grant, looksLikeToken } from "./tokens.ts";

const DAY = 86_400_000;

/** Ends a call with one of the API's errors. */
class Refusal extends Error {
  readonly error: ApiError;

  constructor(id: number, message?: string) {
    const error = apiError(id);
    super(message ?? error.message);
    this.error = error;
  }
}

interface Page {
  items: unknown[];
  has_more: boolean;
}

/** A whole number from `least` to `most`, or `otherwise` when the parameter is absent. Refuses anything else. */
function whole(
  value: string | undefined,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (value === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw new Refusal(400, name);
  return number;
}

/** The page of `all` that `pagesize` and `page` ask for. */
function paged(context: Context, all: readonly unknown[]): Page {
  const size = whole(context.req.query("pagesize"), "pagesize", 30, 0, 100);
  const page = whole(context.req.query("page"), "page", 1, 1, 999_999_999);
  return { items: all.slice((page - 1) * size, page * size), has_more: page * size < all.length };
}

/** Who calls. Refuses in the order of the error table: token there, shape, key there, plain http, known. */
function authorize(world: World, context: Context): Grant {
  const { access_token: token, key } = context.req.query();
  if (!token) throw new Refusal(401);
  // The dev tier itself speaks http, on loopback: there a token travels nowhere. Where the API's own origin is
  // https, as behind the production origins, http is refused as the real server does.
  if (world.origins.api.startsWith("https:") && new URL(context.req.url).protocol === "http:") {
    world.tokens.revoke(token);
    throw new Refusal(406);
  }
  if (!looksLikeToken(token)) throw new Refusal(402);
  if (!key) throw new Refusal(405);
  const grant = world.tokens.find(token);
  const app = world.apps.find((each) => each.key === key);
  if (!grant || app?.clientId !== grant.clientId) throw new Refusal(403);
  return grant;
}

/** JSON that is also a script: two line ends that JSON allows and old JavaScript does not are escaped. */
function scriptSafe(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`);
}

export function createApi(world: World): Hono {
  const api = new Hono();
  /** Calls left for each app and account, until when (ms since the epoch). */
  const quotas = new Map<string, { remaining: number; until: number }>();
  /** Until when a method may not be called again, by who called it (ms since the epoch). */
  const backoffs = new Map<string, number>();

  /** Counts one call. Refuses it when none is left, or when the caller was told to back off. */
  function spend(who: string, method: string) {
    const now = world.now();
    let quota = quotas.get(who);
    if (!quota || quota.until <= now) {
      quota = { remaining: world.quotaMax, until: now + DAY };
      quotas.set(who, quota);
    }
    const { apiBackoff } = world.faults.values;
    // A backoff ends with its fault, so that one test's does not reach into the next.
    const toldUntil = apiBackoff ? (backoffs.get(`${who} ${method}`) ?? 0) : 0;
    const blockedUntil = Math.max(quota.remaining > 0 ? 0 : quota.until, toldUntil);
    if (blockedUntil > now) {
      const seconds = Math.ceil((blockedUntil - now) / 1000);
      throw new Refusal(502, `too many requests from this IP, more requests available in ${seconds} seconds`);
    }
    quota.remaining--;
    if (apiBackoff) backoffs.set(`${who} ${method}`, now + apiBackoff * 1000);
    return {
      quota_max: world.quotaMax,
      quota_remaining: quota.remaining,
      ...(apiBackoff ? { backoff: apiBackoff } : {}),
    };
  }

  /** Writes the wrapper: as a script when there is a callback, otherwise as JSON with the status. */
  function answer(context: Context, wrapper: object, failed: boolean): Response {
    const callback = context.req.query("callback");
    const headers = { "Cache-Control": "private", "X-Content-Type-Options": "nosniff" };
    if (callback === undefined || !/^[\w$.]+$/.test(callback)) {
      return context.body(JSON.stringify(wrapper), failed ? 400 : 200, {
        ...headers,
        "Content-Type": "application/json; charset=utf-8",
      });
    }
    const { apiSilent, apiTwice } = world.faults.values;
    const call = `${callback}(${scriptSafe(wrapper)});`;
    return context.body(apiSilent ? "" : apiTwice ? call + call : call, 200, {
      ...headers,
      "Content-Type": "application/javascript; charset=utf-8",
    });
  }

  /** A method of the API: what all of them have in common, around `run`. */
  function method(run: (context: Context) => object) {
    return async (context: Context): Promise<Response> => {
      const { apiSlow, apiError: forced } = world.faults.values;
      if (apiSlow) await world.delay(apiSlow);
      // `apiDropped` is seen to outside, once the wait is over.
      try {
        const callback = context.req.query("callback");
        if (callback !== undefined && !/^[\w$.]+$/.test(callback)) throw new Refusal(400, "callback");
        if (forced) throw new Refusal(Number(forced));
        return answer(context, run(context), false);
      } catch (thrown) {
        // A bug of the tier's own must not pass for a wanted error.
        if (!(thrown instanceof Refusal)) console.error(thrown);
        const refusal = thrown instanceof Refusal ? thrown : new Refusal(500);
        const { id, name } = refusal.error;
        return answer(context, { error_id: id, error_name: name, error_message: refusal.message }, true);
      }
    };
  }

  api.use(cors({ origin: "*", allowMethods: ["GET", "POST"] }));

  api.get(
    "/2.0/me/associated",
    method((context) => {
      const { clientId, account } = authorize(world, context);
      const page = paged(context, account.sites);
      return { ...page, ...spend(`${clientId} ${account.id}`, "/me/associated") };
    }),
  );

  api.get(
    "/2.0/errors",
    method((context) => {
      const all = API_ERRORS.map(({ id, name, when }) => ({
        error_id: id,
        error_name: name,
        description: when,
      }));
      return { ...paged(context, all), ...spend("anonymous", "/errors") };
    }),
  );

  api.get(
    "/2.0/errors/:id",
    method((context) => {
      const id = Number(context.req.param("id"));
      throw API_ERRORS.some((error) => error.id === id) ? new Refusal(id) : new Refusal(400, "id");
    }),
  );

  const land = landing(world);
  api.get("/oauth/login_success", (context, next) =>
    world.faults.values.wrongOrigin ? land(context) : next(),
  );

  api.all(
    "*",
    method(() => {
      throw new Refusal(404);
    }),
  );

  return api;
}
