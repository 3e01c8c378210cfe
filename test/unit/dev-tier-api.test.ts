import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import {
  ASSOCIATED,
  call,
  callJson,
  decide,
  leadsTo,
  newTier,
  ORIGINS,
  tokenFor,
} from "./dev-tier-support.ts";

const test = suite("dev tier: API");

const KEY = newTier().apps[0]!.key;
const UNKNOWN = `${"a".repeat(22)}))`;

/** A wrapper in short. */
const summary = ({ items, has_more, error_id, error_name, error_message }: any): string =>
  error_id
    ? `${error_id} ${error_name}: ${error_message}`
    : `${items.length} items${has_more ? ", more" : ""}`;

const inAddress = (names: string) =>
  `400 bad_parameter: ${names} not accepted in the address: send \`Authorization: Bearer <token>\`, with no key`;
const DENIED = "403 access_denied: passed `access_token` was not found, or has expired.";
const METHODS = ["me/associated", "me", "errors", "nothing"].map((name) => `/2.0/${name}`);

/** An answer, and the calls that get it. Behind a space is the header in place of a good one; NONE: no header. */
const answers: Record<string, string[]> = {
  // Pages: 30 by default, at most 100, and has_more until the last. Every 2.x up to 2.3 answers alike.
  "30 items, more": [
    ...["2.0", "2.1", "2.2", "2.3"].map((version) => `/${version}/me/associated`),
    `${ASSOCIATED}?filter=!6RfQBFKB58ckl`,
    `${ASSOCIATED} bearer  TOKEN`,
  ],
  "100 items, more": [`${ASSOCIATED}?pagesize=100`, `${ASSOCIATED}?pagesize=100&page=2`],
  "50 items": [`${ASSOCIATED}?pagesize=100&page=3`, `${ASSOCIATED}?pagesize=50&page=5`],
  "0 items": [`${ASSOCIATED}?pagesize=100&page=4`, "/2.3/me?site=stack"],
  "0 items, more": [`${ASSOCIATED}?pagesize=0`],
  "1 items": ["/2.3/me?site=stackoverflow.com"],
  "10 items": ["/2.0/errors NONE"],
  "400 bad_parameter: pagesize": ["101", "-1", "1.5", "x", "", "1e1"].map(
    (bad) => `${ASSOCIATED}?pagesize=${bad}`,
  ),
  "400 bad_parameter: page": ["0", "-1", "x", ""].map((bad) => `${ASSOCIATED}?page=${bad}`),
  "400 bad_parameter: site": ["/2.3/me"],
  "400 bad_parameter: id": ["/2.0/errors/999"],
  // Credentials in the address are refused by every method, with a header or without.
  [inAddress("`access_token`")]: METHODS.flatMap((path) =>
    ["", " NONE"].map((who) => `${path}?access_token=x${who}`),
  ),
  [inAddress("`key`")]: METHODS.flatMap((path) => ["", " NONE"].map((who) => `${path}?key=${KEY}${who}`)),
  [inAddress("`access_token` and `key`")]: METHODS.map((path) => `${path}?key=&access_token=`),
  // Each error is simulated, too.
  "400 bad_parameter: parameter": ["/2.0/errors/400"],
  "401 access_token_required: This method requires an access_token": [
    ...["/2.0/errors/401", `${ASSOCIATED} NONE`, "/2.3/me?site=stackoverflow NONE"],
    // A key is a bearer that the API takes where no token is needed.
    `${ASSOCIATED} Bearer ${KEY}`,
  ],
  "402 invalid_access_token: `access_token` is not valid.": [
    "/2.0/errors/402",
    ...["Bearer", "Basic TOKEN", "Bearer TOKEN x", "Bearer x", "TOKEN x"].map(
      (header) => `${ASSOCIATED} ${header}`,
    ),
  ],
  [DENIED]: ["/2.0/errors/403", `${ASSOCIATED} Bearer ${UNKNOWN}`],
  "404 no_method: no method found with this name": [
    ...["/2.0/errors/404", "/1.0/me/associated", "/2.4/me/associated", "/2x0/me/associated", "/2.0/nothing"],
  ],
  "405 key_required: `key` is required when `access_token` is passed.": ["/2.0/errors/405"],
  "406 access_token_compromised: Access token sent over non-HTTPS request, it has been invalidated": [
    "/2.0/errors/406",
  ],
  "500 internal_error: an error occurred": ["/2.0/errors/500"],
  "502 throttle_violation: too many requests from this IP, more requests available in 30 seconds": [
    "/2.0/errors/502",
  ],
  "503 temporarily_unavailable: the API is temporarily unavailable, please back off": ["/2.0/errors/503"],
};

test("every call: the answer, its HTTP status, and that every page may read it", async () => {
  const tier = newTier();
  const token = await tokenFor(tier, "many");
  for (const [answer, calls] of Object.entries(answers))
    for (const asked of calls) {
      const [, path, header = token] = /^(\S+)(?: (.+))?$/.exec(asked)!;
      const response = await call(tier, path!, header.replace("TOKEN", token).replace("NONE", ""));
      assert.is(summary(await response.json()), answer, asked);
      assert.is(response.status, / items/.test(answer) ? 200 : 400, asked);
      assert.is(response.headers.get("Content-Type"), "application/json; charset=utf-8");
      assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
    }
});

