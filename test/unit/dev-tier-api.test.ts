import * as assert from "uvu/assert";
import { API_ERRORS } from "../../scripts/dev-tier/api-errors.ts";
import { suite } from "../support/suite.ts";
import { call, callJson, decide, keyOf, newTier, ORIGINS, redirected, tokenFor } from "./dev-tier-support.ts";

const test = suite("dev tier: API");

const ASSOCIATED = "/me/associated";
const GOOD_SHAPE = `${"a".repeat(22)}))`;

async function signedIn(account?: string, options = {}) {
  const tier = newTier(options);
  return { tier, token: await tokenFor(tier, account) };
}

test("the wrapper and the items have their default fields", async () => {
  const { tier, token } = await signedIn("one");
  const response = await call(tier, ASSOCIATED, { token });
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
  const { tier, token } = await signedIn("many");
  const page = async (pagesize?: string, number?: string) => {
    const { items, has_more } = await callJson(tier, ASSOCIATED, {
      token,
      query: { pagesize, page: number },
    });
    return [items.length, has_more];
  };
  assert.equal(await page(), [30, true]);
  assert.equal(await page("100"), [100, true]);
  assert.equal(await page("100", "2"), [100, true]);
  assert.equal(await page("100", "3"), [50, false]);
  assert.equal(await page("50", "5"), [50, false]);
  assert.equal(await page("100", "4"), [0, false]);
  assert.equal(await page("0"), [0, true]);
  const first = await callJson(tier, ASSOCIATED, { token, query: { pagesize: "100" } });
  const second = await callJson(tier, ASSOCIATED, { token, query: { pagesize: "100", page: "2" } });
  assert.is.not(first.items[99].site_url, second.items[0].site_url);
});

