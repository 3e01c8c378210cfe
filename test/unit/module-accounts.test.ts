/** The module asks for accounts with fetch: pages, backoff, errors, and not one script element. */
import * as assert from "uvu/assert";
import { accounts, KEY, plain, TOKEN } from "../support/login.ts";
import { type End, leftovers, login, type ModulePage, readyPage, settle } from "../support/module.ts";
import { suite } from "../support/suite.ts";
import { NOTHING_LEFT } from "../support/window-double.ts";

const test = suite("the module's accounts");

/** A login that has its token and waits for the API's first answer. */
async function waiting(options: object = {}): Promise<{ page: ModulePage; end: End }> {
  const page = await readyPage();
  const end = login(page, { networkUsers: true, ...options });
  page.answer(`#access_token=${encodeURIComponent(TOKEN)}&expires=86400&state={state}`);
  await settle();
  return { page, end };
}

test("asks with fetch, without a callback and without a script", async () => {
  const { page } = await waiting();
  assert.is(page.requests.length, 1);
  const { url } = page.requests[0]!;
  assert.is(url.origin + url.pathname, "https://api.stackexchange.com/2.0/me/associated");
  assert.equal(Object.fromEntries(url.searchParams), {
    access_token: TOKEN,
    key: KEY,
    page: "1",
    pagesize: "100",
  });
  assert.is(page.scripts().length, 0);
  assert.is(page.popup.closed, true, "the popup is gone while the accounts are fetched");
});

test("fetches page after page, in order, into one array", async () => {
  const { page, end } = await waiting();
  const sizes = [100, 100, 50];
  let from = 0;
  for (const [index, size] of sizes.entries()) {
    const request = page.requests[index]!;
    assert.is(request.url.searchParams.get("page"), String(index + 1));
    await request.answer({ items: accounts(size, from), has_more: index < 2 });
    from += size;
    page.advance(5);
    await settle();
  }
  assert.is(end.state, "resolved");
  assert.equal(plain(end.value.networkUsers), accounts(250));
  assert.is(page.requests.length, 3);
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("no account at all gives an empty array", async () => {
  const { page, end } = await waiting();
  await page.requests[0]!.answer({ items: [], has_more: false });
  assert.equal(plain(end.value.networkUsers), []);
});

test("waits for the API's backoff before each page, whatever messages come meanwhile", async () => {
  const { page, end } = await waiting();
  for (let index = 0; index < 3; index++) {
    await page.requests[index]!.answer({ items: accounts(1, index), has_more: true, backoff: 10 });
    page.post({ origin: "https://elsewhere.example", source: {}, data: "noise" });
    page.answer("#access_token=replayed&state={state}");
    page.advance(9_999);
    await settle();
    assert.is(page.requests.length, index + 1);
    page.advance(1);
    await settle();
    assert.is(page.requests.length, index + 2);
    assert.is(page.requests[index + 1]!.url.searchParams.get("access_token"), TOKEN);
  }
  await page.requests[3]!.answer({ items: accounts(1, 3), backoff: 10 });
  assert.equal(plain(end.value.networkUsers), accounts(4));
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("counts the token's time from its arrival, not from the last page's", async () => {
  const { page, end } = await waiting();
  const arrival = page.now;
  await page.requests[0]!.answer({ items: [], has_more: true, backoff: 100 });
  page.advance(100_000);
  await settle();
  await page.requests[1]!.answer({ items: [] });
  assert.is(+end.value.expirationDate, arrival + 86_400_000);
});

test("an API error, which comes with HTTP 400, is handed over by its name", async () => {
  const { page, end } = await waiting();
  await page.requests[0]!.answer(
    { error_id: 502, error_name: "throttle_violation", error_message: "too many requests" },
    400,
  );
  assert.equal(
    [end.state, end.value.name, end.value.errorName, end.value.message],
    ["rejected", "AuthError", "throttle_violation", "too many requests"],
  );
  assert.equal(leftovers(page), NOTHING_LEFT);
});

for (const [what, act] of [
  ["a connection that fails", (page: ModulePage) => page.requests[0]!.fail()],
  [
    "an answer that is no JSON",
    (page: ModulePage) => page.requests[0]!.answer("<html>Bad Gateway</html>", 502),
  ],
  ...[null, 0, "", [], {}].map(
    (body) =>
      [
        `the answer ${JSON.stringify(body)}`,
        (page: ModulePage) => page.requests[0]!.answer(JSON.stringify(body)),
      ] as const,
  ),
] as const) {
  test(`network_error for ${what}`, async () => {
    const { page, end } = await waiting();
    await act(page);
    assert.equal(
      [end.state, end.value.name, end.value.errorName],
      ["rejected", "AuthError", "network_error"],
    );
    assert.equal(leftovers(page), NOTHING_LEFT);
    assert.equal(page.uncaught, []);
  });
}

test("an error on a later page is a rejection, and no partial session", async () => {
  const { page, end } = await waiting();
  await page.requests[0]!.answer({ items: accounts(100), has_more: true });
  page.advance(5);
  await settle();
  await page.requests[1]!.fail();
  assert.equal([end.state, end.value.errorName], ["rejected", "network_error"]);
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("authenticate hears one end only, also when its success throws", async () => {
  const page = await readyPage();
  const heard: string[] = [];
  const thrown: unknown[] = [];
  const unhandled = (reason: unknown) => thrown.push(reason);
  process.on("unhandledRejection", unhandled);
  try {
    page.SE.authenticate({
      networkUsers: true,
      success() {
        heard.push("success");
        throw new Error("the page's own");
      },
      error: (failure: any) => heard.push(failure.errorName),
    });
    page.answer("#access_token=t&state={state}");
    await settle();
    await page.requests[0]!.answer({ items: [] });
    await settle();
  } finally {
    process.off("unhandledRejection", unhandled);
  }
  assert.equal(heard, ["success"]);
  assert.is(thrown.length, 1, "the page's exception is the page's own");
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test.run();
