/**
 * A Cross-Origin-Opener-Policy on the popup's way severs it: it reads as closed although its user is in it.
 *
 * Only the focus tells it from a real close, so these flows run where one page alone has the focus.
 */
import * as assert from "uvu/assert";
import { eachEngine, FOCUS_ENGINES } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import {
  approve,
  assertEnds,
  type Bench,
  BOTH,
  letTicksPass,
  openBench,
  outcome,
  startLogin,
} from "./bench.ts";

/** So often does the page see a severed popup before the user closes it; the SDK needs nine looks to call one closed. */
const LOOKS = 20;

eachEngine(
  "severed popups",
  ({ test, engine }) => {
    let bench: Bench;
    test.before(async () => {
      bench = await openBench();
    });
    test.after(() => bench?.close());

    for (const sdk of BOTH)
      for (const coop of ["dialog", "redirect", "landing"])
        test(`COOP on the ${coop}: not called closed while the user is in the popup, and called so once it is (${sdk})`, async () => {
          const page = await bench.open(engine(), {}, { sdk, faults: { coop } });
          // To ask the page is to give it the focus, so it counts itself how often it sees a severed popup, and says so to its server.
          await page.evaluate((looks: number) => {
            const { bench: self } = window as any;
            let seen = 0;
            const id = setInterval(() => {
              if (self.opened[0]?.popup.closed && !document.hasFocus()) seen++;
              if (seen < looks) return;
              clearInterval(id);
              self.callsBefore = self.calls.length;
              fetch("/severed");
            }, 50);
          }, LOOKS);
          const popup = await startLogin(page);
          if (coop === "dialog") await popup.text("form");
          else await approve(popup);
          await until(`${LOOKS} looks`, async () => bench.asked.has("/severed"));
          assert.is(await popup.isClosed(), false);
          const closing = Date.now();
          await popup.close();
          const took = (await outcome(page)).at - closing;
          assert.is(
            await page.evaluate("bench.callsBefore"),
            0,
            "no callback while the user was in the popup",
          );
          assert.ok(took > 0 && took <= 2_000, `${took} ms after the user began to close it`);
          await assertEnds(page, ["popup_closed"]);
        });

    test("all.js in a frame: popup_closed comes when the frame has the focus, not the page around it", async () => {
      const page = await bench.open(engine(), {}, { body: '<iframe src="/plain"></iframe>' });
      await page.waitFor("frames[0].bench?.loaded");
      await page.evaluate("void (document.getElementById('login').onclick = () => frames[0].bench.login())");
      const popup = await startLogin(page);
      await popup.text("main");
      await popup.close();
      await page.waitFor("document.hasFocus() && frames[0].bench.opened[0].popup.closed");
      await letTicksPass(page, 12);
      assert.equal(await page.evaluate("frames[0].bench.calls"), []);
      await page.evaluate("frames[0].focus()");
      await page.waitFor("frames[0].bench.calls.length");
      assert.is(await page.evaluate("frames[0].bench.calls[0].name"), "popup_closed");
      assert.equal(await page.evaluate("frames[0].bench.leftovers()"), []);
    });
  },
  FOCUS_ENGINES,
);
