/** init: what it requires, which channelUrl it accepts, and what complete is given. */
import * as assert from "uvu/assert";
import { CLIENT_ID, KEY } from "../support/app.ts";
import { TEST_BUILD } from "../support/artifact.ts";
import { contract, type PerArtifact } from "../support/contract.ts";
import { throwsWith } from "../support/throws.ts";

const test = contract("init");

test("names the missing option; a refused init leaves authenticate refused, or the settings of the one before", async (open) => {
  const client = await open();
  const refused = () => {
    for (const name of ["clientId", "channelUrl"])
      for (const value of [undefined, null, ""])
        throwsWith(() => client.init({ [name]: value }), `needs ${name}`);
    throwsWith(() => client.init({ clientId: 2, channelUrl: "https://other.example/" }), "needs channelUrl=");
    // The engine's own sentence names the first option.
    for (const nothing of [undefined, null])
      assert.throws(() => client.SE.init(nothing), /clientId|channelUrl|complete/);
    assert.equal(client.left(), []);
  };
  refused();
  throwsWith(() => client.authenticate(), "needs init");
  client.init();
  await client.advance(1);
  refused();
  client.authenticate();
  assert.match(client.popup.url, `client_id=${CLIENT_ID}&`);
});

test("calls complete in a later turn, once, with the build number alone, and leaves nothing", async (open) => {
  const client = await open();
  const heard: any[][] = [];
  client.init({ complete: (...all: any[]) => heard.push(all) });
  assert.equal(heard, []);
  await client.advance(1000);
  assert.equal(
    heard.map((all) => all.map((ready) => Object.entries(ready))),
    [[[["version", TEST_BUILD]]]],
  );
  assert.equal(client.left(), []);
  assert.equal(Object.keys(client.SE).sort(), [...client.members].sort());
});

test("ignores options it does not know, needs no key, and may be called again", async (open) => {
  const client = await open();
  client.init({ dev: true, redirect_uri: "https://evil.example", version: "0" });
  client.init({ clientId: 2, key: undefined });
  client.authenticate();
  assert.match(client.popup.url, "client_id=2&");
  assert.not.match(client.popup.url, "evil");
  assert.not.match(client.popup.url, encodeURIComponent(KEY));
});

/** Refused: an Error that names the page's origin. TypeError: the engine's, because it is no address. */
type Verdict = "accepted" | "refused" | "TypeError";

/** A link that is no address has no origin; URL throws. */
const noAddress: PerArtifact<Verdict> = { "all.js": "refused", "index.mjs": "TypeError" };

/** channelUrl on the page http://a.com/x. */
const channels: Record<string, Verdict | PerArtifact<Verdict>> = {
  "http://a.com": "accepted",
  "http://a.com/": "accepted",
  "http://a.com/blank": "accepted",
  "http://a.com?channel": "accepted",
  "http://a.com#channel": "accepted",
  "http://a.com/x?y=http://b.com/": "accepted",
  "HTTP://A.Com/Blank": "accepted",
  "http://a.com.evil": "refused",
  "http://a.com.evil/": "refused",
  "http://a.comevil/": "refused",
  "http://aXcom/": "refused",
  "http://a.com@evil/": "refused",
  "http://a.com.:80/": "refused",
  "http://evil/?http://a.com/": "refused",
  "http://evil/http://a.com/": "refused",
  "http://evil\\@a.com/": "refused",
  "https://a.com/": "refused",
  "http://a.com:8080/": "refused",
  "http://www.a.com/": "refused",
  "file:///a.com/": "refused",
  "data:text/html,http://a.com/": "refused",
  "x\nhttp://a.com/": "refused",
  // The default port, in full.
  "http://a.com:80/": "accepted",
  // What browsers put right.
  " http://a.com/": "accepted",
  "\n http://a.com/": "accepted",
  "http:a.com": "accepted",
  "http:///a.com/": "accepted",
  "http://a.com\\@evil/": "accepted",
  "http://user:pass@a.com/": "accepted",
  // What is not absolute counts from the page's address.
  "//a.com/": "accepted",
  "/blank": "accepted",
  blank: "accepted",
  "//evil/blank": "refused",
  "javascript:void 0": "refused",
  // What is no address.
  "http://a.com:80evil/": noAddress,
  "http://": noAddress,
};
/** On other pages. */
const elsewhere: [href: string, channel: string, verdict: Verdict][] = [
  ["http://localhost:8080/", "http://localhost:8080", "accepted"],
  ["http://[::1]:8080/", "http://[::1]:8080/blank", "accepted"],
  ["https://a.com/x", "https://a.com:443/blank", "accepted"],
  ["http://a.com:8080/x", "http://a.com/", "refused"],
  // Every origin that is not one of a network is "null".
  ["file:///home/page.html", "file:///home/blank.html", "accepted"],
  ["file:///home/page.html", "data:text/html,x", "accepted"],
];

for (const [href, channelUrl, verdict] of [
  ...Object.entries(channels).map((entry) => ["http://a.com/x", ...entry] as const),
  ...elsewhere,
]) {
  test(`the channel ${JSON.stringify(channelUrl)} on ${href}`, async (open) => {
    const client = await open({ href });
    const { protocol, host } = new URL(href);
    const expected = typeof verdict === "string" ? verdict : verdict[client.name];
    if (expected === "accepted") {
      client.init({ channelUrl });
      client.authenticate();
      assert.is(client.popups.length, 1);
      return;
    }
    const reason = expected === "refused" ? `needs channelUrl=${protocol}//${host}` : "Invalid URL";
    throwsWith(() => client.init({ channelUrl }), reason);
    throwsWith(() => client.authenticate(), "needs init");
  });
}

test.run();
