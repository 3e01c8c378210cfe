/** Messages that are not this login's answer: they end nothing and raise nothing, whatever they hold. */
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { contract, type Started, startLogin } from "../support/contract.ts";
import type { Message } from "../support/window-double.ts";

const test = contract("messages");

/** The message that ends the login. */
const rightMessage = ({ client: { page } }: Started) => ({
  origin: "https://stackexchange.com",
  source: page.popup,
  data: `#access_token=right&state=${encodeURIComponent(page.stateOf())}`,
});

type Right = ReturnType<typeof rightMessage>;

const popupless = { closed: false, close() {} };

/** Who else sends a message, and how it differs. */
const senders: Record<string, (right: Right) => Message> = {
  "the popup": (right) => right,
  "another origin": (right) => ({ ...right, origin: "https://evil.example" }),
  "a longer origin": (right) => ({ ...right, origin: `${right.origin}.evil.example` }),
  "the origin over http": (right) => ({ ...right, origin: "http://stackexchange.com" }),
  "a subdomain": (right) => ({ ...right, origin: "https://a.stackexchange.com" }),
  "the origin null": (right) => ({ ...right, origin: "null" }),
  "no origin": (right) => ({ ...right, origin: undefined }),
  "another window": (right) => ({ ...right, source: popupless }),
  "no window": (right) => ({ ...right, source: null }),
};

/** Posts a message, which must change nothing, and then the right one, which must end the login. */
async function changesNothing(started: Started, message: Message): Promise<void> {
  const { client, heard } = started;
  await client.post(message);
  assert.equal(client.page.uncaught, []);
  assert.is(heard.calls, 0);
  assert.is(client.page.popup.closed, false);
  await client.post(rightMessage(started));
  assert.is(heard.successes[0]?.accessToken, "right");
  assert.is(heard.calls, 1);
  assert.equal(client.page.uncaught, []);
}

for (const [who, forge] of Object.entries(senders)) {
  if (who === "the popup") continue;
  test(`takes no notice of the right text from ${who}`, async (open) => {
    const started = await startLogin(open);
    await changesNothing(started, forge(rightMessage(started)));
  });
}

for (const text of ["&state=1", "", "&state=", "&state=%", "&state", "&state=%2"]) {
  test(`takes no notice of a text that ends in "${text}"`, async (open) => {
    const started = await startLogin(open);
    const data = `#access_token=forged${text}`;
    await changesNothing(started, { ...rightMessage(started), data });
  });
}

/** An array in an array, 20,000 deep: String() of it raises a RangeError. */
const deep = (text: string): unknown => {
  let nested: unknown = [text];
  for (let depth = 0; depth < 20_000; depth++) nested = [nested];
  return nested;
};

const raises = () => {
  throw new Error("read");
};

/** Data that a page can post or, the last rows, that only a test can. `text` is the right answer's. */
const kinds: Record<string, (text: string) => unknown> = {
  undefined: () => undefined,
  null: () => null,
  zero: () => 0,
  "a number": () => 1,
  NaN: () => Number.NaN,
  "a bigint": () => 1n,
  true: () => true,
  false: () => false,
  "the empty text": () => "",
  "one #": () => "#",
  "another text": () => "text",
  "a huge text": () => "#state=".repeat(1e5),
  "an empty object": () => ({}),
  "an object with a state": () => ({ state: 1 }),
  "an object that is no text": () => ({ toString: 1, valueOf: 1 }),
  "an object without a prototype": () => Object.create(null),
  "an object with an object like that": () => [{ toString: 1, valueOf: 1 }],
  "an empty array": () => [],
  "an array of the right text": (text) => [text],
  "an array of two": (text) => [text, text],
  "an array 20,000 deep": deep,
  "a date": () => new Date(0),
  "a date that is none": () => new Date(Number.NaN),
  "a map": (text) => new Map([["state", text]]),
  "a set": (text) => new Set([text]),
  "a pattern": () => /#state=/,
  bytes: () => new Uint8Array(8),
  "an error": (text) => new Error(text),
  "a String object": () => Object("#state=1"),
  "a boxed number": () => Object(1),
  "a symbol": () => Symbol("state"),
  "a function": () => raises,
  "an object whose toString raises": () => ({ toString: raises, valueOf: raises }),
  "an object whose properties raise": () =>
    new Proxy({}, { get: raises, has: raises, getPrototypeOf: raises, ownKeys: raises }),
};

for (const [kind, make] of Object.entries(kinds)) {
  test(`takes no notice of ${kind}, whoever sends it`, async (open) => {
    for (const forge of Object.values(senders)) {
      const started = await startLogin(open);
      const right = rightMessage(started);
      await changesNothing(started, { ...forge(right), data: make(right.data) });
    }
  });
}

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  key: fc.oneof(fc.string(), fc.constantFrom("toString", "valueOf", "match", "slice", "length", "state")),
});

test("takes no notice of anything, whoever sends it", async (open) => {
  const started = await startLogin(open);
  const { client, heard } = started;
  await fc.assert(
    fc.asyncProperty(anything, fc.constantFrom(...Object.values(senders)), async (data, forge) => {
      await client.post({ ...forge(rightMessage(started)), data });
      assert.equal(client.page.uncaught, []);
      assert.is(heard.calls, 0);
    }),
    { numRuns: 500 },
  );
  await changesNothing(started, {});
});

test.run();
