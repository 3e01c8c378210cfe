/**
 * How long the answer takes from the landing page to `success`, beside the original's algorithm, in one run.
 *
 * The login here is a page of the test's own that answers by itself and says when it did.
 */
import * as assert from "uvu/assert";
import { ALL_JS, localTier } from "../../scripts/config.ts";
import { artifactText } from "../support/artifact.ts";
import { type Engine, eachEngine, type Page } from "../support/browsers.ts";
import { playOldIE, USER_AGENTS } from "../support/old-ie.ts";
import { html, openSite, type Site } from "../support/site.ts";
import { createSite } from "./bench.ts";
import { originalAlgorithm } from "./original.ts";

/** Logins of each kind. */
const LOGINS = 10;

/** Answers as the landing page does, a moment after it has loaded; `sent` is the time of the answer. */
const LANDING = `<script>
  const query = new URLSearchParams(location.search);
  const landing = new URL(query.get("redirect_uri"));
  // Not before: on a busy machine there can be no body yet.
  onload = () => setTimeout(() => {
    const sent = performance.timeOrigin + performance.now();
    const hash = "#access_token=token&expires=86400&state=" + query.get("state") + "&sent=" + sent;
    const proxy = landing.searchParams.get("proxy");
    if (!/MSIE [1-9]\\./.test(navigator.userAgent)) return opener.postMessage(hash, new URL(proxy).origin);
    const frame = document.createElement("iframe");
    frame.name = "se-api-frame";
    frame.src = proxy + hash;
    document.body.append(frame);
  }, 60);
</script>`;

/** The blank page, but it tells the app's window when it is there. The popup's \`opener\` may be read from anywhere. */
const CHANNEL = `<script>
  top.opener.bench.channel = { at: performance.timeOrigin + performance.now(), ticks: top.opener.bench.ticks };
</script>`;

/**
 * The mean of the faster half: what the slower half adds is the machine's other work. Not the median, because
 * WebKitGTK tells time in whole milliseconds.
 */
function typical(all: Measured[]): number {
  const faster = all
    .map(({ ms }) => ms)
    .sort((a, b) => a - b)
    .slice(0, all.length / 2);
  return faster.reduce((sum, ms) => sum + ms, 0) / faster.length;
}

/** A quotient for people to read. WebKitGTK's clock is too coarse for times below a millisecond. */
const ratio = (us: number, them: number): string =>
  them < 0.05 ? "too short for this browser's clock to compare" : `ratio ${(us / them).toFixed(2)}`;

interface Measured {
  /** Milliseconds from the answer to \`success\`. */
  ms: number;
  /** Times that the SDK looked for the frame after its page was there. */
  ticks: number;
}

async function measure(page: Page, button: string, viaFrame: boolean): Promise<Measured> {
  await page.evaluate("bench.calls.length = bench.heard.length = 0, bench.channel = null");
  await page.click(button);
  await page.waitFor("bench.calls.length");
  const [call] = await page.evaluate<any[]>("bench.calls");
  assert.is(call.name, "success");
  if (!viaFrame) {
    return {
      ms: call.exactly - (await page.evaluate<number>("+/sent=([^&]*)/.exec(bench.heard[0])[1]")),
      ticks: 0,
    };
  }
  // The answer can be read, and the popup closed, a moment before the frame's own script has run.
  const channel = await page.evaluate<{ at: number; ticks: number } | null>("bench.channel");
  return channel ? { ms: call.exactly - channel.at, ticks: call.ticks - channel.ticks } : { ms: 0, ticks: 0 };
}

eachEngine("timing", ({ test, engine }) => {
  let login: Site;
  let site: Site;
  test.before(async () => {
    login = await openSite(() => html(LANDING));
    const pages = createSite(() => artifactText(ALL_JS, localTier(login.origin, login.origin)));
    pages.pages.set("/blank", { bare: CHANNEL });
    pages.pages.set("/", {
      body: `<button id="original">log in the original's way</button><script>
        ${originalAlgorithm(login.origin)}
        Original.init({ clientId: "1", channelUrl: location.origin + "/blank", complete() {} });
        document.getElementById("original").onclick = () => Original.authenticate({ success: bench.told("success") });
      </script>`,
    });
    site = await openSite((request) => pages.fetch(request));
  });
  test.after(async () => {
    await site?.close();
    await login?.close();
  });

  /** Both ways in turn, so that whatever else the machine does falls on both. */
  async function compare(browser: Engine, userAgent?: string): Promise<[Measured[], Measured[]]> {
    const both: [Measured[], Measured[]] = [[], []];
    const page = await browser.newPage({ userAgent });
    await page.goto(`${site.origin}/`);
    await playOldIE(page, userAgent);
    for (let round = 0; round < LOGINS; round++) {
      both[0].push(await measure(page, "#login", !!userAgent));
      both[1].push(await measure(page, "#original", !!userAgent));
    }
    await page.dispose();
    return both;
  }

  test("postMessage: from the landing page's message to success, as quick as the original", async () => {
    const [ours, original] = await compare(engine());
    const [us, them] = [typical(ours), typical(original)];
    console.log(
      `\n  ${engine().version}, message to success, the faster half of ${LOGINS}: ${us.toFixed(2)} ms,` +
        ` the original's way ${them.toFixed(2)} ms, ${ratio(us, them)}`,
    );
    // A few milliseconds of a busy machine may fall on one side.
    assert.ok(us <= them * 1.5 + 4, `${us} ms against ${them} ms`);
  });

  test("old IE's frame: success at the first 50 ms tick after the frame is there", async () => {
    const [ours, original] = await compare(engine(), USER_AGENTS["IE 9"]);
    const [us, them] = [typical(ours), typical(original)];
    const ticks = Math.max(...ours.map((each) => each.ticks));
    const slowest = Math.max(...ours.map(({ ms }) => ms));
    console.log(
      `\n  ${engine().version}, frame to success, the faster half of ${LOGINS}: ${us.toFixed(1)} ms (slowest ${slowest.toFixed(1)}),` +
        ` the original's way ${them.toFixed(1)} ms, ${ratio(us, them)}; ticks at most ${ticks}`,
    );
    // Counted in ticks, because a busy machine may make any of them late.
    assert.ok(ticks <= 1, `${ticks} ticks`);
    assert.ok(us <= them + 50, `${us} ms against ${them} ms: a tick more`);
  });
});
