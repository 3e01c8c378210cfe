import * as assert from "uvu/assert";
import { API_ERRORS } from "../../scripts/dev-tier/api-errors.ts";
import { suite } from "../support/suite.ts";
import { call, callJson, keyOf, newTier, ORIGINS, tokenFor } from "./dev-tier-support.ts";

const test = suite("dev tier: API");

const ASSOCIATED = "/me/associated";
const GOOD_SHAPE = `${"a".repeat(22)}))`;

async function signedIn(account?: string, options = {}) {
  const tier = newTier(options);
  return { tier, who: { access_token: await tokenFor(tier, account), key: keyOf(tier) } };
}

test("the wrapper and the items have their default fields", async () => {
  const { tier, who } = await signedIn("one");
  const response = await call(tier, ASSOCIATED, who);
  assert.is(response.status, 200);
  assert.is(response.headers.get("Content-Type"), "application/json; charset=utf-8");
  assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
  const wrapper = (await response.json()) as any;
  assert.equal(Object.keys(wrapper), ["items", "has_more", "quota_max", "quota_remaining"]);
  assert.equal(Object.keys(wrapper.items[0]), [
    "site_name",
    "site_url",
    "user_id",
    "reputation",
    "account_id",
    "creation_date",
    "last_access_date",
    "badge_counts",
    "answer_count",
    "question_count",
  ]);
  assert.equal(Object.keys(wrapper.items[0].badge_counts).sort(), ["bronze", "gold", "silver"]);
});

test("each account has the sites it says, all with one account_id", async () => {
  for (const [account, count] of [
    ["none", 0],
    ["one", 1],
    ["three", 3],
    ["many", 250],
  ] as const) {
    const { tier } = await signedIn(account);
    const sites = tier.accounts.find(({ id }) => id === account)!.sites;
    assert.is(sites.length, count);
    assert.is(new Set(sites.map((site) => site.site_url)).size, count);
    assert.ok(new Set(sites.map((site) => site.account_id)).size <= 1);
  }
});

test("pages: 30 by default, at most 100, and has_more until the last", async () => {
  const { tier, who } = await signedIn("many");
  const page = async (pagesize?: string, number?: string) => {
    const { items, has_more } = await callJson(tier, ASSOCIATED, { ...who, pagesize, page: number });
    return [items.length, has_more];
  };
  assert.equal(await page(), [30, true]);
  assert.equal(await page("100"), [100, true]);
  assert.equal(await page("100", "2"), [100, true]);
  assert.equal(await page("100", "3"), [50, false]);
  assert.equal(await page("50", "5"), [50, false]);
  assert.equal(await page("100", "4"), [0, false]);
  assert.equal(await page("0"), [0, true]);
  const first = await callJson(tier, ASSOCIATED, { ...who, pagesize: "100" });
  const second = await callJson(tier, ASSOCIATED, { ...who, pagesize: "100", page: "2" });
  assert.is.not(first.items[99].site_url, second.items[0].site_url);
});

for (const [name, values] of [
  ["pagesize", ["101", "-1", "1.5", "x", "", "1e1"]],
  ["page", ["0", "-1", "x", ""]],
] as const) {
  test(`a bad ${name} is bad_parameter, and says which`, async () => {
    const { tier, who } = await signedIn();
    for (const value of values) {
      const response = await call(tier, ASSOCIATED, { ...who, [name]: value });
      assert.is(response.status, 400, `${name}=${value}`);
      assert.equal(await response.json(), {
        error_id: 400,
        error_name: "bad_parameter",
        error_message: name,
      });
    }
  });
}

test("any filter is accepted", async () => {
  const { tier, who } = await signedIn();
  assert.is((await callJson(tier, ASSOCIATED, { ...who, filter: "!6RfQBFKB58ckl" })).items.length, 3);
});

test("who may call: 401, 402, 403, 405", async () => {
  const { tier, who } = await signedIn();
  const errorOf = async (changes: Record<string, string | undefined>) =>
    (await callJson(tier, ASSOCIATED, { ...who, ...changes })).error_id;
  assert.is(await errorOf({ access_token: undefined }), 401);
  assert.is(await errorOf({ access_token: "" }), 401);
  assert.is(await errorOf({ access_token: "malformed" }), 402);
  assert.is(await errorOf({ access_token: GOOD_SHAPE }), 403);
  assert.is(await errorOf({ key: keyOf(tier, "2") }), 403);
  assert.is(await errorOf({ key: "nobody's((" }), 403);
  assert.is(await errorOf({ key: undefined }), 405);
  assert.is(await errorOf({}), undefined);
});

test("a token expires after a day, one with no_expiry never", async () => {
  let now = 1_700_000_000_000;
  const tier = newTier({ now: () => now });
  const key = keyOf(tier);
  const day = await tokenFor(tier);
  const perpetual = await tokenFor(tier, "three", { scope: "no_expiry" });
  now += 86_400_000 - 1;
  assert.is((await callJson(tier, ASSOCIATED, { access_token: day, key })).items.length, 3);
  now += 1;
  assert.is((await callJson(tier, ASSOCIATED, { access_token: day, key })).error_name, "access_denied");
  now += 1e12;
  assert.is((await callJson(tier, ASSOCIATED, { access_token: perpetual, key })).items.length, 3);
});