for (const [name, values] of [
  ["pagesize", ["101", "-1", "1.5", "x", "", "1e1"]],
  ["page", ["0", "-1", "x", ""]],
] as const) {
  test(`a bad ${name} is bad_parameter, and says which`, async () => {
    const { tier, token } = await signedIn();
    for (const value of values) {
      const response = await call(tier, ASSOCIATED, { token, query: { [name]: value } });
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
  const { tier, token } = await signedIn();
  const { items } = await callJson(tier, ASSOCIATED, { token, query: { filter: "!6RfQBFKB58ckl" } });
  assert.is(items.length, 3);
});

test("who may call: 401, 402, 403", async () => {
  const { tier, token } = await signedIn();
  const errorOf = async (authorization?: string) =>
    (await callJson(tier, ASSOCIATED, authorization === undefined ? {} : { authorization })).error_id;
  assert.is(await errorOf(), 401);
  // A bearer that the API takes where no token is needed.
  assert.is(await errorOf(`Bearer ${keyOf(tier)}`), 401);
  for (const malformed of ["Bearer", token, `Basic ${token}`, `Bearer ${token} x`, "Bearer malformed"])
    assert.is(await errorOf(malformed), 402, malformed);
  assert.is(await errorOf(`Bearer ${GOOD_SHAPE}`), 403);
  assert.is(await errorOf(`Bearer ${token}`), undefined);
  assert.is(await errorOf(`bearer  ${token}`), undefined);
});

test("credentials in the address are refused by every method, with a header or without", async () => {
  const { tier, token } = await signedIn();
  const found: [Record<string, string>, string][] = [
    [{ access_token: token }, "`access_token`"],
    [{ key: keyOf(tier) }, "`key`"],
    [{ key: "", access_token: "" }, "`access_token` and `key`"],
  ];
  for (const [query, names] of found)
    for (const path of [ASSOCIATED, "/me", "/errors", "/nothing"])
      for (const who of [{}, { token }]) {
        const response = await call(tier, path, { ...who, query });
        assert.is(response.status, 400);
        assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
        assert.equal(await response.json(), {
          error_id: 400,
          error_name: "bad_parameter",
          error_message: `${names} not accepted in the address: send \`Authorization: Bearer <token>\`, with no key`,
        });
      }
});

test("a token expires after a day, one with no_expiry never", async () => {
  let now = 1_700_000_000_000;
  const tier = newTier({ now: () => now });
  const day = await tokenFor(tier);
  const perpetual = await tokenFor(tier, "three", { scope: "no_expiry" });
  now += 86_400_000 - 1;
  assert.is((await callJson(tier, ASSOCIATED, { token: day })).items.length, 3);
  now += 1;
  assert.is((await callJson(tier, ASSOCIATED, { token: day })).error_name, "access_denied");
  now += 1e12;
  assert.is((await callJson(tier, ASSOCIATED, { token: perpetual })).items.length, 3);
});

test("a token sent over http to an https API is dead from then on; an http tier takes it", async () => {
  const { tier, token } = await signedIn();
  const insecure = await call(tier, ASSOCIATED, { token, origin: ORIGINS.api.replace("https:", "http:") });
  assert.is(((await insecure.json()) as any).error_id, 406);
  assert.is((await callJson(tier, ASSOCIATED, { token })).error_id, 403);

  const api = "http://127.0.0.1:8702";
  const loopback = newTier({ origins: { site: ORIGINS.site, login: ORIGINS.login, api } });
  const response = await call(loopback, ASSOCIATED, { token: await tokenFor(loopback), origin: api });
  assert.is(response.status, 200);
});

test("quota: counts down for each account, refuses at none, and is full again after a day", async () => {
  let now = 1_700_000_000_000;
  const { tier, token } = await signedIn("three", { quotaMax: 2, now: () => now });
  assert.is((await callJson(tier, ASSOCIATED, { token })).quota_remaining, 1);
  assert.is((await callJson(tier, ASSOCIATED, { token })).quota_remaining, 0);
  now += 1000;
  assert.equal(await callJson(tier, ASSOCIATED, { token }), {
    error_id: 502,
    error_name: "throttle_violation",
    error_message: "too many requests from this IP, more requests available in 86399 seconds",
  });
  const other = await tokenFor(tier, "one");
  assert.is((await callJson(tier, ASSOCIATED, { token: other })).quota_remaining, 1);
  now += 86_399_000;
  const again = await tokenFor(tier);
  assert.is((await callJson(tier, ASSOCIATED, { token: again })).quota_remaining, 1);
});

test("/errors lists the table, /errors/{id} simulates each of it, with CORS", async () => {
  const tier = newTier();
  const { items } = await callJson(tier, "/errors");
  assert.equal(
    items.map((item: any) => item.error_id),
    [400, 401, 402, 403, 404, 405, 406, 500, 502, 503],
  );
  for (const { id, name } of API_ERRORS) {
    const response = await call(tier, `/errors/${id}`);
    assert.is(response.status, 400);
    assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
    const wrapper = (await response.json()) as any;
    assert.equal([wrapper.error_id, wrapper.error_name], [id, name]);
    assert.ok(wrapper.error_message);
  }
  assert.is((await callJson(tier, "/errors/999")).error_name, "bad_parameter");
});

test("every 2.x up to 2.3 answers alike, any other address is no_method", async () => {
  const { tier, token } = await signedIn();
  for (const version of ["2.0", "2.1", "2.2", "2.3"])
    assert.is((await callJson(tier, `/${version}${ASSOCIATED}`, { token })).items.length, 3, version);
  for (const path of ["/1.0/me/associated", "/2.4/me/associated", "/2x0/me/associated", "/nothing"])
    assert.is((await callJson(tier, path, { token })).error_name, "no_method", path);
});

test("/me: who the user is on one site", async () => {
  const { tier, token } = await signedIn();
  const onSite = (site?: string) => callJson(tier, "/2.3/me", { token, query: { site } });
  const { items, has_more } = await onSite("stackoverflow");
  assert.is(has_more, false);
  assert.is(items.length, 1);
  const { profile_image, ...rest } = items[0];
  assert.equal(rest, {
    display_name: "Ada",
    user_id: 1_003_000,
    reputation: 48_211,
    link: "http://stackoverflow.com/users/1003000",
    account_id: 1003,
  });
  assert.match(profile_image, /^data:image\/svg\+xml,%3Csvg/);
  assert.equal((await onSite("stackoverflow.com")).items, items);
  assert.equal((await onSite("stack")).items, [], "no account there");
  assert.equal((await onSite()).error_message, "site");
  assert.is((await callJson(tier, "/2.3/me", { query: { site: "stackoverflow" } })).error_id, 401);
});

test("/access-tokens/{token}/invalidate: ends the token; one that is not there is no error", async () => {
  let now = 1_700_000_000_000;
  const { tier } = await signedIn("three", { now: () => now });
  for (const method of ["GET", "POST"]) {
    const token = await tokenFor(tier, "three", { scope: "read_inbox" });
    now += 1000;
    assert.is((await callJson(tier, ASSOCIATED, { token })).items.length, 3);
    const path = `/access-tokens/${encodeURIComponent(token)}/invalidate`;
    const { items } = await callJson(tier, path, { method });
    const expires_on_date = Math.floor(now / 1000) - 1 + 86_400;
    assert.equal(items, [{ access_token: token, account_id: 1003, expires_on_date, scope: ["read_inbox"] }]);
    assert.is((await callJson(tier, ASSOCIATED, { token })).error_id, 403);
    assert.equal((await callJson(tier, path, { method })).items, []);
  }
});

test("a preflight lets every page send the header", async () => {
  const headers = {
    Origin: "https://anyone.example",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization",
  };
  const request = new Request(`${ORIGINS.api}/2.0/me/associated`, { method: "OPTIONS", headers });
  const response = await newTier().api.fetch(request);
  assert.is(response.status, 204);
  const answer = (name: string) => response.headers.get(`Access-Control-${name}`);
  assert.is(answer("Allow-Origin"), "*");
  assert.is(answer("Allow-Headers"), "Authorization");
  assert.is(answer("Allow-Methods"), "GET,POST");
  assert.is(answer("Max-Age"), "0");
});

test("a body of more than 64 KB is refused, by each role, and by the API with CORS", async () => {
  const tier = newTier();
  const send = (role: "site" | "login" | "api", path: string, size: number) =>
    tier[role].fetch(new Request(ORIGINS[role] + path, { method: "POST", body: "x".repeat(size) }));
  for (const [role, path] of [
    ["site", "/dev/faults"],
    ["login", "/oauth/dialog"],
    ["api", "/2.0/errors"],
  ] as const) {
    assert.is.not((await send(role, path, 65_536)).status, 413, role);
    assert.is((await send(role, path, 65_537)).status, 413, role);
  }
  assert.is((await send("api", "/2.0/errors", 65_537)).headers.get("Access-Control-Allow-Origin"), "*");
});

test("a bug is a 500 that prints no control character", async () => {
  const hostile = "\u001b[31mred\u0007\u009b";
  const broken = newTier({
    now: () => {
      throw new Error(hostile);
    },
  });
  const [printed, { error }] = [[] as string[], console];
  console.error = (text: string) => printed.push(text);
  try {
    assert.is((await callJson(broken, "/errors")).error_name, "internal_error");
    assert.is((await decide(broken, "approve")).status, 500);
    assert.ok(redirected(await decide(broken, "reject")).hash);
  } finally {
    console.error = error;
  }
  assert.is(printed.length, 2);
  for (const text of printed) {
    assert.match(text, "\\u{1b}[31mred\\u{7}\\u{9b}");
    assert.not.match(text, /[^\n\x20-\x7e]/);
  }
});

test.run();
