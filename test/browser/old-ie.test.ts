/**
 * Old IE's way, in a browser without File: the landing page answers through a frame of the app's own domain. IE 9
 * cannot ask another origin, so a login that wants accounts fails there.
 */
import * as assert from "uvu/assert";
import { eachEngine } from "../support/browsers.ts";
import { lacksFile, USER_AGENTS } from "../support/old-ie.ts";
import {
  approve,
  assertTidy,
  type Bench,
  calls,
  letTicksPass,
  openBench,
  outcome,
  startLogin,
} from "./bench.ts";

eachEngine("old IE", ({ test, engine }) => {
  let bench: Bench;
  test.before(async () => {
    bench = await openBench();
  });
  test.before.each(() => bench.tier.faults.reset());
  test.after(() => bench?.close());

  for (const [browser, userAgent] of Object.entries(USER_AGENTS)) {
    const viaFrame = lacksFile(userAgent);

    test(`${browser}: logs in through ${viaFrame ? "the frame" : "postMessage"}`, async () => {
      const page = await bench.open(engine(), { networkUsers: !viaFrame }, { userAgent });
      const popup = await startLogin(page);
      await approve(popup);
      const { name, data } = await outcome(page);
      assert.is(name, "success");
      assert.ok(bench.tier.tokens.find(data.accessToken));
      assert.is(data.networkUsers?.length, viaFrame ? undefined : 3);
      assert.is(await page.evaluate("bench.heard.length"), viaFrame ? 0 : 1, "messages that were posted");
      await assertTidy(page);
      await page.dispose();
    });

    if (!viaFrame) continue;

    test(`${browser}: cannot ask the API for accounts: network_error`, async () => {
      const page = await bench.open(engine(), { networkUsers: true }, { userAgent });
      await approve(await startLogin(page));
      assert.is((await outcome(page)).data.errorName, "network_error");
      await assertTidy(page);
      await page.dispose();
    });

    test(`${browser}: rejected through the frame`, async () => {
      const page = await bench.open(engine(), {}, { userAgent });
      const popup = await startLogin(page);
      await popup.click("button[value=reject]");
      assert.equal((await outcome(page)).data, {
        errorName: "access_denied",
        errorMessage: "the user rejected the request",
      });
      await assertTidy(page);
      await page.dispose();
    });

    test(`${browser}: a frame that is there long before its page still logs in`, async () => {
      bench.tier.faults.set({ slowFrame: 700 });
      const page = await bench.open(engine(), {}, { userAgent });
      const popup = await startLogin(page);
      // A busy driver may look too late, so the page itself writes down when the frame is there.
      await page.evaluate(() => {
        const { bench: self } = window as any;
        const id = setInterval(() => {
          if (!self.opened[0].popup.length) return;
          self.frameAt = Date.now();
          clearInterval(id);
        }, 20);
      });
      await approve(popup);
      const { name, at } = await outcome(page);
      assert.is(name, "success");
      const before = at - (await page.evaluate<number>("bench.frameAt"));
      assert.ok(before >= 300, `the frame was there ${before} ms before its answer`);
      await assertTidy(page);
      await page.dispose();
    });

    test(`${browser}: a frame that never comes, and the user closes the popup: popup_closed`, async () => {
      bench.tier.faults.set({ never: true });
      const page = await bench.open(engine(), {}, { userAgent });
      const popup = await startLogin(page);
      await approve(popup);
      await popup.waitFor("location.hash");
      await letTicksPass(page);
      assert.equal(await calls(page), []);
      await popup.close();
      assert.is((await outcome(page)).data.errorName, "popup_closed");
      await assertTidy(page);
      await page.dispose();
    });
  }
});
