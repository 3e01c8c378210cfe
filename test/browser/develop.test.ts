/** An app of one's own against the dev tier: on localhost, on any port, with the files that the tier serves. */
import { chromium, type Locator, request } from "playwright-core";
import * as assert from "uvu/assert";
import type { RunningTier } from "../../scripts/dev-tier/server.ts";
import { eachEngine, type Page } from "../support/browsers.ts";
import { chromiumProgram } from "../support/engines/find.ts";
import { npmChromium } from "../support/engines/install.ts";
import { CHROMIUM_ARGS } from "../support/engines/playwright.ts";
import { RUNNER, testsOf } from "../support/run-snippet.ts";
import { html, openSite, type Site } from "../support/site.ts";
import { fencedCode } from "../support/snippets.ts";
import { startSite } from "./site-bench.ts";

/** A page of an app, with the script or with the module, which it gets as a bundler's alias would give it. */
const appPage = (
  origin: string,
  script: boolean,
): string => `<button id="sign-in">Sign in</button><p id="who"></p>
<script src="${origin}/sdk/all.js"></script>
<script type="importmap">{ "imports": { "stackexchange-auth": "${origin}/sdk/index.mjs" } }</script>
<script type="module">
  const { init, authenticate } = ${script ? "SE" : 'await import("stackexchange-auth")'};
  const show = (text) => { document.getElementById("who").textContent = text; };
  const clientId = new URLSearchParams(location.search).get("app") ?? 1;
  init({ clientId, channelUrl: "/blank.html", complete() { document.title = "ready"; } });
  document.getElementById("sign-in").onclick = () => authenticate({
    networkUsers: true,
    success: ({ networkUsers }) => show("Signed in, " + networkUsers.length + " accounts"),
    error: ({ errorName }) => show(errorName),
  });
</script>`;

/** The app's own server; /blank.html is its channel page. */
const openApp = (tier: RunningTier, host: string): Promise<Site> =>
  openSite(({ url }) => {
    const { pathname } = new URL(url);
    return html(pathname === "/blank.html" ? "" : appPage(tier.origins.site, pathname === "/script"));
  }, host);

eachEngine("an app on this machine", ({ test, engine }) => {
  let tier: RunningTier;
  let app: Site;
  test.before(async () => {
    tier = await startSite();
  });
  test.after(() => tier?.close());
  test.after.each(() => app.close());

  const open = async (window: Page, path: string): Promise<void> => {
    await window.goto(`${app.origin}/${path}`);
    await window.waitFor("document.title === 'ready'");
  };
  const signIn = async (window: Page, path: string): Promise<Page> => {
    await open(window, path);
    return window.popup(() => window.click("#sign-in"));
  };

  for (const host of ["localhost", "127.0.0.1"])
    test(`script and module sign in at http://${host}`, async () => {
      app = await openApp(tier, host);
      const window = await engine().newPage();
      for (const path of ["script", "module"]) {
        const popup = await signIn(window, path);
        await popup.click("button[value=approve]");
        await window.waitFor("document.getElementById('who').textContent === 'Signed in, 3 accounts'");
      }
      await window.dispose();
    });

  test("each wrong registration ends as the page says", async () => {
    app = await openApp(tier, "localhost");
    const deadEnd = "document.querySelector('h1').textContent === 'Application Login Failure'";
    const window = await engine().newPage();
    await open(window, "module?app=3");
    // Its popup may be gone before a driver has seen it.
    await window.click("#sign-in");
    await window.waitFor("document.getElementById('who').textContent === 'unauthorized_client'");
    const fourth = await signIn(window, "module?app=4");
    await fourth.waitFor(deadEnd);
    await fourth.close();
    const fifth = await signIn(window, "module?app=5");
    await fifth.click("button[value=approve]");
    await fifth.waitFor(deadEnd);
    await fifth.close();
    await window.dispose();
  });
});

/** `expect` of Playwright's own runner, as far as the snippet goes. */
const expect = (locator: Locator) => ({ toBeVisible: () => locator.waitFor({ timeout: 10_000 }) });

eachEngine(
  "the Playwright test of the page",
  ({ test }) => {
    test("approves in the popup, and sets a fault", async () => {
      const scripts = fencedCode("scripts/site/content/develop.md").filter(
        ({ language }) => language === "js",
      );
      const tier = await startSite();
      const app = await openApp(tier, "localhost");
      const executablePath = chromiumProgram() ?? (await npmChromium()!());
      const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
      const asking = await request.newContext();
      try {
        const snippet = scripts[2]!.text
          .replace("http://localhost:5173", app.origin)
          .replace("http://127.0.0.1:8700", tier.origins.site);
        const tests = await testsOf(snippet, { "@playwright/test": RUNNER }, expect);
        assert.is(tests.size, 2);
        for (const run of tests.values()) {
          const page = await browser.newPage();
          page.setDefaultTimeout(10_000);
          await run({ page, request: asking });
        }
        assert.is(tier.faults.values.apiDropped, false, "the fault was taken back");
      } finally {
        await asking.dispose();
        await browser.close();
        await app.close();
        await tier.close();
      }
    });
  },
  ["chromium"],
);
