/** How a login starts: what authenticate requires, the dialog's address, and the state in it. */
import * as assert from "uvu/assert";
import { CHANNEL, CLIENT_ID, KEY } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { contract, type PerArtifact, ready, startLogin } from "../support/contract.ts";
import { throwsWith } from "../support/throws.ts";

const test = contract("authenticate opens the dialog");

const DIALOG = "https://stackexchange.com/oauth/dialog";
const LANDING = "https://stackexchange.com/oauth/login_success";

/** The two encode some characters, such as the space, in ways that mean the same. */
const encode: PerArtifact<(text: string) => string> = {
  "all.js": encodeURIComponent,
  "index.mjs": (text) => String(new URLSearchParams({ text })).slice("text=".length),
};

/** The dialog's address as the protocol has it, byte for byte. */
function dialogUrl(client: Client, { proxy = CHANNEL, protocol = "https", scope = "" } = {}): string {
  const E = encode[client.name];
  const landing = `${LANDING}?assisted=${CLIENT_ID}&protocol=${protocol}&proxy=${E(proxy)}`;
  // Commas need no encoding in a query.
  const state = client.name === "all.js" ? client.stateOf() : E(client.stateOf());
  const query = `redirect_uri=${E(landing)}&client_id=${CLIENT_ID}&state=${state}`;
  return `${DIALOG}?${query}${scope && `&scope=${E(scope)}`}`;
}

test("refuses to start before init, without success, and with a scope that is no array; then nothing opens", async (open) => {
  const client = await open();
  throwsWith(() => client.authenticate(), "needs init");
  client.init();
  await client.advance(1);
  for (const options of [{}, { error() {} }, { success: null }])
    throwsWith(() => client.SE.authenticate(options), "needs success");
  // The engine's own sentence.
  for (const nothing of [undefined, null]) throwsWith(() => client.SE.authenticate(nothing), "properties of");
  for (const scope of ["read_inbox", {}, 1, true, () => {}])
    throwsWith(() => client.authenticate({ scope }), "needs scope[]");
  assert.is(client.popups.length, 0);
  assert.equal(client.left(), []);
});

test("opens the dialog at once, before complete was called, in a popup without a name, and returns nothing", async (open) => {
  const client = await open();
  client.init();
  for (const behaviour of ["popup", "null"] as const) {
    client.openBehaviour = behaviour;
    assert.is(client.SE.authenticate({ success() {}, error() {} }), undefined);
  }
  assert.is(client.popups.length, 1);
  const { url, features, name } = client.popup;
  // A name would be there for any page in the popup to read.
  assert.equal([url, features, name], [dialogUrl(client), "width=660,height=480", ""]);
});

test("names the page's protocol and the channel as browsers write it, encoded twice, and no key", async (open) => {
  const client = await open({ href: "http://a.com/" });
  client.init({ channelUrl: "http://a.com/blank?a=b&c=d e", key: KEY });
  client.authenticate();
  const proxy = "http://a.com/blank?a=b&c=d%20e";
  assert.is(client.popup.url, dialogUrl(client, { proxy, protocol: "http" }));
});

test("sends the scopes that are asked for", async (open) => {
  for (const scope of [
    undefined,
    null,
    false,
    "",
    [],
    ["read_inbox"],
    ["read_inbox", "no_expiry"],
    ["a&b"],
  ]) {
    const { client } = await startLogin(open, { scope });
    const sent = Array.isArray(scope) ? scope.join(" ") : "";
    assert.is(client.popup.url, dialogUrl(client, { scope: sent }));
  }
});

test("opens the window's popup with the window's crypto, whatever the page's scripts call open and crypto", async (open) => {
  const client = await ready(open);
  // Lexical names of a classic script hide the window's properties (ECMAScript, Global Environment Records).
  client.run("let open = false; const crypto = {};");
  client.authenticate();
  assert.is(client.popups.length, 1);
});

test("has a new state for each login, from crypto: at least 64 bits, and it depends on each of them", async (open) => {
  const client = await ready(open, { before: "Math.random = function () { throw Error('guessable'); };" });
  const { crypto } = client.realm;
  const states = new Set<string>();
  const addState = () => {
    client.authenticate();
    states.add(client.stateOf());
  };
  for (let count = 0; count < 200; count++) addState();
  assert.is(states.size, 200);

  states.clear();
  let bits = 1;
  for (let flipped = -1; flipped < bits; flipped++) {
    crypto.getRandomValues = (array: Uint16Array) => {
      const bytes = new Uint8Array(array.buffer).fill(0x49);
      bits = bytes.length * 8;
      if (flipped >= 0) bytes[flipped >> 3]! ^= 1 << (flipped & 7);
      return array;
    };
    addState();
  }
  assert.ok(bits >= 64, `${bits} bits`);
  assert.is(states.size, bits + 1);
});

test.run();
