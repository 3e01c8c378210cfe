/** The site role: the app's own origin, with its pages, the SDK, and the blank channel page. */
import type { Context, Hono } from "hono";
import { FAULTS } from "./faults.ts";
import { IDENTIFY, SCOPES } from "./login-pages.ts";
import { newRole } from "./role.ts";
import type { World } from "./world.ts";

const FRESH = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };
/** A script tag with `crossorigin`, a module and a page that asks for CORP load it from any origin. */
const SCRIPT = {
  ...FRESH,
  "Content-Type": "application/javascript; charset=utf-8",
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** Everything that the playground offers to choose from. */
const tierFacts = ({ origins, apps, accounts, faults }: World) => ({
  live: true,
  origins,
  apps,
  accounts: accounts.map(({ id, name, sites }) => ({ id, name, sites: sites.length })),
  identify: IDENTIFY,
  scopes: SCOPES,
  faults: FAULTS,
  values: faults.values,
});

export function createSite(world: World): Hono {
  const { faults } = world;
  const site = newRole();

  // Completely blank, as `channelUrl` must be.
  site.get("/blank", (context) => context.html(""));

  site.on("GET", ["/all.js", "/sdk/all.js", "/sdk/index.mjs"], async (context) => {
    const name = context.req.path.split("/").at(-1)!;
    return world.sdk ? context.body(await world.sdk(name), 200, SCRIPT) : context.notFound();
  });

  site.get("/tier.json", (context) => context.json(tierFacts(world), 200, FRESH));

  const values = (context: Context) => context.json(faults.values, 200, FRESH);
  site.get("/dev/faults", values);
  site.post("/dev/faults", async (context) => {
    // Another site's page cannot send this type without a preflight, which is not answered.
    if (!/^application\/json\b/i.test(context.req.header("Content-Type") ?? ""))
      return context.json({ error: "send application/json" }, 415);
    try {
      faults.set(await context.req.json());
    } catch (error) {
      return context.json({ error: (error as Error).message }, 400);
    }
    return values(context);
  });
  site.delete("/dev/faults", (context) => {
    faults.reset();
    return values(context);
  });

  // The documentation and the playground (scripts/site), where there are any.
  site.get("/:name?", async (context) => {
    const page = await world.pages?.(context.req.param("name") ?? "index.html", world.origins);
    if (!page) return context.notFound();
    const { type, body, status = 200, headers } = page;
    return context.body(body, status, { ...FRESH, "Content-Type": type, ...headers });
  });

  return site;
}
