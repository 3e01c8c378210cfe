import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { newTier, ORIGINS } from "./dev-tier-support.ts";

const test = suite("dev tier: site");

const get = async (path: string, options = {}) =>
  newTier(options).site.fetch(new Request(ORIGINS.site + path));

test("the channel page is completely blank", async () => {
  const response = await get("/blank");
  assert.is(response.status, 200);
  assert.match(response.headers.get("Content-Type")!, /^text\/html/);
  assert.is(await response.text(), "");
});

test("both files are at fixed addresses that any origin may load, and missing when there are none", async () => {
  const options = { sdk: () => "script", module: async () => "module" };
  for (const [path, text] of Object.entries({
    "/all.js": "script",
    "/sdk/all.js": "script",
    "/sdk/index.mjs": "module",
  })) {
    const response = await get(path, options);
    assert.is(await response.text(), text);
    assert.match(response.headers.get("Content-Type")!, /^application\/javascript/);
    assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
    assert.is(response.headers.get("Cross-Origin-Resource-Policy"), "cross-origin");
    assert.is((await get(path)).status, 404);
  }
});

test("the caller's pages are served with their own headers, and anything else is missing", async () => {
  const page = { type: "text/html", body: "<h1>first</h1>", headers: { "X-One": "1" } };
  const pages = async (name: string) => (name === "index.html" ? page : undefined);
  const response = await get("/", { pages });
  assert.is(await response.text(), "<h1>first</h1>");
  assert.equal([response.headers.get("X-One"), response.headers.get("Cache-Control")], ["1", "no-store"]);
  assert.is((await get("/other.html", { pages })).status, 404);
  assert.is((await get("/")).status, 404);
});

test("/tier.json tells the page what there is to choose, and no other site", async () => {
  const response = await get("/tier.json");
  assert.is(response.headers.get("Access-Control-Allow-Origin"), null);
  const tier = (await response.json()) as any;
  assert.equal([tier.live, tier.origins], [true, ORIGINS]);
  assert.equal(
    tier.accounts.map((account: any) => account.sites),
    [3, 1, 250, 0],
  );
  assert.equal(Object.keys(tier.scopes), ["read_inbox", "no_expiry", "write_access", "private_info"]);
  assert.is(tier.apps[0].domain, "app.example");
  assert.equal(Object.keys(tier.faults), Object.keys(tier.values));
});

test.run();
