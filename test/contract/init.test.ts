/** init: what it requires, which channelUrl it accepts, and what complete is given. */
import * as assert from "uvu/assert";
import { CLIENT_ID, KEY } from "../support/app.ts";
import { TEST_BUILD } from "../support/artifact.ts";
import { contract } from "../support/contract.ts";
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

/** Channels that the page http://a.com/x may name. */
const own = [
  ...["http://a.com", "http://a.com/", "http://a.com/blank", "http://a.com?channel", "http://a.com#channel"],
  ...["http://a.com/x?y=http://b.com/", "HTTP://A.Com/Blank", "http://user:pass@a.com/", "http://a.com:80/"],
  // What browsers put right.
  ...[" http://a.com/", "\n http://a.com/", "http:a.com", "http:///a.com/", "http://a.com\\@evil/"],
  // What is not absolute counts from the page's address.
  ...["//a.com/", "/blank", "blank"],
];
/** Channels that it may not. */
const others = [
  ...["http://a.com.evil", "http://a.com.evil/", "http://a.comevil/", "http://aXcom/", "http://a.com@evil/"],
  ...["http://a.com.:80/", "http://evil/?http://a.com/", "http://evil/http://a.com/", "http://evil\\@a.com/"],
  ...["https://a.com/", "http://a.com:8080/", "http://www.a.com/", "file:///a.com/", "//evil/blank"],
  ...["data:text/html,http://a.com/", "x\nhttp://a.com/", "javascript:void 0"],
  // No addresses at all.
  ...["http://a.com:80evil/", "http://"],
];
const pages: [href: string, accepted: string[], refused: string[]][] = [
  ["http://a.com/x", own, others],
  ["http://localhost:8080/", ["http://localhost:8080"], ["http://localhost/"]],
  ["http://[::1]:8080/", ["http://[::1]:8080/blank"], []],
  ["https://a.com/x", ["https://a.com:443/blank"], ["http://a.com/"]],
  // Every origin that is not one of a network is "null".
  ["file:///home/page.html", ["file:///home/blank.html", "data:text/html,x"], ["http://a.com/"]],
];
for (const [href, accepted, refused] of pages) {
  test(`channels on ${href}`, async (open) => {
    const { origin, protocol } = new URL(href);
    for (const channelUrl of accepted) {
      const client = await open({ href });
      client.init({ channelUrl });
      client.authenticate();
      const landing = new URL(new URL(client.popup.url).searchParams.get("redirect_uri")!);
      assert.is(landing.searchParams.get("proxy"), new URL(channelUrl, href).href);
      assert.is(`${landing.searchParams.get("protocol")}:`, protocol);
    }
    for (const channelUrl of refused) {
      const client = await open({ href });
      // A link that is no address has no origin; the module's URL throws.
      const invalid = client.name === "index.mjs" && !URL.canParse(channelUrl, href);
      throwsWith(() => client.init({ channelUrl }), invalid ? "Invalid URL" : `needs channelUrl=${origin}`);
      throwsWith(() => client.authenticate(), "needs init");
    }
  });
}

test.run();
