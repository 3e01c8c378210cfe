/** The API role: the methods that a login needs, the two that come after it, and the error methods. */
import type { Context, Hono, MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { usersOn } from "./accounts.ts";
import { API_ERRORS, Refusal } from "./api-errors.ts";
import { authorize, refuseAddress } from "./authorize.ts";
import { landing } from "./login.ts";
import { newQuota } from "./quota.ts";
import { newRole, printBug } from "./role.ts";
import type { World } from "./world.ts";

/** Every 2.x answers alike. */
const VERSION = "/:version{2\\.[0-3]}";

const HEADERS = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "private",
  "X-Content-Type-Options": "nosniff",
};

/** The parameter `name`: a whole number from `least` to `most`, `otherwise` when it is absent. Refuses anything else. */
function whole(context: Context, name: string, otherwise: number, least: number, most: number): number {
  const value = context.req.query(name) ?? String(otherwise);
  if (!/^\d{1,9}$/.test(value) || +value < least || +value > most) throw new Refusal(400, name);
  return +value;
}

/** The page of `all` that `pagesize` and `page` ask for. */
function paged(context: Context, all: readonly unknown[]) {
  const size = whole(context, "pagesize", 30, 0, 100);
  const page = whole(context, "page", 1, 1, 999_999_999);
  return { items: all.slice((page - 1) * size, page * size), has_more: page * size < all.length };
}

/** Every page of the web may ask, and may send the header. Whoever refuses it answers the preflight without a word of it. */
function openToAll({ faults }: World): MiddlewareHandler {
  const headers = { origin: "*", allowMethods: ["GET", "POST"], allowHeaders: ["Authorization"] };
  // Chromium would keep the answer for later calls, and the fault would not be seen.
  const open = cors({ ...headers, maxAge: 0 });
  return async (context, next) =>
    context.req.method === "OPTIONS" && faults.values.apiPreflight
      ? context.body(null, 204, { "Access-Control-Allow-Origin": "*" })
      : open(context, next);
}

/** Resolves after so many ms, or at once when the tier is closed. */
async function delay({ closed }: World, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([closed, passed]);
  clearTimeout(timer);
}

/** An answer that begins, and goes on when the tier is closed. Not compressed, or its first bytes would wait too. */
function endless({ closed }: World, context: Context): Response {
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode('{"items":['));
      await closed;
      controller.close();
    },
  });
  return context.body(body, 200, { ...HEADERS, "Content-Encoding": "identity" });
}

const BAD_GATEWAY = "<!doctype html>\n<title>502 Bad Gateway</title>\n<h1>502 Bad Gateway</h1>\n";

export function createApi(world: World): Hono {
  const { faults, tokens } = world;
  const api = newRole(openToAll(world));
  const spend = newQuota(world);

  /** A method of the API: what all of them have in common, around `run`. `apiDropped` is seen to outside. */
  function method(path: string, run: (context: Context) => object, methods = ["GET"]): void {
    api.on(methods, path, async (context) => {
      const { apiSlow, apiNoJson, apiEndless, apiError } = faults.values;
      if (apiSlow) await delay(world, apiSlow);
      if (apiNoJson) return context.html(BAD_GATEWAY, 502);
      if (apiEndless) return endless(world, context);
      try {
        refuseAddress(context);
        if (apiError) throw new Refusal(Number(apiError));
        return context.body(JSON.stringify(run(context)), 200, HEADERS);
      } catch (thrown) {
        // A bug of the tier's own must not pass for a wanted error.
        if (!(thrown instanceof Refusal)) printBug(thrown);
        const { fields } = thrown instanceof Refusal ? thrown : new Refusal(500);
        return context.body(JSON.stringify(fields), 400, HEADERS);
      }
    });
  }

  method(`${VERSION}/me/associated`, (context) => {
    const { clientId, account } = authorize(world, context);
    const page = paged(context, account.sites);
    if (faults.values.apiEmptyPages) page.has_more = true;
    return { ...page, ...spend(`${clientId} ${account.id}`, "/me/associated") };
  });

  method(`${VERSION}/me`, (context) => {
    const { clientId, account } = authorize(world, context);
    const site = context.req.query("site");
    if (!site) throw new Refusal(400, "site");
    return { items: usersOn(account, site), has_more: false, ...spend(`${clientId} ${account.id}`, "/me") };
  });

  // The one method with the token in its address: anyone who knows it may end it, and it is worthless afterwards.
  const invalidate = (context: Context) => {
    const grant = tokens.find(context.req.param("token")!);
    if (grant) tokens.revoke(grant.token);
    // A token that is not there is no error.
    const items = grant
      ? [
          {
            access_token: grant.token,
            account_id: grant.account.accountId,
            expires_on_date: Number.isFinite(grant.expiresAt)
              ? Math.floor(grant.expiresAt / 1000)
              : undefined,
            scope: grant.scopes,
          },
        ]
      : [];
    return { items, has_more: false, ...spend("anonymous", "/access-tokens") };
  };
  method(`${VERSION}/access-tokens/:token/invalidate`, invalidate, ["GET", "POST"]);

  method(`${VERSION}/errors`, (context) => {
    const all = API_ERRORS.map(([error_id, error_name, description]) => ({
      error_id,
      error_name,
      description,
    }));
    return { ...paged(context, all), ...spend("anonymous", "/errors") };
  });

  method(`${VERSION}/errors/:id`, (context) => {
    const asked = API_ERRORS.find(([id]) => String(id) === context.req.param("id"));
    throw asked ? new Refusal(asked[0]) : new Refusal(400, "id");
  });

  const land = landing(world);
  api.get("/oauth/login_success", (context, next) => (faults.values.wrongOrigin ? land(context) : next()));

  const unknown = () => {
    throw new Refusal(404);
  };
  method("*", unknown, ["ALL"]);

  return api;
}
