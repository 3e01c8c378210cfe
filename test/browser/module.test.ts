/** The module's login() and AbortSignal in real browsers, under a policy as strict as can be. */
import * as assert from "uvu/assert";
import { eachEngine, type Page } from "../support/browsers.ts";
import { approve, letTicksPass } from "./bench.ts";
import { endOf, endsOf, openPolicyBench, type PolicyBench } from "./policy-bench.ts";

eachEngine("the module", ({ test, engine, name: browser }) => {
  let bench: PolicyBench;
  test.before(async () => {
    bench = await openPolicyBench();
    const { api } = bench.tier.origins;
    bench.overrides = {
      app: {
        "content-security-policy":
          `default-src 'none'; script-src 'self'; connect-src ${api}; ` +
          "require-trusted-types-for 'script'; trusted-types 'none'",
      },
    };
  });
  test.before.each(() => {
    bench.tier.faults.reset();
    bench.beforeAccounts = undefined;
    bench.advance(60_000);
  });
  test.after(() => bench?.close());

  const start = (page: Page): Promise<Page> => page.popup(() => page.click("#login"));

  /** One end and no more, no exception, and no window but the page's own. */
  const assertOver = async (page: Page): Promise<void> => {
    await letTicksPass(page);
    assert.is((await endsOf(page)).length, 1);
    assert.equal(await page.evaluate("bench.failures"), []);
    assert.is(await page.windows(), 1);
    await page.dispose();
  };

  for (const [account, count] of [
    ["three", 3],
    ["many", 250],
    ["none", 0],
  ] as const) {
    test(`login() resolves with all ${count} accounts`, async () => {
      const page = await bench.open(engine(), "index.mjs", { networkUsers: true });
      await approve(await start(page), account);
      const { name, session } = await endOf(page);
      assert.is(name, "works");
      assert.ok(bench.tier.tokens.find(session!.accessToken), "the very token that was issued");
      const expected = bench.tier.accounts.find(({ id }) => id === account)!.sites;
      assert.is(expected.length, count);
      assert.equal(session!.networkUsers, expected);
      await assertOver(page);
    });
  }

  test("login() rejects with an AuthError when the user does", async () => {
    const page = await bench.open(engine(), "index.mjs");
    await (await start(page)).click("button[value=reject]");
    const { failure, isError } = await endOf(page);
    const message = "the user rejected the request";
    assert.is(isError, true);
    assert.equal(failure, {
      name: "AuthError",
      message,
      errorName: "access_denied",
      errorMessage: message,
    });
    await assertOver(page);
  });

  test("the user closes the popup: popup_closed", async () => {
    const page = await bench.open(engine(), "index.mjs");
    const popup = await start(page);
    await popup.text("main");
    await popup.close();
    assert.is((await endOf(page)).name, "popup_closed");
    await assertOver(page);
  });

  // A module runs after its page has loaded. By then Firefox's driver has run something of its own in the page, and
  // WebKit's too, after which nothing is blocked.
  if (browser === "chromium")
    test("without a click the browser blocks the popup: popup_blocked", async () => {
      const page = await bench.open(engine(), "index.mjs", { atOnce: true });
      if (!engine().popupBlocker) {
        // The npm registry's Chromium opens it all the same; closed, it ends the login too.
        assert.is(await page.windows(), 2);
        return page.dispose();
      }
      assert.is((await endOf(page)).name, "popup_blocked");
      await assertOver(page);
    });

  for (const [title, before] of [
    ["the platform's", "0"],
    ["an AbortError where the platform gives none", "delete AbortSignal.prototype.reason"],
  ] as const) {
    test(`aborted while the popup is open: the popup closes, and the reason is ${title}`, async () => {
      const page = await bench.open(engine(), "index.mjs");
      await page.evaluate(before);
      await (await start(page)).text("main");
      await page.evaluate("bench.controller.abort()");
      const { failure, isError } = await endOf(page);
      assert.equal([failure!.name, isError], ["AbortError", true]);
      await assertOver(page);
    });
  }

  test("aborted while the API answers: at once", async () => {
    bench.tier.faults.set({ apiEndless: true });
    const page = await bench.open(engine(), "index.mjs", { networkUsers: true });
    const asked = new Promise<void>((resolve) => {
      bench.beforeAccounts = () => resolve();
    });
    await approve(await start(page));
    await asked;
    await page.evaluate("bench.controller.abort()");
    assert.is((await endOf(page, 2_000)).failure!.name, "AbortError");
    await assertOver(page);
  });

  test("aborted while it backs off: at once", async () => {
    bench.tier.faults.set({ apiBackoff: 8 });
    const page = await bench.open(engine(), "index.mjs", { networkUsers: true });
    await approve(await start(page), "many");
    await page.waitFor(
      "performance.getEntriesByType('resource').some(({ name }) => /me\\/associated/.test(name))",
    );
    await letTicksPass(page);
    assert.equal(await endsOf(page), []);
    await page.evaluate("bench.controller.abort()");
    assert.is((await endOf(page, 2_000)).failure!.name, "AbortError");
    await assertOver(page);
  });

  test("waits for the API's backoff, and has all accounts then", async () => {
    bench.tier.faults.set({ apiBackoff: 1 });
    const page = await bench.open(engine(), "index.mjs", { networkUsers: true });
    await approve(await start(page), "many");
    const { name, session } = await endOf(page);
    assert.equal([name, session?.networkUsers?.length], ["works", 250]);
    await assertOver(page);
  });

  test("the API's error, HTTP 400, is handed over", async () => {
    bench.tier.faults.set({ apiError: "502" });
    const page = await bench.open(engine(), "index.mjs", { networkUsers: true });
    await approve(await start(page));
    assert.is((await endOf(page)).name, "throttle_violation");
    await assertOver(page);
  });

  test("an API that cannot be reached: network_error", async () => {
    bench.tier.faults.set({ apiDropped: true });
    const page = await bench.open(engine(), "index.mjs", { networkUsers: true });
    await approve(await start(page));
    assert.is((await endOf(page)).name, "network_error");
    await assertOver(page);
  });
});