test("a token sent over http to an https API is dead from then on; an http tier takes it", async () => {
  const { tier, who } = await signedIn();
  const insecure = await call(tier, ASSOCIATED, who, ORIGINS.api.replace("https:", "http:"));
  assert.is(((await insecure.json()) as any).error_id, 406);
  assert.is((await callJson(tier, ASSOCIATED, who)).error_id, 403);

  const loopback = newTier({
    origins: { site: ORIGINS.site, login: ORIGINS.login, api: "http://127.0.0.1:8702" },
  });
  const access_token = await tokenFor(loopback);
  const response = await call(
    loopback,
    ASSOCIATED,
    { access_token, key: keyOf(loopback) },
    "http://127.0.0.1:8702",
  );
  assert.is(response.status, 200);
});

test("JSONP: a script, and 200 even for an error", async () => {
  const { tier, who } = await signedIn("one");
  const good = await call(tier, ASSOCIATED, { ...who, callback: "a.b$_1" });
  assert.is(good.headers.get("Content-Type"), "application/javascript; charset=utf-8");
  const text = await good.text();
  assert.ok(text.startsWith("a.b$_1({") && text.endsWith("});"));

  const bad = await call(tier, ASSOCIATED, { callback: "f" });
  assert.is(bad.status, 200);
  let received: any;
  new Function("f", await bad.text())((data: unknown) => (received = data));
  assert.is(received.error_name, "access_token_required");
  assert.is((await call(tier, ASSOCIATED)).status, 400);
});

test("JSONP: a callback that is more than a name is refused, and never echoed into a script", async () => {
  const { tier, who } = await signedIn();
  for (const callback of ["alert(1)//", "a-b", "", "a;b", "ä", "a b", "<script>"]) {
    const response = await call(tier, ASSOCIATED, { ...who, callback });
    assert.is(response.status, 400);
    assert.is(response.headers.get("Content-Type"), "application/json; charset=utf-8");
    assert.equal(await response.json(), {
      error_id: 400,
      error_name: "bad_parameter",
      error_message: "callback",
    });
  }
});

test("JSONP: line ends that old JavaScript does not allow in a string are escaped", async () => {
  const site = newTier().accounts.find(({ id }) => id === "one")!.sites[0]!;
  const accounts = [{ id: "x", name: "x", accountId: 1, sites: [{ ...site, site_name: "a\u2028b\u2029c" }] }];
  const { tier, who } = await signedIn("x", { accounts });
  const text = await (await call(tier, ASSOCIATED, { ...who, callback: "f" })).text();
  assert.ok(text.includes("a\\u2028b\\u2029c"));
});

test("quota: counts down for each account, refuses at none, and is full again after a day", async () => {
  let now = 1_700_000_000_000;
  const { tier, who } = await signedIn("three", { quotaMax: 2, now: () => now });
  assert.is((await callJson(tier, ASSOCIATED, who)).quota_remaining, 1);
  assert.is((await callJson(tier, ASSOCIATED, who)).quota_remaining, 0);
  now += 1000;
  assert.equal(await callJson(tier, ASSOCIATED, who), {
    error_id: 502,
    error_name: "throttle_violation",
    error_message: "too many requests from this IP, more requests available in 86399 seconds",
  });
  const other = { ...who, access_token: await tokenFor(tier, "one") };
  assert.is((await callJson(tier, ASSOCIATED, other)).quota_remaining, 1);
  now += 86_399_000;
  const again = { ...who, access_token: await tokenFor(tier) };
  assert.is((await callJson(tier, ASSOCIATED, again)).quota_remaining, 1);
});

test("/errors lists the table, /errors/{id} simulates each of it", async () => {
  const tier = newTier();
  const { items } = await callJson(tier, "/errors");
  assert.equal(
    items.map((item: any) => item.error_id),
    [400, 401, 402, 403, 404, 405, 406, 500, 502, 503],
  );
  for (const { id, name } of API_ERRORS) {
    const response = await call(tier, `/errors/${id}`);
    assert.is(response.status, 400);
    const wrapper = (await response.json()) as any;
    assert.equal([wrapper.error_id, wrapper.error_name], [id, name]);
    assert.ok(wrapper.error_message);
    assert.is((await call(tier, `/errors/${id}`, { callback: "f" })).status, 200);
  }
  assert.is((await callJson(tier, "/errors/999")).error_name, "bad_parameter");
  assert.is((await callJson(tier, "/nothing")).error_name, "no_method");
});

test("a preflight is answered", async () => {
  const headers = { Origin: "https://anyone.example", "Access-Control-Request-Method": "GET" };
  const request = new Request(`${ORIGINS.api}/2.0/me/associated`, { method: "OPTIONS", headers });
  const response = await newTier().api.fetch(request);
  assert.is(response.status, 204);
  assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
});

test.run();
