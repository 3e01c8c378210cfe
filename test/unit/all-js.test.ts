/** What the hosted script alone does: plain errors, XMLHttpRequest, Internet Explorer. */
import * as assert from "uvu/assert";
import { TEST_BUILD } from "../support/artifact.ts";
import { TICK } from "../support/client.ts";
import {
  APPROVED,
  awaitingAccounts,
  contract,
  ENDINGS,
  ready,
  startFor,
  startLogin,
} from "../support/contract.ts";
import { throwsWith } from "../support/throws.ts";

const test = contract("the hosted script", "all.js");

/** Answers come through a frame of the page's own origin in the popup; no crypto, and timers hand no arguments on. */
const IE9 = { file: false, crypto: false };

test("error is given a plain object of the page's realm, with a name and a message", async (open) => {
  for (const ending of Object.values(ENDINGS)) {
    const client = await ready(open);
    const { errors } = startFor(client, ending);
    await ending.end(client);
    for (const error of errors) {
      assert.is(Object.prototype.toString.call(error), "[object Object]");
      assert.equal(Object.keys(error).sort(), ["errorMessage", "errorName"]);
    }
  }
});

// The script of 2012 names complete among the required options, and so does this one.
test("init names the missing option complete, and leaves authenticate refused", async (open) => {
  const client = await open();
  for (const complete of [undefined, null, ""]) {
    throwsWith(() => client.init({ complete }), "needs complete");
    throwsWith(() => client.authenticate(), "needs init");
    assert.equal(client.left(), []);
  }
});

test("the accounts are asked for with GET, within 30 s", async (open) => {
  const { client } = await awaitingAccounts(open);
  assert.equal([client.request.method, client.request.timeout], ["GET", 30_000]);
});

test("Support: IE 9: complete is given the version by a timer that hands no arguments on", async (open) => {
  const client = await open(IE9);
  const heard: any[] = [];
  client.init({ complete: (ready: any) => heard.push(ready.version) });
  await client.advance(1);
  assert.equal(heard, [TEST_BUILD]);
});

for (const networkUsers of [false, true]) {
  const end = networkUsers ? "network_error, because it cannot ask for accounts" : "success";
  test(`Support: IE 9: the frame's answer, once it is there with the right state, is a ${end}`, async (open) => {
    const { client, heard } = await startLogin(open, { networkUsers }, IE9);
    for (const hash of ["#access_token=t&state=s1", ""]) {
      client.popup.frameHash = hash;
      await client.advance(1000);
      assert.is(heard.calls, 0);
    }
    client.popup.frameHash = APPROVED.replace("{state}", client.stateOf());
    await client.advance(TICK);
    assert.equal(heard.names, networkUsers ? ["network_error"] : []);
    assert.is(networkUsers || heard.successes[0].accessToken === "t", true);
  });
}

test("falls back to Math.random where there is no crypto, with a new state for each login", async (open) => {
  const client = await ready(open, { crypto: false });
  const states = new Set<string>();
  for (let count = 0; count < 200; count++) {
    client.authenticate();
    states.add(client.stateOf());
    assert.match(client.stateOf(), /^0\.\d{8,}$/);
  }
  assert.is(states.size, 200);
});

test("Support: IE, whose links have no origin: init leaves the comparison of channelUrl to the server", async (open) => {
  for (const options of [{ file: false }, { ie11: true }])
    for (const channelUrl of ["https://app.example/blank", "https://other.example/blank"]) {
      const client = await open(options);
      client.init({ channelUrl });
      client.authenticate();
      const landing = new URL(client.popup.url).searchParams.get("redirect_uri")!;
      assert.is(new URL(landing).searchParams.get("proxy"), channelUrl);
    }
});

test.run();
