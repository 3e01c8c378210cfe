/** How a login starts: what authenticate requires, the dialog's address, and the state in it. */
import vm from "node:vm";
import * as assert from "uvu/assert";
import { CHANNEL, CLIENT_ID } from "../support/app.ts";
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
function dialogUrl({ name, page }: Client, { proxy = CHANNEL, protocol = "https", scope = "" } = {}): string {
  const E = encode[name];
  const landing = `${LANDING}?assisted=${CLIENT_ID}&protocol=${protocol}&proxy=${E(proxy)}`;
  // Commas need no encoding in a query.
  const state = name === "all.js" ? page.stateOf() : E(page.stateOf());
  const query = `redirect_uri=${E(landing)}&client_id=${CLIENT_ID}&state=${state}`;
  return `${DIALOG}?${query}${scope && `&scope=${E(scope)}`}`;
}

test("refuses to start without success, and opens nothing", async (open) => {
  const client = await ready(open);
  for (const options of [{}, { error() {} }, { success: null }]) {
    throwsWith(() => client.SE.authenticate(options), "needs success");
  }
  // The engine's own sentence.
  for (const nothing of [undefined, null])
    assert.throws(() => client.SE.authenticate(nothing), /properties of/);
  assert.is(client.page.popups.length, 0);
  assert.is(client.page.leftovers().listeners, 0);
});

test("refuses a scope that is not an array, and opens nothing", async (open) => {
  const client = await ready(open);
  for (const scope of ["read_inbox", {}, 1, true, () => {}]) {
    assert.throws(
      () => client.authenticate({ scope }),
      (error: Error) => error.message === "needs scope[]",
    );
  }
  assert.is(client.page.popups.length, 0);
  assert.is(client.page.leftovers().listeners, 0);
});

test("refuses to start before init", async (open) => {
  const client = await open();
  assert.throws(() => client.authenticate(), /init/);
  assert.is(client.page.popups.length, 0);
});

test("opens the dialog at once, in a popup, before complete was called", async (open) => {
  const client = await open();
  client.init();
  client.authenticate();
  assert.is(client.page.popups.length, 1);
  const { url, features, name } = client.page.popup;
  assert.is(url, dialogUrl(client));
  assert.is(features, "width=660,height=480");
  assert.is(name, "", "no name: a new popup for each login, and nothing for a page in it to read");
});

/** What the page's address and channelUrl become in the landing page's address: an absolute one, as browsers write it. */
const channels: [href: string, channel: string, proxy: string, protocol: string][] = [
  ["http://a.com/", "http://a.com/blank?a=b&c=d e", "http://a.com/blank?a=b&c=d%20e", "http"],
  ["https://a.com/", "https://A.com", "https://a.com/", "https"],
  ["https://a.com:443/x", "https://a.com:443/blank", "https://a.com/blank", "https"],
  ["https://a.com/x/y", "blank", "https://a.com/x/blank", "https"],
  ["file:///page.html", "file:///blank.html", "file:///blank.html", "file"],
];
for (const [href, channelUrl, proxy, protocol] of channels) {
  test(`names the protocol of ${href} and the channel ${channelUrl}, encoded twice`, async (open) => {
    const client = await open({ href });
    client.init({ channelUrl });
    client.authenticate();
    assert.is(client.page.popup.url, dialogUrl(client, { proxy, protocol }));
  });
}

const scopes: [scope: unknown, sent: string][] = [
  [undefined, ""],
  [null, ""],
  [false, ""],
  ["", ""],
  [[], ""],
  [["read_inbox"], "read_inbox"],
  [["read_inbox", "no_expiry"], "read_inbox no_expiry"],
  [["a&b"], "a&b"],
];
for (const [scope, sent] of scopes) {
  test(`sends ${sent ? `the scope "${sent}"` : "no scope"} for ${JSON.stringify(scope)}`, async (open) => {
    const { client } = await startLogin(open, { scope });
    assert.is(client.page.popup.url, dialogUrl(client, { scope: sent }));
  });
}

test("opens the window's popup with the window's crypto, whatever the page's scripts call open and crypto", async (open) => {
  const client = await ready(open);
  // Lexical names of a classic script hide the window's properties (ECMAScript, Global Environment Records).
  vm.runInContext("let open = false; const crypto = {};", client.page.realm);
  client.authenticate();
  assert.is(client.page.popups.length, 1);
});

test("returns nothing, whether the popup opens or not", async (open) => {
  const client = await ready(open);
  for (const behaviour of ["popup", "null"] as const) {
    client.page.openBehaviour = behaviour;
    assert.is(client.SE.authenticate({ success() {}, error() {} }), undefined);
  }
});

test("has a new state for each login, from crypto", async (open) => {
  const client = await ready(open, { before: "Math.random = function () { throw Error('guessable'); };" });
  const states = new Set<string>();
  for (let count = 0; count < 200; count++) {
    client.authenticate();
    states.add(client.page.stateOf());
  }
  assert.is(states.size, 200);
});

test("asks crypto for at least 64 bits, and the state depends on each of them", async (open) => {
  const client = await ready(open);
  /** The state when crypto gives bits of which one, at most, is `flipped`. */
  const stateWith = (flipped?: number): string => {
    (client.page.realm as any).crypto.getRandomValues = (array: Uint16Array) => {
      const bytes = new Uint8Array(array.buffer).fill(0x49);
      bits = bytes.length * 8;
      if (flipped !== undefined) bytes[flipped >> 3]! ^= 1 << (flipped & 7);
      return array;
    };
    client.authenticate();
    return client.page.stateOf();
  };
  let bits = 0;
  const states = new Set([stateWith()]);
  assert.ok(bits >= 64, `${bits} bits`);
  for (let bit = 0; bit < bits; bit++) states.add(stateWith(bit));
  assert.is(states.size, bits + 1);
});

test.run();
