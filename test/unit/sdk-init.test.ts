import * as assert from "uvu/assert";
import { TEST_BUILD } from "../support/artifact.ts";
import { CHANNEL, CLIENT_ID, init, KEY, openPage } from "../support/login.ts";
import { suite } from "../support/suite.ts";

const test = suite("SE.init");

const all = { clientId: CLIENT_ID, key: KEY, channelUrl: CHANNEL, complete() {} };

/** The Error that `work` throws; it must be one of ours, or of the class `name`, with a stack. */
function thrownBy(work: () => void, name = "Error"): Error {
  try {
    work();
  } catch (error) {
    assert.is((error as Error).name, name);
    assert.ok((error as Error).stack);
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

test("leaves one global, SE, with init and authenticate", async () => {
  const page = await openPage();
  assert.equal(Object.keys(page.SE).sort(), ["authenticate", "init"]);
  assert.equal(page.leftovers().globals, []);
});

for (const name of ["clientId", "key", "channelUrl", "complete"]) {
  test(`names the missing option ${name}`, async () => {
    const page = await openPage();
    for (const value of [undefined, null, ""]) {
      const { message } = thrownBy(() => page.SE.init({ ...all, [name]: value }));
      assert.is(message, `needs ${name}`);
    }
  });
}

test("says what is missing when there is no object at all", async () => {
  const page = await openPage();
  for (const nothing of [undefined, null]) {
    // The engine's own sentence.
    assert.match(thrownBy(() => page.SE.init(nothing), "TypeError").message, "clientId");
  }
});

test("a refused init leaves authenticate refused", async () => {
  const page = await openPage();
  for (const wrong of [{ key: "" }, { complete: null }, { channelUrl: "https://other.example/" }]) {
    thrownBy(() => init(page, wrong));
    thrownBy(() => page.SE.authenticate({ success() {} }));
    assert.is(page.popups.length, 0);
    assert.equal(page.pendingTimers(), []);
  }
});

const channels: [page: string, channel: string, accepted: boolean][] = [
  ["http://a.com/x", "http://a.com", true],
  ["http://a.com/x", "http://a.com/", true],
  ["http://a.com/x", "http://a.com/blank", true],
  ["http://a.com/x", "http://a.com?channel", true],
  ["http://a.com/x", "http://a.com#channel", true],
  ["http://a.com/x", "http://a.com/x?y=http://b.com/", true],
  ["http://a.com/x", "HTTP://A.Com/Blank", true],
  ["http://localhost:8080/", "http://localhost:8080", true],
  ["http://[::1]:8080/", "http://[::1]:8080/blank", true],
  ["file:///home/page.html", "file:///home/blank.html", true],
  ["http://a.com/x", "http://a.com.evil", false],
  ["http://a.com/x", "http://a.com.evil/", false],
  ["http://a.com/x", "http://a.comevil/", false],
  ["http://a.com/x", "http://aXcom/", false],
  ["http://a.com/x", "http://a.com@evil/", false],
  ["http://a.com/x", "http://a.com:80evil/", false],
  ["http://a.com/x", "http://a.com\\@evil/", false],
  ["http://a.com/x", "http://evil/?http://a.com/", false],
  ["http://a.com/x", "http://evil/http://a.com/", false],
  ["http://a.com/x", " http://a.com/", false],
  ["http://a.com/x", "x\nhttp://a.com/", false],
  ["http://a.com/x", "https://a.com/", false],
  ["http://a.com/x", "http://a.com:8080/", false],
  ["http://a.com:8080/x", "http://a.com/", false],
  ["http://a.com/x", "http://www.a.com/", false],
  ["http://a.com/x", "//a.com/", false],
  ["http://a.com/x", "/blank", false],
  ["http://a.com/x", "a.com", false],
  ["http://a.com/x", "http:a.com", false],
  ["http://a.com/x", "http:///a.com/", false],
  ["http://a.com/x", "http://", false],
  ["http://a.com/x", "/", false],
  ["http://a.com/x", "null", false],
];

for (const [href, channelUrl, accepted] of channels) {
  test(`${accepted ? "accepts" : "refuses"} the channel ${JSON.stringify(channelUrl)} on ${href}`, async () => {
    const page = await openPage({ href });
    if (accepted) init(page, { channelUrl });
    else {
      const { protocol, host } = new URL(href);
      const { message } = thrownBy(() => init(page, { channelUrl }));
      assert.is(message, `needs channelUrl=${protocol}//${host}`);
    }
  });
}

test("compares without regard to case on the page's side too", async () => {
  const page = await openPage();
  (page.realm as any).location.href = "HTTPS://App.Example/Page";
  init(page);
});

test("calls complete later, once, with the build number", async () => {
  const page = await openPage();
  const versions: unknown[] = [];
  init(page, { complete: (ready: any) => versions.push(ready.version) });
  assert.equal(versions, []);
  page.advance(1000);
  assert.equal(versions, [TEST_BUILD]);
  assert.type(versions[0], "string");
  assert.equal(page.pendingTimers(), []);
});

test("ignores options it does not know, and may be called again", async () => {
  const page = await openPage();
  init(page, { dev: true, redirect_uri: "https://evil.example", version: "0" });
  init(page, { clientId: 2 });
  page.SE.authenticate({ success() {} });
  assert.match(page.popup.url, "client_id=2&");
  assert.not.match(page.popup.url, "evil");
});

test.run();