const FIELDS = [
  "site_name site_url user_id reputation account_id creation_date last_access_date answer_count question_count",
  "bronze silver gold",
];
test("the wrapper and the items have their default fields; each account has its sites, with one account_id", async () => {
  const tier = newTier();
  for (const [account, count] of Object.entries({ none: 0, one: 1, three: 3, many: 100 })) {
    const wrapper = await callJson(tier, `${ASSOCIATED}?pagesize=100`, await tokenFor(tier, account));
    assert.is(Object.keys(wrapper).join(" "), "items has_more quota_max quota_remaining");
    const sites: Record<string, unknown>[] = wrapper.items;
    assert.is(new Set(sites.map(({ site_url }) => site_url)).size, count);
    assert.is(new Set(sites.map(({ account_id }) => account_id)).size, Math.min(count, 1));
    for (const { badge_counts, ...site } of sites)
      assert.equal(
        [site, badge_counts].map((fields) => Object.keys(fields!).join(" ")),
        FIELDS,
      );
  }
});

test("/me: who the user is on one site", async () => {
  const tier = newTier();
  const { items } = await callJson(tier, "/2.3/me?site=stackoverflow", await tokenFor(tier));
  const [{ profile_image, ...rest }] = items;
  assert.equal(rest, {
    display_name: "Ada",
    user_id: 1_003_000,
    reputation: 48_211,
    link: "http://stackoverflow.com/users/1003000",
    account_id: 1003,
  });
  assert.match(profile_image, /^data:image\/svg\+xml,%3Csvg/);
});

test("a token expires after a day or after tokenSeconds, one with no_expiry never", async () => {
  for (const [tokenSeconds, scope, lifetime] of [
    [0, "", 86_400_000],
    [5, "", 5000],
    [0, "no_expiry", Number.POSITIVE_INFINITY],
  ] as const) {
    let now = 1_700_000_000_000;
    const tier = newTier({ now: () => now });
    tier.faults.set({ tokenSeconds });
    const token = await tokenFor(tier, "three", { scope });
    now += Math.min(lifetime, 1e15) - 1;
    assert.is(summary(await callJson(tier, ASSOCIATED, token)), "3 items");
    now += 1;
    assert.is(summary(await callJson(tier, ASSOCIATED, token)), scope ? "3 items" : DENIED);
  }
});

test("a token sent over http to an https API is dead from then on; an http tier takes it", async () => {
  const tier = newTier();
  const token = await tokenFor(tier);
  const insecure = await callJson(tier, ORIGINS.api.replace("https:", "http:") + ASSOCIATED, token);
  assert.is(insecure.error_id, 406);
  assert.is(summary(await callJson(tier, ASSOCIATED, token)), DENIED);

  const api = "http://127.0.0.1:8702";
  const loopback = newTier({ origins: { ...ORIGINS, api } });
  assert.is((await call(loopback, api + ASSOCIATED, await tokenFor(loopback))).status, 200);
});

test("quota: counts down for each account, refuses at none, and is full again after a day", async () => {
  let now = 1_700_000_000_000;
  const tier = newTier({ quotaMax: 2, now: () => now });
  const ask = async (token: string) => {
    const { quota_remaining, error_message } = await callJson(tier, ASSOCIATED, token);
    return quota_remaining ?? error_message;
  };
  const [three, one] = [await tokenFor(tier, "three", { scope: "no_expiry" }), await tokenFor(tier, "one")];
  assert.equal([await ask(three), await ask(three)], [1, 0]);
  now += 1000;
  assert.is(await ask(three), "too many requests from this IP, more requests available in 86399 seconds");
  assert.is(await ask(one), 1);
  now += 86_399_000;
  assert.is(await ask(three), 1);
});

test("/access-tokens/{token}/invalidate: ends the token; one that is not there is no error", async () => {
  const tier = newTier({ now: () => 1_700_000_000_500 });
  for (const method of ["GET", "POST"]) {
    const token = await tokenFor(tier, "three", { scope: "read_inbox" });
    const path = `/2.0/access-tokens/${encodeURIComponent(token)}/invalidate`;
    const { items } = await callJson(tier, path, "", { method });
    const expires_on_date = 1_700_000_000 + 86_400;
    assert.equal(items, [{ access_token: token, account_id: 1003, expires_on_date, scope: ["read_inbox"] }]);
    assert.is(summary(await callJson(tier, ASSOCIATED, token)), DENIED);
    assert.equal((await callJson(tier, path, "", { method })).items, []);
  }
});

test("a preflight lets every page send the header", async () => {
  const headers = {
    Origin: "https://anyone.example",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization",
  };
  const response = await call(newTier(), ASSOCIATED, "", { method: "OPTIONS", headers });
  assert.is(response.status, 204);
  assert.equal(
    ["Origin", "Headers", "Methods"].map((name) => response.headers.get(`Access-Control-Allow-${name}`)),
    ["*", "Authorization", "GET,POST"],
  );
  assert.is(response.headers.get("Access-Control-Max-Age"), "0");
});

test("a bug is a 500 that prints no control character", async () => {
  const broken = newTier({
    now: () => {
      throw new Error("\u001b[31mred\u0007\u009b");
    },
  });
  const [printed, { error }] = [[] as string[], console];
  console.error = (text: string) => printed.push(text);
  try {
    assert.is((await callJson(broken, "/2.0/errors")).error_name, "internal_error");
    assert.is((await decide(broken)).status, 500);
    assert.match(leadsTo(await decide(broken, { decision: "reject" })), "access_denied");
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
