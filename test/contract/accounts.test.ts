/** networkUsers: all pages of accounts, or one error. */
import vm from "node:vm";
import * as assert from "uvu/assert";
import { accounts, plain, TOKEN } from "../support/app.ts";
import { type ApiRequest, NOTHING_LEFT } from "../support/client.ts";
import { awaitingAccounts, contract, startLogin } from "../support/contract.ts";

const test = contract("accounts");

const THROTTLED = { error_id: 502, error_name: "throttle_violation", error_message: "too many requests" };

test("asks for the accounts with the token, and hands them over", async (open) => {
  const { client, heard } = await awaitingAccounts(open, {}, TOKEN);
  assert.is(client.requests.length, 1);
  assert.equal([client.request.page, client.request.token], [1, TOKEN]);
  assert.is(client.page.popup.closed, true, "the popup is gone while the accounts are fetched");
  assert.is(heard.calls, 0);
  await client.request.answer({ items: accounts(3), has_more: false });
  assert.is(heard.calls, 1);
  assert.equal(plain(heard.successes[0].networkUsers), accounts(3));
  assert.is(heard.successes[0].accessToken, TOKEN);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("asks for no accounts unless networkUsers is true", async (open) => {
  for (const networkUsers of [undefined, false]) {
    const { client, heard } = await startLogin(open, { networkUsers });
    await client.answer("#access_token=t&state={state}");
    assert.is(client.requests.length, 0);
    assert.is(heard.successes[0].networkUsers, undefined);
  }
});

test("fetches page after page, in order, into one array", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  const sizes = [100, 100, 50];
  let from = 0;
  for (const [index, size] of sizes.entries()) {
    assert.equal([client.request.page, client.request.token], [index + 1, "t"]);
    await client.request.answer({ items: accounts(size, from), has_more: index < 2 });
    from += size;
    await client.advance(5);
  }
  assert.is(client.requests.length, 3);
  assert.equal(plain(heard.successes[0].networkUsers), accounts(250));
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("no account at all gives an empty array", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  await client.request.answer({ items: [], has_more: false });
  assert.equal(plain(heard.successes[0].networkUsers), []);
});

test("waits for the API's backoff before each page, whatever messages come meanwhile", async (open) => {
  const { client, heard } = await awaitingAccounts(open, {}, TOKEN);
  for (let index = 0; index < 3; index++) {
    await client.request.answer({ items: accounts(1, index), has_more: true, backoff: 10 });
    await client.post({ origin: "https://elsewhere.example", source: {}, data: "noise" });
    await client.answer("#access_token=replayed&state={state}");
    await client.advance(9_999);
    assert.is(client.pending.length, 0);
    await client.advance(1);
    assert.equal([client.request.page, client.request.token], [index + 2, TOKEN]);
  }
  await client.request.answer({ items: accounts(1, 3), has_more: false, backoff: 10 });
  assert.equal(plain(heard.successes[0].networkUsers), accounts(4));
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("counts the token's time from its arrival, not from the last page's", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  const arrival = client.page.now;
  await client.request.answer({ items: accounts(1), has_more: true, backoff: 100 });
  await client.advance(100_000);
  await client.request.answer({ items: [] });
  assert.is(+heard.successes[0].expirationDate, arrival + 86_400_000);
});

test("hands over the API's own error", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  await client.request.answer(THROTTLED, 400);
  assert.equal(heard.failures, [{ errorName: "throttle_violation", errorMessage: "too many requests" }]);
  assert.is(heard.calls, 1);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

const noAnswers: [what: string, act: (request: ApiRequest) => Promise<void>][] = [
  ["a connection that fails", (request) => request.fail()],
  ["text that is no JSON", (request) => request.answerText("<html>Sorry</html>")],
  ["a gateway's page", (request) => request.answerText("<html>Bad Gateway</html>", 502)],
  ["an empty text", (request) => request.answerText("")],
  ...[null, 0, "", "text", true, [], {}].map((body): (typeof noAnswers)[number] => [
    `the answer ${JSON.stringify(body)}`,
    (request) => request.answer(body),
  ]),
];
for (const [what, act] of noAnswers) {
  test(`network_error for ${what}`, async (open) => {
    const { client, heard } = await awaitingAccounts(open);
    await act(client.request);
    assert.equal(heard.names, ["network_error"]);
    assert.is(heard.calls, 1);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

const laterErrors: [name: string, act: (request: ApiRequest) => Promise<void>][] = [
  ["network_error", (request) => request.fail()],
  ["throttle_violation", (request) => request.answer(THROTTLED, 400)],
];
for (const [name, act] of laterErrors) {
  test(`${name} on a later page is one error, and no partial success`, async (open) => {
    const { client, heard } = await awaitingAccounts(open);
    await client.request.answer({ items: accounts(100), has_more: true });
    await client.advance(5);
    await act(client.request);
    await client.advance(60_000);
    assert.equal(heard.names, [name]);
    assert.is(heard.calls, 1);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

test("asks with a Bearer header, and puts no credential in the address", async (open) => {
  const { client } = await awaitingAccounts(open, {}, TOKEN);
  const [{ url, headers }] = client.requests as unknown as [{ url: URL; headers: Headers }];
  assert.is(url.href, "https://api.stackexchange.com/2.0/me/associated?pagesize=100&page=1");
  assert.equal([...headers], [["authorization", `Bearer ${TOKEN}`]]);
  assert.is(client.page.leftovers().elements, 0);
});

test("a token that no header can carry is a network_error", async (open) => {
  for (const token of ["a\nb", "\u2603"]) {
    const { client, heard } = await awaitingAccounts(open, {}, token);
    assert.equal(heard.names, ["network_error"]);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  }
});

test("an empty page is the last one, whatever has_more says", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  await client.request.answer({ items: accounts(2), has_more: true });
  await client.advance(5);
  await client.request.answer({ items: [], has_more: true });
  await client.advance(60_000);
  assert.is(client.requests.length, 2);
  assert.equal(plain(heard.successes[0].networkUsers), accounts(2));
  assert.is(heard.calls, 1);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("network_error after 30 seconds without an answer, for each page", async (open) => {
  for (const pages of [0, 1]) {
    const { client, heard } = await awaitingAccounts(open);
    if (pages) {
      await client.advance(20_000);
      await client.request.answer({ items: accounts(1), has_more: true });
      await client.advance(0);
    }
    await client.advance(29_900);
    assert.is(heard.calls, 0);
    await client.advance(200);
    assert.equal(heard.names, ["network_error"]);
    // A late answer is not heard, and asks for no further page.
    await client.requests.at(-1)!.answer({ items: accounts(1), has_more: true });
    await client.advance(60_000);
    assert.is(client.requests.length, pages + 1);
    assert.is(heard.calls, 1);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  }
});

/** Answers of a shape that the API does not have. */
const shapes: [answer: object, expected: string][] = [
  // all.js keeps the name.
  [{ error_name: "x", error_message: { toString: 0 } }, "network_error or x"],
  [{ error_name: { toString: 0 }, error_message: "m" }, "network_error"],
  [{ error_name: 5, error_message: "m" }, "network_error"],
  [{ error_name: "x", error_message: 5 }, "network_error or x"],
  [{ error_name: {}, error_message: [] }, "network_error"],
  [{ error_name: { trim: 1 }, error_message: { trim: 1 } }, "network_error"],
  [{ error_name: "", error_message: "" }, "network_error"],
  [{ error_name: "throttle_violation", error_message: "m" }, "throttle_violation"],
  [{ items: {} }, "network_error or an array"],
  [{ items: 5, has_more: true }, "network_error or an array"],
  [{ items: "text" }, "network_error or an array"],
  [{ items: true }, "network_error or an array"],
  [{ items: { length: 2 } }, "network_error or an array"],
];
for (const [answer, expected] of shapes) {
  test(`${expected} for the answer ${JSON.stringify(answer)}`, async (open) => {
    const { client, heard } = await awaitingAccounts(open);
    await client.request.answer(answer, 400);
    await client.advance(60_000);
    assert.is(heard.calls, 1);
    const [session] = heard.successes;
    if (session) assert.ok(expected.includes("array") && Array.isArray(plain(session.networkUsers)));
    else assert.ok(expected.split(" or ").includes(heard.names[0]!), heard.names[0]);
    for (const { errorName, errorMessage } of heard.failures)
      assert.equal([typeof errorName, typeof errorMessage], ["string", "string"]);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

test("loads its accounts while the page replaces or empties its body and head", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  client.page.document.body.innerHTML = "";
  client.page.document.head.remove();
  await client.request.answer({ items: accounts(1), has_more: true });
  await client.advance(5);
  client.page.document.body.remove();
  await client.request.answer({ items: [] });
  assert.is(heard.successes[0].networkUsers.length, 1);
});

test("a page whose Date is frozen or wrong: a backoff still ends", async (open) => {
  for (const now of [0, 946_684_800_000]) {
    const { client, heard } = await startLogin(open, { networkUsers: true });
    vm.runInContext(
      `Date = class extends Date { constructor(...args) { super(...(args.length ? args : [${now}])); } }`,
      client.page.realm,
    );
    await client.answer("#access_token=t&state={state}");
    await client.request.answer({ items: accounts(1), has_more: true, backoff: 2 });
    await client.advance(2000);
    await client.request.answer({ items: [] });
    assert.is(heard.successes.length, 1);
  }
});

test("what comes after a request's end is not heard", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  const { request } = client;
  await request.answer({ items: accounts(1) });
  await request.answer({ items: accounts(2) });
  await request.fail();
  assert.is(heard.calls, 1);
  assert.is(heard.successes[0].networkUsers.length, 1);
  assert.equal(client.page.uncaught, []);
});

test.run();
