/** networkUsers: all pages of accounts, or one error. */
import * as assert from "uvu/assert";
import { accounts, plain, TOKEN } from "../support/app.ts";
import { awaitingAccounts, contract, type PerArtifact } from "../support/contract.ts";

const test = contract("accounts");

test("asks for page after page with a Bearer header alone, waits for each backoff, and hands over one array", async (open) => {
  const { client, heard } = await awaitingAccounts(open, TOKEN);
  const arrival = client.now;
  for (const page of [1, 2, 3]) {
    const { url, headers } = client.request;
    assert.is(url.href, `https://api.stackexchange.com/2.0/me/associated?pagesize=100&page=${page}`);
    assert.equal([...headers], [["authorization", `Bearer ${TOKEN}`]]);
    assert.equal([client.popup.closed, heard.calls], [true, 0]);
    const items = accounts(page === 3 ? 50 : 100, (page - 1) * 100);
    await client.request.answer({ items, has_more: page < 3, backoff: 10 });
    // Whatever comes meanwhile.
    await client.post({ origin: "https://elsewhere.example", source: {}, data: "noise" });
    await client.answer("#access_token=replayed&state={state}");
    if (page === 3) break;
    await client.advance(9_999);
    assert.is(client.pending.length, 0);
    await client.advance(1);
  }
  const [session] = heard.successes;
  assert.is(session.accessToken, TOKEN);
  assert.equal(plain(session.networkUsers), accounts(250));
  // It counts from the token's arrival, not from the last page's.
  assert.is(+session.expirationDate, arrival + 86_400_000);
});

const NETWORK_ERROR = "network_error: network_error";

/** The text of an answer, if one comes, and what the app is given. */
const answers: [text: string | undefined, given: string | PerArtifact<string>][] = [
  ['{"items":[]}', "0 accounts"],
  // An empty page is the last one, whatever has_more says.
  ['{"items":[],"has_more":true}', "0 accounts"],
  [
    '{"error_id":502,"error_name":"throttle_violation","error_message":"too many"}',
    "throttle_violation: too many",
  ],
  ...[undefined, "<html>Sorry</html>", "", "null", "0", '""', '"text"', "true", "[]", "{}"].map(
    (text): (typeof answers)[number] => [text, NETWORK_ERROR],
  ),
  // Shapes that the API does not have. all.js keeps a name without a message, and takes any `items` for an account.
  ['{"error_name":"x","error_message":{"toString":0}}', { "all.js": "x: x", "index.mjs": NETWORK_ERROR }],
  ['{"error_name":"x","error_message":5}', { "all.js": "x: x", "index.mjs": NETWORK_ERROR }],
  ['{"error_name":{"toString":0},"error_message":"m"}', NETWORK_ERROR],
  ['{"error_name":5,"error_message":"m"}', NETWORK_ERROR],
  ['{"error_name":{},"error_message":[]}', NETWORK_ERROR],
  ['{"error_name":{"trim":1},"error_message":{"trim":1}}', NETWORK_ERROR],
  ['{"error_name":"","error_message":""}', NETWORK_ERROR],
  ['{"items":{}}', { "all.js": "1 accounts", "index.mjs": NETWORK_ERROR }],
  ['{"items":5,"has_more":true}', { "all.js": "1 accounts", "index.mjs": NETWORK_ERROR }],
  ['{"items":true}', { "all.js": "1 accounts", "index.mjs": NETWORK_ERROR }],
  ['{"items":"text"}', { "all.js": "1 accounts", "index.mjs": "4 accounts" }],
];
for (const [text, given] of answers) {
  test(`the answer ${text}, as the first page and as a later one`, async (open) => {
    for (const before of [0, 100]) {
      const { client, heard } = await awaitingAccounts(open);
      if (before) {
        await client.request.answer({ items: accounts(before), has_more: true });
        await client.advance(5);
      }
      await (text === undefined ? client.request.fail() : client.request.answerText(text, 400));
      await client.advance(60_000);
      const texts = [
        ...heard.failures,
        ...heard.successes.map(({ networkUsers }) => `${networkUsers.length - before} accounts`),
      ];
      assert.equal(texts, [typeof given === "string" ? given : given[client.name]]);
    }
  });
}

test("a token that no header can carry is a network_error", async (open) => {
  for (const token of ["a\nb", "\u2603"]) {
    const { heard } = await awaitingAccounts(open, token);
    assert.equal(heard.names, ["network_error"]);
  }
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
  }
});

test.run();
