import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { newTier, ORIGINS } from "./dev-tier-support.ts";

const test = suite("dev tier: site");

const get = async (path: string, options = {}) =>
  newTier(options).site.fetch(new Request(ORIGINS.site + path));

test("both files are at fixed addresses that any origin may load, and missing when there are none", async () => {
  for (const path of ["/all.js", "/sdk/all.js", "/sdk/index.mjs"]) {
    const response = await get(path, { sdk: (name: string) => name });
    assert.ok(path.endsWith(`/${await response.text()}`), path);
    assert.match(response.headers.get("Content-Type")!, /^application\/javascript/);
    assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
    assert.is(response.headers.get("Cross-Origin-Resource-Policy"), "cross-origin");
    assert.is((await get(path)).status, 404);
  }
});

test("the caller's pages have their own headers; anything else is missing; no other site may read the facts", async () => {
  const page = { type: "text/html", body: "<h1>first</h1>", headers: { "X-One": "1" } };
  const pages = async (name: string) => (name === "index.html" ? page : undefined);
  const response = await get("/", { pages });
  assert.is(await response.text(), "<h1>first</h1>");
  assert.equal([response.headers.get("X-One"), response.headers.get("Cache-Control")], ["1", "no-store"]);
  for (const missing of [await get("/other.html", { pages }), await get("/")]) assert.is(missing.status, 404);
  assert.is((await get("/tier.json")).headers.get("Access-Control-Allow-Origin"), null);
});

test.run();
