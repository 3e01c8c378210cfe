/**
 * A Cross-Origin-Opener-Policy on the popup's way severs it: it reads as closed although its user is in it.
 *
 * Told from a real close by focus alone, so these flows run where the driver leaves focus alone: Firefox, WebKitGTK,
 * and Chromium in a real window. Playwright's Chromium says that every page has the focus.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { eachEngine, FOCUS_ENGINES } from "../support/browsers.ts";
import { approve, assertTidy, type Bench, openBench, outcome, startLogin } from "./bench.ts";

eachEngine(
  "severed popups",
  ({ test, engine }) => {
    let bench: Bench;
    test.before(async () => {
      bench = await openBench();
    });
    test.before.each(() => bench.tier.faults.reset());
    test.after(() => bench?.close());

    for (const [coop, where] of [
      ["dialog", "the dialog"],
      ["redirect", "the 302 after it"],
      ["landing", "the landing page"],
    ] as const) {
      test(`COOP on ${where}: not called closed while the user is in the popup, and called so once it is`, async () => {
        bench.tier.faults.set({ coop });
        const page = await bench.open(engine());
        // To ask the page is to give it the focus, so it writes down itself what it sees of the popup.
        await page.evaluate(() => {
          const { bench } = window as any;
          bench.seen = [];
          setInterval(() => {
            const closed = bench.opened[0]?.popup.closed;
            bench.seen.push({ at: Date.now(), severed: closed && !document.hasFocus() });
          }, 50);
        });
        const popup = await startLogin(page);
        if (coop === "dialog") await popup.text("form");
        else await approve(popup);
        if (coop !== "dialog") await popup.waitFor("location.hash");
        // Three and more of the SDK's ticks.
        await sleep(1_500);
        assert.is(await popup.isClosed(), false);
        const closing = Date.now();
        await popup.close();

        const { name, data, at } = await outcome(page);
        const seen = await page.evaluate<{ at: number; severed: boolean }[]>("bench.seen");
        const severed = seen.filter((each) => each.severed && each.at < closing);
        const lasted = severed.length > 0 ? severed.at(-1)!.at - severed[0]!.at : 0;
        assert.ok(lasted > 1_000, `read as closed, without the focus, for ${lasted} ms`);
        assert.ok(at > closing, "nothing was told while the user was in the popup");
        assert.is(name, "error");
        assert.is(data.errorName, "popup_closed");
        assert.ok(at - closing <= 2_000, `${at - closing} ms after the user began to close it`);
        await assertTidy(page);
        await page.dispose();
      });
    }

    test("a popup that is closed while its user is elsewhere is told once the page has the focus again", async () => {
      const page = await bench.open(engine());
      const popup = await startLogin(page);
      await popup.text("main");
      await popup.close();
      await page.waitFor("document.hasFocus()");
      assert.is((await outcome(page)).data.errorName, "popup_closed");
      await assertTidy(page);
      await page.dispose();
    });
  },
  FOCUS_ENGINES,
);
