/** Forged answers: from a real second origin and a real second window, by somebody who knows the login's state. */
import * as assert from "uvu/assert";
import { eachEngine } from "../support/browsers.ts";
import { html, openSite, type Site } from "../support/site.ts";
import { approve, assertEnds, type Bench, calls, letTicksPass, openBench, startLogin } from "./bench.ts";

/** The forger's window opens on its own click, or the popup blocker would stop it. */
const BODY = `<button id="forge">forge</button><iframe id="frame" width="9" height="9"></iframe><script>
  document.getElementById("forge").onclick = () => { open(bench.forgery, "forger", "width=300,height=200"); };
</script>`;

eachEngine("forged answers", ({ test, engine }) => {
  let bench: Bench;
  let stranger: Site;
  test.before(async () => {
    bench = await openBench();
    // Posts whatever its address says after the #, to whoever frames or opened it.
    stranger = await openSite(() =>
      html(`<script>(window.opener || parent).postMessage(location.hash, "*");</script>`),
    );
  });
  test.after(async () => {
    await bench?.close();
    await stranger?.close();
  });

  test("another origin, another window, the page itself, a replay: nothing happens; the true answer succeeds", async () => {
    const { origins, tokens } = bench.tier;
    const page = await bench.open(engine(), {}, { body: BODY });
    const popup = await startLogin(page);
    const state = await page.evaluate("/&state=([^&]*)/.exec(bench.opened[0].url)[1]");
    const forged = `#access_token=forged&expires=86400&state=${state}`;

    // Another origin, in a frame of the page.
    const framed = JSON.stringify(`${stranger.origin}/${forged}`);
    await page.evaluate(`document.getElementById("frame").src = ${framed}`);
    await page.waitFor("bench.heard.length === 1");
    assert.is(await page.evaluate("bench.heard[0]"), forged);

    // The right origin, even the true landing page, in a window that is not the popup.
    const proxy = encodeURIComponent(`${origins.site}/blank`);
    const landing = `${origins.login}/oauth/login_success?assisted=1&protocol=http&proxy=${proxy}`;
    await page.evaluate(`bench.forgery = ${JSON.stringify(landing + forged)}`);
    const forger = await page.popup(() => page.click("#forge"));
    await page.waitFor("bench.heard.length === 2");
    assert.is(await page.evaluate("bench.heard[1]"), forged);
    await forger.close();

    // The page itself, with every type that a message can have.
    await page.evaluate((text: string) => {
      const messages = [text, null, undefined, 7, true, {}, { data: text }, [text], new Date(0), ""];
      for (const message of messages) window.postMessage(message, "*");
    }, forged);
    await page.waitFor("bench.heard.length === 12");
    await letTicksPass(page);
    assert.equal(await calls(page), [], "no forged answer was taken");
    assert.is(await popup.isClosed(), false);

    await approve(popup);
    await page.waitFor("bench.calls.length");
    assert.ok(tokens.find((await calls(page))[0]!.data.accessToken), "the true token");
    // Replayed, it does nothing.
    await page.evaluate("window.postMessage(bench.heard[12], '*')");
    await page.waitFor("bench.heard.length === 14");
    await assertEnds(page, ["success"]);
  });
});
