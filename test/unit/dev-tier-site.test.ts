import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { newTier, ORIGINS } from "./dev-tier-support.ts";

const test = suite("dev tier: site");

const get = (path: string, options = {}) => newTier(options).site.fetch(new Request(ORIGINS.site + path));

test("the channel page is completely blank", async () => {
  const response = await get("/blank");
  assert.is(response.status, 200);
  assert.match(response.headers.get("Content-Type")!, /^text\/html/);
  assert.is(await response.text(), "");
});

test("/all.js is what the caller's SDK says, and missing without one", async () => {
  assert.is(await (await get("/all.js", { sdk: () => "first" })).text(), "first");
  assert.is(await (await get("/all.js", { sdk: async () => "later" })).text(), "later");
  assert.is((await get("/all.js")).status, 404);
});

test("both files are at fixed addresses that any origin may load", async () => {
  const options = { sdk: () => "script", module: async () => "module" };
  for (const [path, text] of [
    ["/sdk/all.js", "script"],
    ["/sdk/index.mjs", "module"],
  ] as const) {
    const response = await get(path, options);
    assert.is(await response.text(), text);
    assert.match(response.headers.get("Content-Type")!, /^application\/javascript/);
    assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
    assert.is(response.headers.get("Cross-Origin-Resource-Policy"), "cross-origin");
    assert.is((await get(path)).status, 404);
  }
  assert.is((await get("/tier.json", options)).headers.get("Access-Control-Allow-Origin"), null);
});

test("the caller's pages are served with their own headers, and anything else is missing", async () => {
  const pages = async (name: string) =>
    name === "index.html"
      ? { type: "text/html", body: "<h1>first</h1>", headers: { "X-One": "1" } }
      : undefined;
  const response = await get("/", { pages });
  assert.is(await response.text(), "<h1>first</h1>");
  assert.is(response.headers.get("X-One"), "1");
  assert.is(response.headers.get("Cache-Control"), "no-store");
  assert.is((await get("/other.html", { pages })).status, 404);
  assert.is((await get("/")).status, 404);
});

test("/tier.json tells the page what there is to choose", async () => {
  const tier = (await (await get("/tier.json")).json()) as any;
  assert.is(tier.live, true);
  assert.equal(tier.origins, ORIGINS);
  assert.equal(
    tier.accounts.map((account: any) => account.sites),
    [3, 1, 250, 0],
  );
  assert.equal(Object.keys(tier.scopes), ["read_inbox", "no_expiry", "write_access", "private_info"]);
  assert.is(tier.apps[0].domain, "app.example");
  assert.equal(Object.keys(tier.faults), Object.keys(tier.values));
});

test("route() finds the role by the request's origin, and leaves a foreign one alone", async () => {
  const tier = newTier();
  const ask = (address: string) => tier.route(new Request(address));
  assert.is(await (await ask(`${ORIGINS.site}/blank`))?.text(), "");
  assert.match(
    (await (await ask(`${ORIGINS.login}/oauth/dialog`))?.text()) ?? "",
    /Application Login Failure/,
  );
  assert.match((await (await ask(`${ORIGINS.api}/2.0/errors/503`))?.text()) ?? "", /temporarily_unavailable/);
  assert.is(ask("https://elsewhere.example/"), undefined);
});

test.run();
