/** Messages that are not this login's answer: they end nothing and raise nothing, whatever they hold. */
import * as assert from "uvu/assert";
import type { Message } from "../support/client.ts";
import { contract, type Started, startLogin } from "../support/contract.ts";

const test = contract("messages that are not the answer");

/** How a message of others differs. */
const others: Message[] = [
  { origin: "https://evil.example" },
  { origin: "https://stackexchange.com.evil.example" },
  { origin: "http://stackexchange.com" },
  { origin: "https://a.stackexchange.com" },
  { origin: "null" },
  { origin: undefined },
  { source: { closed: false, close() {} } },
  { source: null },
];

const deep = (text: string): unknown => {
  let nested: unknown = [text];
  for (let depth = 0; depth < 20_000; depth++) nested = [nested];
  return nested;
};

const raises = () => {
  throw new Error("read");
};

/** Data that a page can post or, the last ones, that only a test can. `text` is the right answer's. */
const wrongData = (text: string): unknown[] => [
  ...["&state=1", "", "&state=", "&state=%", "&state", "&state=%2"].map(
    (end) => `#access_token=forged${end}`,
  ),
  ...[undefined, null, 0, 1, Number.NaN, 1n, true, false, "", "#", "text", "#state=".repeat(1e5)],
  ...[{}, { state: 1 }, { toString: 1, valueOf: 1 }, Object.create(null), [{ toString: 1, valueOf: 1 }]],
  ...[[], [text], [text, text], new Map([["state", text]]), new Set([text]), new Error(text)],
  ...[new Date(0), new Date(Number.NaN), /#state=/, new Uint8Array(8), Object("#state=1"), Object(1)],
  // String() of it raises a RangeError.
  deep(text),
  ...[Symbol("state"), raises, { toString: raises, valueOf: raises }],
  new Proxy({}, { get: raises, has: raises, getPrototypeOf: raises, ownKeys: raises }),
];

/** Posts messages, which must change nothing, and then the right one, which must end the login. */
async function changeNothing(
  { client, heard }: Started,
  messages: (right: Message & { data: string }) => Message[],
): Promise<void> {
  const state = encodeURIComponent(client.stateOf());
  const data = `#access_token=right&state=${state}`;
  const right = { origin: "https://stackexchange.com", source: client.popup, data };
  for (const [index, message] of messages(right).entries()) {
    await client.post(message);
    const what = `message ${index}: ${typeof message.data} from ${String(message.origin)}`;
    assert.equal([client.uncaught, heard.calls, client.popup.closed], [[], 0, false], what);
  }
  await client.post(right);
  assert.is(heard.successes[0]?.accessToken, "right");
}

test("the right text from others", async (open) => {
  await changeNothing(await startLogin(open), (right) => others.map((other) => ({ ...right, ...other })));
});

test("wrong data, whoever sends it", async (open) => {
  await changeNothing(await startLogin(open), (right) =>
    [{}, ...others].flatMap((other) => wrongData(right.data).map((data) => ({ ...right, ...other, data }))),
  );
});

test.run();
