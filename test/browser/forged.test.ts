/** Forged answers: from a real second origin and a real second window, by somebody who knows the login's state. */
import * as assert from "uvu/assert";
import { eachEngine } from "../support/browsers.ts";
import { html, openSite, type Site } from "../support/site.ts";
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

eachEngine("forged answers", ({ test, engine }) => {
  let bench: Bench;
  let stranger: Site;
  test.before(async () => {
    bench = await openBench();
    // Posts whatever its address says after the #, to whoever frames or opened it.
    stranger = await openSite(() =>
      html(`<script>(window.opener || parent).postMessage(location.hash, "*");</script>`),
    );
    bench.serve("/", {
      // The forger's window opens on its own click, or the popup blocker would stop it.
      body: `<button id="forge">forge</button><iframe id="frame" width="9" height="9"></iframe>
        <script>
          document.getElementById("forge").onclick = function () { window.open(bench.forgery, "forger", "width=300,height=200"); };
        </script>`,
    });
  });
  test.after(async () => {
    await bench?.close();
    await stranger?.close();
  });

  const stateOf = (page: { evaluate<T>(expression: string): Promise<T> }) =>
    page.evaluate<string>("/&state=([^&]*)/.exec(bench.opened[0].url)[1]");

  test("another origin, another window, the page itself: nothing happens, then the true answer succeeds", async () => {
    const page = await bench.open(engine());
    const popup = await startLogin(page);
    const forged = `#access_token=forged&expires=86400&state=${await stateOf(page)}`;

    // Another origin, in a frame of the page.
    await page.evaluate((address: string) => {
      (document.getElementById("frame") as HTMLIFrameElement).src = address;
    }, `${stranger.origin}/${forged}`);
    await page.waitFor("bench.heard.length === 1");
    assert.is(await page.evaluate("bench.heard[0]"), forged);

    // The right origin, even the true landing page, in a window that is not the popup.
    const landing =
      `${bench.origins.login}/oauth/login_success?assisted=1&protocol=http` +
      `&proxy=${encodeURIComponent(`${bench.origins.site}/blank`)}`;
    await page.evaluate((address: string) => {
      (window as any).bench.forgery = address;
    }, landing + forged);
    const forger = await page.popup(() => page.click("#forge"));
    await page.waitFor("bench.heard.length === 2");
    assert.is(await page.evaluate("bench.heard[1]"), forged);
    await forger.close();

    // The page itself, with every type that a message can have.
    await page.evaluate((text: string) => {
      const messages: unknown[] = [
        text,
        null,
        undefined,
        7,
        true,
        {},
        { data: text },
        [text],
        new Date(0),
        "",
      ];
      for (const message of messages) window.postMessage(message, "*");
      return messages.length;
    }, forged);
    await page.waitFor("bench.heard.length === 12");

    await letTicksPass(page);
    assert.equal(await calls(page), [], "no forged answer was taken");
    assert.is(await popup.isClosed(), false);

    await approve(popup);
    const { name, data } = await outcome(page);
    assert.is(name, "success");
    assert.ok(bench.tier.tokens.find(data.accessToken), "the true token");
    await assertTidy(page);
    await page.dispose();
  });

  test("an answer replayed after the end does nothing", async () => {
    const page = await bench.open(engine());
    await approve(await startLogin(page));
    await outcome(page);
    await page.evaluate("window.postMessage(bench.heard[0], '*')");
    await page.waitFor("bench.heard.length === 2");
    await assertTidy(page);
    await page.dispose();
  });
});
