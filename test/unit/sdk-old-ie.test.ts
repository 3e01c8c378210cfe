/** The way through the frame that IE 9 and older take, in the page held in the hand. */
import * as assert from "uvu/assert";
import { authenticate, errorNames, init, openPage } from "../support/login.ts";
import { suite } from "../support/suite.ts";
import { NOTHING_LEFT } from "../support/window-double.ts";

const test = suite("old IE");

const IE8 = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)";

test("a popup that closes before its frame comes is reported, by a page without addEventListener", async () => {
  const page = await openPage({ userAgent: IE8, listeners: false });
  init(page);
  page.advance(1);
  const heard = authenticate(page);
  page.advance(500);
  page.popup.closed = true;
  page.advance(1000);
  assert.equal(errorNames(heard), ["popup_closed"]);
  assert.equal(page.uncaught, []);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("a frame with another login's state does not end this one", async () => {
  const page = await openPage({ userAgent: IE8, listeners: false });
  init(page);
  const heard = authenticate(page);
  (page.popup.frames as any)["se-api-frame"] = { location: { hash: "#access_token=t&state=s1" } };
  page.advance(500);
  assert.is(heard.calls, 0);
});

test("a window without addEventListener gets its answer through the frame", async () => {
  const page = await openPage({ userAgent: IE8, listeners: false, crypto: false });
  init(page);
  page.advance(1);
  const heard = authenticate(page);
  (page.popup.frames as any)["se-api-frame"] = { location: { hash: "" } };
  page.advance(1000);
  assert.is(heard.calls, 0);
  (page.popup.frames as any)["se-api-frame"] = {
    location: { hash: `#access_token=t&state=${page.stateOf()}` },
  };
  page.advance(50);
  assert.is(heard.successes[0].accessToken, "t");
  assert.equal(page.uncaught, []);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

const agents: [userAgent: string, frame: boolean][] = [
  ["Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", true],
  ["Mozilla/4.0 (compatible; MSIE 7.0b; Windows NT 6.0)", true],
  [IE8, true],
  ["Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)", true],
  ["Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)", false],
  ["Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko", false],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", false],
];
for (const [userAgent, frame] of agents) {
  test(`${frame ? "polls the frame, every 50 ms," : "takes postMessage"} for ${userAgent}`, async () => {
    const page = await openPage({ userAgent });
    init(page);
    page.advance(1);
    const heard = authenticate(page);
    assert.equal(page.pendingTimers(), [50]);
    (page.popup.frames as any)["se-api-frame"] = {
      location: { hash: `#access_token=t&state=${page.stateOf()}` },
    };
    page.advance(frame ? 50 : 2000);
    // Any page that the popup goes to can hold such a frame: a browser that has the message's origin asks for no less.
    assert.is(heard.calls, frame ? 1 : 0);
    if (!frame) page.answer("#access_token=t&state={state}");
    assert.is(heard.successes[0]?.accessToken, "t");
    assert.is(heard.calls, 1);
    assert.equal(page.uncaught, []);
    assert.equal(page.leftovers(), NOTHING_LEFT);
  });
}

test.run();
