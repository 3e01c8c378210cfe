/** The login flows themselves: written once, run by every engine, on the dev tier and on the production origins. */
import * as assert from "uvu/assert";
import type { EachEngine } from "../support/browsers.ts";
import { approve, assertTidy, type Bench, outcome, startLogin, TEST_BUILD } from "./bench.ts";

const DAY_MS = 86_400_000;

/** How a login ends when everybody does what they should. */
export function writeOrdinaryFlows({ test, engine }: EachEngine, bench: () => Bench): void {
  test("approve: a token, the day it ends, nothing else", async () => {
    const page = await bench().open(engine());
    await page.waitFor("bench.version");
    assert.is(await page.evaluate("bench.version"), TEST_BUILD);
    const popup = await startLogin(page);
    assert.match(await popup.text("main"), "Example App");
    // What is counted here is what must be gone at the end: a count that always says 0 would prove nothing.
    assert.is(await page.evaluate("bench.listeners.length"), 1);
    assert.is(await page.evaluate("bench.intervals.length"), 1);
    await approve(popup);
    const { name, data, at } = await outcome(page);
    assert.is(name, "success");
    assert.ok(bench().tier.tokens.find(data.accessToken), "the very token that was issued, decoded");
    const left = await page.evaluate<number>("bench.calls[0].data.expirationDate - bench.calls[0].at");
    assert.ok(Math.abs(left - DAY_MS) < 5_000, `ends in a day, not in ${left} ms from ${at}`);
    assert.is(await page.evaluate("bench.calls[0].data.networkUsers === undefined"), true);
    await assertTidy(page);
    await page.dispose();
  });

  test("reject: access_denied and its message, decoded", async () => {
    const page = await bench().open(engine(), { networkUsers: true });
    const popup = await startLogin(page);
    await popup.click("button[value=reject]");
    const { name, data } = await outcome(page);
    assert.is(name, "error");
    assert.equal(data, { errorName: "access_denied", errorMessage: "the user rejected the request" });
    await assertTidy(page);
    await page.dispose();
  });

  for (const [account, count] of [
    ["three", 3],
    ["many", 250],
    ["none", 0],
  ] as const) {
    test(`network users: all ${count} accounts, in order`, async () => {
      const page = await bench().open(engine(), { networkUsers: true });
      await approve(await startLogin(page), account);
      const { name, data } = await outcome(page);
      assert.is(name, "success");
      const expected = bench().tier.accounts.find(({ id }) => id === account)!.sites;
      assert.is(expected.length, count);
      assert.equal(data.networkUsers, expected);
      await assertTidy(page);
      await page.dispose();
    });
  }

  test("no_expiry: the scopes are asked for by name, and no date is set", async () => {
    const page = await bench().open(engine(), { scope: ["no_expiry", "read_inbox"] });
    const popup = await startLogin(page);
    const asked = await popup.text("main");
    assert.match(asked, "Keep these permissions perpetually");
    assert.match(asked, "Read your global inbox");
    await approve(popup);
    assert.is((await outcome(page)).name, "success");
    assert.is(await page.evaluate("bench.calls[0].data.expirationDate === undefined"), true);
    await assertTidy(page);
    await page.dispose();
  });

  test("the user closes the popup: popup_closed within a second", async () => {
    const page = await bench().open(engine());
    const popup = await startLogin(page);
    await popup.text("main");
    await page.evaluate(() => {
      const { bench } = window as any;
      let last = Date.now();
      bench.closedAt = 0;
      // The longest that a busy machine kept the page from running; no timer of the SDK's could run then, either.
      bench.stall = 0;
      const id = setInterval(() => {
        const now = Date.now();
        bench.stall = Math.max(bench.stall, now - last - 20);
        last = now;
        if (bench.opened[0].popup.closed) bench.closedAt ||= now;
        if (bench.calls.length > 0) clearInterval(id);
      }, 20);
    });
    await popup.close();
    const { name, data, at } = await outcome(page);
    assert.is(name, "error");
    assert.is(data.errorName, "popup_closed");
    const took = at - (await page.evaluate<number>("bench.closedAt"));
    const stall = await page.evaluate<number>("bench.stall");
    assert.ok(took <= 1_000 + stall, `${took} ms after the popup was closed (stalled for ${stall} ms)`);
    await assertTidy(page);
    await page.dispose();
  });
}
