/** The API role: the methods that a login needs, the two that come after it, and the error methods. */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { usersOn } from "./accounts.ts";
import { API_ERRORS, Refusal } from "./api-errors.ts";
import { authorize, refuseAddress } from "./authorize.ts";
import { landing } from "./login.ts";
import { newQuota } from "./quota.ts";
import { failed, limitBody, printBug } from "./role.ts";
import type { World } from "./world.ts";

/** Every 2.x answers alike. */
const VERSION = "/:version{2\\.[0-3]}";

const HEADERS = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "private",
  "X-Content-Type-Options": "nosniff",
};

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
function paged(context: Context, all: readonly unknown[]) {
  const size = whole(context.req.query("pagesize"), "pagesize", 30, 0, 100);
  const page = whole(context.req.query("page"), "page", 1, 1, 999_999_999);
  return { items: all.slice((page - 1) * size, page * size), has_more: page * size < all.length };
}

/** Every page of the web may ask, and may send the header. Whoever refuses it answers the preflight without a word of it. */
function openToAll(world: World): MiddlewareHandler {
  const headers = { origin: "*", allowMethods: ["GET", "POST"], allowHeaders: ["Authorization"] };
  // Chromium would keep the answer for later calls, and the fault would not be seen.
  const open = cors({ ...headers, maxAge: 0 });
  return async (context, next) =>
    context.req.method === "OPTIONS" && world.faults.values.apiPreflight
      ? context.body(null, 204, { "Access-Control-Allow-Origin": "*" })
      : open(context, next);
}

/** An answer that begins, and goes on when the tier is closed. Not compressed, or its first bytes would wait too. */
function endless(world: World, context: Context): Response {
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode('{"items":['));
      await world.closed;
      controller.close();
    },
  });
  return context.body(body, 200, { ...HEADERS, "Content-Encoding": "identity" });
}

const BAD_GATEWAY = "<!doctype html>\n<title>502 Bad Gateway</title>\n<h1>502 Bad Gateway</h1>\n";

export function createApi(world: World): Hono {
  const api = new Hono().onError(failed);
  const spend = newQuota(world);

  /** A method of the API: what all of them have in common, around `run`. */
  function method(run: (context: Context) => object) {
    return async (context: Context): Promise<Response> => {
      const { apiSlow, apiNoJson, apiEndless, apiError: forced } = world.faults.values;
      if (apiSlow) await world.delay(apiSlow);
      if (apiNoJson) return context.html(BAD_GATEWAY, 502);
      if (apiEndless) return endless(world, context);
      // `apiDropped` is seen to outside, once the wait is over.
      try {
        refuseAddress(context);
        if (forced) throw new Refusal(Number(forced));
        return context.body(JSON.stringify(run(context)), 200, HEADERS);
      } catch (thrown) {
        // A bug of the tier's own must not pass for a wanted error.
        if (!(thrown instanceof Refusal)) printBug(thrown);
        const refusal = thrown instanceof Refusal ? thrown : new Refusal(500);
        const { id, name } = refusal.error;
        const wrapper = { error_id: id, error_name: name, error_message: refusal.message };
        return context.body(JSON.stringify(wrapper), 400, HEADERS);
      }
    };
  }

  api.use(openToAll(world), limitBody);

  api.get(
    `${VERSION}/me/associated`,
    method((context) => {
      const { clientId, account } = authorize(world, context);
      const page = paged(context, account.sites);
      if (world.faults.values.apiEmptyPages) page.has_more = true;
      return { ...page, ...spend(`${clientId} ${account.id}`, "/me/associated") };
    }),
  );

  api.get(
    `${VERSION}/me`,
    method((context) => {
      const { clientId, account } = authorize(world, context);
      const site = context.req.query("site");
      if (!site) throw new Refusal(400, "site");
      const page = { items: usersOn(account, site), has_more: false };
      return { ...page, ...spend(`${clientId} ${account.id}`, "/me") };
    }),
  );

  // The one method with the token in its address: anyone who knows it may end it, and it is worthless afterwards.
  api.on(
    ["GET", "POST"],
    `${VERSION}/access-tokens/:token/invalidate`,
    method((context) => {
      const grant = world.tokens.find(context.req.param("token")!);
      if (grant) world.tokens.revoke(grant.token);
      // A token that is not there is no error.
      const items = grant && [
        {
          access_token: grant.token,
          account_id: grant.account.accountId,
          expires_on_date: grant.expiresAt && Math.floor(grant.expiresAt / 1000),
          scope: grant.scopes,
        },
      ];
      return { items: items ?? [], has_more: false, ...spend("anonymous", "/access-tokens") };
    }),
  );

  api.get(
    `${VERSION}/errors`,
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
    `${VERSION}/errors/:id`,
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
