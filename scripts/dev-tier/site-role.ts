/** The site role: the app's own origin, with its pages, the SDK, and the blank channel page. */
import { type Context, Hono } from "hono";
import { FAULTS } from "./faults.ts";
import { failed, limitBody } from "./role.ts";
import { IDENTIFY, SCOPES } from "./scopes.ts";
import type { World } from "./world.ts";

const HTML = "text/html; charset=utf-8";
const SCRIPT = "application/javascript; charset=utf-8";
/** A script tag with `crossorigin`, a module and a page that asks for CORP load it from any origin. */
const FROM_ANYWHERE = { "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" };
const FRESH = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/** Everything that the playground offers to choose from. */
export function tierFacts(world: World) {
  return {
    live: true,
    origins: world.origins,
    apps: world.apps,
    accounts: world.accounts.map(({ id, name, sites }) => ({ id, name, sites: sites.length })),
    identify: IDENTIFY,
    scopes: SCOPES,
    faults: FAULTS,
    values: world.faults.values,
  };
}

export function createSite(world: World): Hono {
  const site = new Hono().onError(failed);
  site.use(limitBody);

  // Completely blank, as `channelUrl` must be.
  site.get("/blank", (context) => context.body("", 200, { "Content-Type": HTML }));

  const script = (make: World["sdk"]) => async (context: Context) =>
    make
      ? context.body(await make(), 200, { ...FRESH, ...FROM_ANYWHERE, "Content-Type": SCRIPT })
      : context.notFound();
  site.get("/all.js", script(world.sdk));
  site.get("/sdk/all.js", script(world.sdk));
  site.get("/sdk/index.mjs", script(world.module));

  site.get("/tier.json", (context) => context.json(tierFacts(world), 200, FRESH));

  site.get("/dev/faults", (context) => context.json(world.faults.values, 200, FRESH));

  site.post("/dev/faults", async (context) => {
    // Another site's page cannot send this type without a preflight, which is not answered.
    if (!/^application\/json\b/i.test(context.req.header("Content-Type") ?? ""))
      return context.json({ error: "send application/json" }, 415);
    try {
      const changes: unknown = await context.req.json();
      if (typeof changes !== "object" || changes === null || Array.isArray(changes))
        throw new TypeError("send an object of faults");
      world.faults.set(changes);
    } catch (error) {
      return context.json({ error: (error as Error).message }, 400);
    }
    return context.json(world.faults.values, 200, FRESH);
  });

  site.delete("/dev/faults", (context) => {
    world.faults.reset();
    return context.json(world.faults.values, 200, FRESH);
  });

  // The documentation and the playground (scripts/site), where there are any.
  site.get("/:name?", async (context) => {
    const page = await world.pages?.(context.req.param("name") ?? "index.html", world.origins);
    if (!page) return context.notFound();
    return context.body(page.body, page.status ?? 200, {
      ...FRESH,
      "Content-Type": page.type,
      ...page.headers,
    });
  });

  return site;
}
