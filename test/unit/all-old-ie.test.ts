/** What all.js does for IE 9 alone: answers through a frame, no crypto, timers without arguments. */
import * as assert from "uvu/assert";
import { openAllJs } from "../support/all-js.ts";
import { TEST_BUILD } from "../support/artifact.ts";
import { type Client, NOTHING_LEFT } from "../support/client.ts";
import { ready, startLogin } from "../support/contract.ts";
import { suite } from "../support/suite.ts";

const test = suite("IE 9");

const IE9 = { file: false, crypto: false };

/** The frame of the page's own origin in the popup, as its address is now. */
function frame({ page }: Client, hash: string): void {
  (page.popup.frames as any)["se-api-frame"] = { location: { hash } };
}

test("complete is given the version by a timer that hands no arguments on", async () => {
  const client = await openAllJs(IE9);
  const heard: any[] = [];
  client.init({ complete: (ready: any) => heard.push(ready.version) });
  await client.advance(1);
  assert.equal(heard, [TEST_BUILD]);
});

test("a popup that closes before its frame comes is reported", async () => {
  const { client, heard } = await startLogin(openAllJs, {}, IE9);
  await client.advance(500);
  client.page.popup.closed = true;
  await client.advance(1000);
  assert.equal(heard.names, ["popup_closed"]);
  assert.equal(client.page.uncaught, []);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("a popup that does not open is reported", async () => {
  const { client, heard } = await startLogin(openAllJs, {}, { ...IE9, open: "null" });
  await client.advance(50);
  assert.equal(heard.names, ["popup_blocked"]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("a frame with another login's state does not end this one", async () => {
  const { client, heard } = await startLogin(openAllJs, {}, IE9);
  frame(client, "#access_token=t&state=s1");
  await client.advance(500);
  assert.is(heard.calls, 0);
});

test("a frame that is there, and has no answer yet, is waited for", async () => {
  const { client, heard } = await startLogin(openAllJs, {}, IE9);
  frame(client, "");
  await client.advance(1000);
  assert.is(heard.calls, 0);
  frame(client, `#access_token=t&state=${client.page.stateOf()}`);
  await client.advance(50);
  assert.is(heard.successes[0].accessToken, "t");
  assert.equal(client.page.uncaught, []);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

for (const file of [false, true]) {
  const what = file
    ? "takes postMessage where there is File"
    : "polls the frame, every 50 ms, where there is no File";
  test(what, async () => {
    const { client, heard } = await startLogin(openAllJs, {}, { file });
    assert.equal(client.page.pendingTimers(), [50]);
    frame(client, `#access_token=t&state=${client.page.stateOf()}`);
    await client.advance(file ? 2000 : 50);
    // Any page that the popup goes to can hold such a frame: a browser that has the message's origin asks for no less.
    assert.is(heard.calls, file ? 0 : 1);
    if (file) await client.answer("#access_token=t&state={state}");
    assert.is(heard.successes[0]?.accessToken, "t");
    assert.is(heard.calls, 1);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

test("falls back to Math.random where there is no crypto, with a new state for each login", async () => {
  const client = await ready(openAllJs, { crypto: false });
  const states = new Set<string>();
  for (let count = 0; count < 200; count++) {
    client.authenticate();
    states.add(client.page.stateOf());
    assert.match(client.page.stateOf(), /^0\.\d{8,}$/);
  }
  assert.is(states.size, 200);
});

for (const [name, options] of [
  ["IE 10 and older", { file: false }],
  ["IE 11", { ie11: true }],
] as const) {
  test(`Support: ${name}, whose links have no origin: init leaves the comparison of channelUrl to the server`, async () => {
    for (const channelUrl of ["https://app.example/blank", "https://other.example/blank"]) {
      const client = await openAllJs(options);
      client.init({ channelUrl });
      client.authenticate();
      const landing = new URL(client.page.popup.url).searchParams.get("redirect_uri")!;
      assert.is(new URL(landing).searchParams.get("proxy"), channelUrl);
    }
  });
}

test.run();
