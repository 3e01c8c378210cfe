/** init: what it requires, which channelUrl it accepts, and what complete is given. */
import * as assert from "uvu/assert";
import { CHANNEL, CLIENT_ID, KEY } from "../support/app.ts";
import { TEST_BUILD } from "../support/artifact.ts";
import { contract, type PerArtifact, ready } from "../support/contract.ts";

const test = contract("init");

const all = { clientId: CLIENT_ID, key: KEY, channelUrl: CHANNEL, complete() {} };

/** The error that `work` throws; it must have a stack. */
function thrownBy(work: () => void): Error {
  try {
    work();
  } catch (error) {
    assert.ok((error as Error).stack);
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

for (const name of ["clientId", "channelUrl"]) {
  test(`names the missing option ${name}`, async (open) => {
    const { SE } = await open();
    for (const value of [undefined, null, ""]) {
      const error = thrownBy(() => SE.init({ ...all, [name]: value }));
      assert.equal([error.name, error.message], ["Error", `needs ${name}`]);
    }
  });
}

test("needs no key, and keeps none that is given", async (open) => {
  for (const key of [undefined, KEY]) {
    const client = await ready(open);
    client.init({ key });
    client.authenticate({ networkUsers: true });
    await client.answer("#access_token=t&state={state}");
    assert.is(client.requests.length, 1);
    assert.not.match(client.page.popup.url, encodeURIComponent(KEY));
    assert.is(client.request.token, "t");
  }
});

test("names the first option when there is no object at all", async (open) => {
  const { SE } = await open();
  for (const nothing of [undefined, null]) {
    // The engine's own sentence.
    const error = thrownBy(() => SE.init(nothing));
    assert.is(error.name, "TypeError");
    assert.match(error.message, /clientId|channelUrl|complete/);
  }
});

test("a refused init leaves authenticate refused", async (open) => {
  const client = await open();
  for (const wrong of [{ clientId: "" }, { channelUrl: null }, { channelUrl: "https://other.example/" }]) {
    thrownBy(() => client.init(wrong));
    thrownBy(() => client.authenticate());
    assert.is(client.page.popups.length, 0);
    assert.equal(client.page.pendingTimers(), []);
  }
});

test("a refused init leaves the settings of the one before", async (open) => {
  const client = await open();
  client.init();
  thrownBy(() => client.init({ clientId: 2, channelUrl: "https://other.example/" }));
  client.authenticate();
  assert.match(client.page.popup.url, `client_id=${CLIENT_ID}&`);
});

test("calls complete in a later turn, once, with the build number alone", async (open) => {
  const client = await open();
  const heard: any[][] = [];
  client.init({ complete: (...all: any[]) => heard.push(all) });
  assert.equal(heard, []);
  await client.advance(1000);
  assert.is(heard.length, 1);
  assert.is(heard[0]!.length, 1);
  assert.equal(Object.entries(heard[0]![0]), [["version", TEST_BUILD]]);
  assert.equal(client.page.pendingTimers(), []);
});

test("ignores options it does not know, and may be called again", async (open) => {
  const client = await open();
  client.init({ dev: true, redirect_uri: "https://evil.example", version: "0" });
  client.init({ clientId: 2 });
  client.authenticate();
  assert.match(client.page.popup.url, "client_id=2&");
  assert.not.match(client.page.popup.url, "evil");
});

test("gives the page its functions, and leaves nothing else", async (open) => {
  const client = await open();
  assert.equal(Object.keys(client.SE).sort(), [...client.members].sort());
  client.init();
  await client.advance(1);
  assert.equal(client.page.leftovers(), { listeners: 0, timers: 0, elements: 0, globals: [] });
});

/** Refused: an Error that names the page's origin. TypeError: the engine's, because it is no address. */
type Verdict = "accepted" | "refused" | "TypeError";

/** A link that is no address has no origin; URL throws. */
const noAddress: PerArtifact<Verdict> = { "all.js": "refused", "index.mjs": "TypeError" };

const channels: [page: string, channel: string, verdict: Verdict | PerArtifact<Verdict>][] = [
  ["http://a.com/x", "http://a.com", "accepted"],
  ["http://a.com/x", "http://a.com/", "accepted"],
  ["http://a.com/x", "http://a.com/blank", "accepted"],
  ["http://a.com/x", "http://a.com?channel", "accepted"],
  ["http://a.com/x", "http://a.com#channel", "accepted"],
  ["http://a.com/x", "http://a.com/x?y=http://b.com/", "accepted"],
  ["http://a.com/x", "HTTP://A.Com/Blank", "accepted"],
  ["http://localhost:8080/", "http://localhost:8080", "accepted"],
  ["http://[::1]:8080/", "http://[::1]:8080/blank", "accepted"],
  ["file:///home/page.html", "file:///home/blank.html", "accepted"],
  ["http://a.com/x", "http://a.com.evil", "refused"],
  ["http://a.com/x", "http://a.com.evil/", "refused"],
  ["http://a.com/x", "http://a.comevil/", "refused"],
  ["http://a.com/x", "http://aXcom/", "refused"],
  ["http://a.com/x", "http://a.com@evil/", "refused"],
  ["http://a.com/x", "http://a.com.:80/", "refused"],
  ["http://a.com/x", "http://evil/?http://a.com/", "refused"],
  ["http://a.com/x", "http://evil/http://a.com/", "refused"],
  ["http://a.com/x", "http://evil\\@a.com/", "refused"],
  ["http://a.com/x", "https://a.com/", "refused"],
  ["http://a.com/x", "http://a.com:8080/", "refused"],
  ["http://a.com:8080/x", "http://a.com/", "refused"],
  ["http://a.com/x", "http://www.a.com/", "refused"],
  ["http://a.com/x", "file:///a.com/", "refused"],
  ["http://a.com/x", "data:text/html,http://a.com/", "refused"],
  ["http://a.com/x", "x\nhttp://a.com/", "refused"],
  // The default port, in full.
  ["http://a.com/x", "http://a.com:80/", "accepted"],
  ["https://a.com/x", "https://a.com:443/blank", "accepted"],
  // What browsers put right.
  ["http://a.com/x", " http://a.com/", "accepted"],
  ["http://a.com/x", "\n http://a.com/", "accepted"],
  ["http://a.com/x", "http:a.com", "accepted"],
  ["http://a.com/x", "http:///a.com/", "accepted"],
  ["http://a.com/x", "http://a.com\\@evil/", "accepted"],
  ["http://a.com/x", "http://user:pass@a.com/", "accepted"],
  // Every origin that is not one of a network is "null".
  ["file:///home/page.html", "data:text/html,x", "accepted"],
  // What is not absolute counts from the page's address.
  ["http://a.com/x", "//a.com/", "accepted"],
  ["http://a.com/x", "/blank", "accepted"],
  ["http://a.com/x", "blank", "accepted"],
  ["http://a.com/x", "//evil/blank", "refused"],
  ["http://a.com/x", "javascript:void 0", "refused"],
  // What is no address.
  ["http://a.com/x", "http://a.com:80evil/", noAddress],
  ["http://a.com/x", "http://", noAddress],
];

for (const [href, channelUrl, verdict] of channels) {
  const says = typeof verdict === "string" ? verdict : Object.values(verdict).join(" and ");
  test(`the channel ${JSON.stringify(channelUrl)} on ${href}: ${says}`, async (open) => {
    const client = await open({ href });
    const expected = typeof verdict === "string" ? verdict : verdict[client.name];
    if (expected === "accepted") {
      client.init({ channelUrl });
      client.authenticate();
      assert.is(client.page.popups.length, 1);
      return;
    }
    const { name, message } = thrownBy(() => client.init({ channelUrl }));
    if (expected === "TypeError") assert.is(name, "TypeError");
    else {
      const { protocol, host } = new URL(href);
      assert.equal([name, message], ["Error", `needs channelUrl=${protocol}//${host}`]);
    }
    assert.throws(() => client.authenticate(), /init/);
  });
}

test.run();
