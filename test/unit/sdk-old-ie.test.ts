/** The way through the frame that IE 9 and older take, in the page held in the hand. */
import * as assert from "uvu/assert";
import { authenticate, errorNames, init, openPage } from "../support/login.ts";
import { suite } from "../support/suite.ts";
import { NOTHING_LEFT } from "../support/window-double.ts";

const test = suite("old IE");

const IE8 = { file: false, listeners: false };

test("a popup that closes before its frame comes is reported, by a page without addEventListener", async () => {
  const page = await openPage(IE8);
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
  const page = await openPage(IE8);
  init(page);
  const heard = authenticate(page);
  (page.popup.frames as any)["se-api-frame"] = { location: { hash: "#access_token=t&state=s1" } };
  page.advance(500);
  assert.is(heard.calls, 0);
});

test("a window without addEventListener gets its answer through the frame", async () => {
  const page = await openPage({ ...IE8, crypto: false });
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

for (const file of [false, true]) {
  test(
    file ? "takes postMessage where there is File" : "polls the frame, every 50 ms, where there is no File",
    async () => {
      const page = await openPage({ file });
      init(page);
      page.advance(1);
      const heard = authenticate(page);
      assert.equal(page.pendingTimers(), [50]);
      (page.popup.frames as any)["se-api-frame"] = {
        location: { hash: `#access_token=t&state=${page.stateOf()}` },
      };
      page.advance(file ? 2000 : 50);
      // Any page that the popup goes to can hold such a frame: a browser that has the message's origin asks for no less.
      assert.is(heard.calls, file ? 0 : 1);
      if (file) page.answer("#access_token=t&state={state}");
      assert.is(heard.successes[0]?.accessToken, "t");
      assert.is(heard.calls, 1);
      assert.equal(page.uncaught, []);
      assert.equal(page.leftovers(), NOTHING_LEFT);
    },
  );
}

test.run();
