/**
 * A Cross-Origin-Opener-Policy on the popup's way severs it: it reads as closed although its user is in it.
 *
 * Only the focus tells it from a real close, so these flows run where the driver leaves the focus alone: Firefox, WebKitGTK,
 * and Chromium in a real window. Playwright's Chromium says that every page has the focus.
 */
import * as assert from "uvu/assert";
import { eachEngine, FOCUS_ENGINES } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { approve, assertTidy, type Bench, letTicksPass, openBench, outcome, startLogin } from "./bench.ts";

/** So often does the page see a severed popup before the user closes it; the SDK needs nine looks to call one closed. */
const LOOKS = 20;

eachEngine(
  "severed popups",
  ({ test, engine }) => {
    let bench: Bench;
    test.before(async () => {
      bench = await openBench();
      bench.serve("/framed", { body: '<iframe src="/" width="200" height="60"></iframe>' });
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
        // To ask the page is to give it the focus, so it counts itself how often it sees a severed popup, and says so to its server.
        await page.evaluate(
          (looks: number, path: string) => {
            const { bench } = window as any;
            bench.looks = 0;
            const id = setInterval(() => {
              if (bench.opened[0]?.popup.closed && !document.hasFocus()) bench.looks++;
              if (bench.looks < looks) return;
              clearInterval(id);
              bench.callsBefore = bench.calls.length;
              fetch(path);
            }, 50);
          },
          LOOKS,
          `/severed-by-${coop}`,
        );
        const popup = await startLogin(page);
        if (coop === "dialog") await popup.text("form");
        else await approve(popup);
        await until(`${LOOKS} looks`, async () => bench.asked.has(`/severed-by-${coop}`));
        assert.is(await popup.isClosed(), false);
        const closing = Date.now();
        await popup.close();

        const { name, data, at } = await outcome(page);
        assert.is(await page.evaluate("bench.callsBefore"), 0, "no callback while the user was in the popup");
        assert.ok(at > closing);
        assert.is(name, "error");
        assert.is(data.errorName, "popup_closed");
        assert.ok(at - closing <= 2_000, `${at - closing} ms after the user began to close it`);
        await assertTidy(page);
        await page.dispose();
      });
    }

    test("a popup that is closed while its user is elsewhere is reported once the page has the focus again", async () => {
      const page = await bench.open(engine());
      const popup = await startLogin(page);
      await popup.text("main");
      await popup.close();
      await page.waitFor("document.hasFocus()");
      assert.is((await outcome(page)).data.errorName, "popup_closed");
      await assertTidy(page);
      await page.dispose();
    });

    test("the SDK in a frame: popup_closed comes when the frame has the focus, not the page around it", async () => {
      const page = await bench.open(engine(), {}, { path: "/framed" });
      await page.waitFor("frames[0].bench?.version");
      await page.evaluate(() => {
        const start = () => (window as any).frames[0].bench.loginWith({});
        document.getElementById("login")!.onclick = start;
      });
      const popup = await startLogin(page);
      await popup.text("main");
      await popup.close();
      await page.waitFor("document.hasFocus() && frames[0].bench.opened[0].popup.closed");
      for (let round = 0; round < 3; round++) await letTicksPass(page);
      assert.equal(await page.evaluate("frames[0].bench.calls"), []);
      await page.evaluate("frames[0].focus()");
      await page.waitFor("frames[0].bench.calls.length");
      assert.is(await page.evaluate("frames[0].bench.calls[0].data.errorName"), "popup_closed");
      assert.equal(await page.evaluate("frames[0].bench.leftovers()"), []);
      await page.dispose();
    });
  },
  FOCUS_ENGINES,
);
