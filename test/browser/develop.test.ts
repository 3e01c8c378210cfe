/** An app of one's own against the dev tier: on localhost, on any port, with the files that the tier serves. */
import { type APIRequestContext, chromium, type Locator, request } from "playwright-core";
import * as assert from "uvu/assert";
import { ALL_JS, INDEX_MJS, localTier, type Target } from "../../scripts/config.ts";
import type { Origins } from "../../scripts/dev-tier/index.ts";
import { type RunningTier, startDevTier } from "../../scripts/dev-tier/server.ts";
import { artifactText } from "../support/artifact.ts";
import { eachEngine } from "../support/browsers.ts";
import { chromiumProgram } from "../support/engines/find.ts";
import { npmChromium } from "../support/engines/install.ts";
import { CHROMIUM_ARGS } from "../support/engines/playwright.ts";
import { runSnippet, writtenTests } from "../support/run-snippet.ts";
import { html, openSite, type Site } from "../support/site.ts";
import { fencedCode } from "../support/snippets.ts";

const built =
  (target: Target) =>
  ({ login, api }: Origins) =>
    artifactText(target, localTier(login, api));

const startTier = (): Promise<RunningTier> =>
  startDevTier({ port: 0, sdk: built(ALL_JS), module: built(INDEX_MJS) });

const SHOW = `
  const show = (text) => { document.getElementById("who").textContent = text; };
  const shown = { channelUrl: "/blank.html", clientId: new URLSearchParams(location.search).get("app") ?? 1 };`;

/** A page of an app, which gets the module as a bundler's alias would give it. */
const moduleApp = (sdk: string) => `<button id="sign-in">Sign in</button><p id="who"></p>
<script type="importmap">{ "imports": { "stackexchange-auth": "${sdk}/sdk/index.mjs" } }</script>
<script type="module">
  import { init, login } from "stackexchange-auth";${SHOW}
  init({ ...shown, complete() { document.title = "ready"; } });
  document.getElementById("sign-in").onclick = () =>
    login({ networkUsers: true }).then(
      ({ networkUsers }) => show("Signed in, " + networkUsers.length + " accounts"),
      (failure) => show(failure.errorName),
    );
</script>`;

const scriptApp = (sdk: string) => `<button id="sign-in">Sign in</button><p id="who"></p>
<script src="${sdk}/sdk/all.js"></script>
<script>${SHOW}
  SE.init({ ...shown, complete() { document.title = "ready"; } });
  document.getElementById("sign-in").onclick = () => SE.authenticate({
    networkUsers: true,
    success: ({ networkUsers }) => show("Signed in, " + networkUsers.length + " accounts"),
    error: (failure) => show(failure.errorName),
  });
</script>`;

/** The app's own server; /blank.html is its channel page. */
const openApp = (tier: RunningTier, host: string): Promise<Site> =>
  openSite((asked) => {
    const { pathname } = new URL(asked.url);
    if (pathname === "/blank.html") return new Response("", { headers: { "Content-Type": "text/html" } });
    return html((pathname === "/script" ? scriptApp : moduleApp)(tier.origins.site));
  }, host);

eachEngine("an app on this machine", ({ test, engine }) => {
  let tier: RunningTier;
  let app: Site;
  test.before(async () => {
    tier = await startTier();
  });
  test.after(() => tier?.close());
  test.after.each(() => app.close());

  for (const host of ["localhost", "127.0.0.1"]) {
    for (const page of ["module", "script"]) {
      test(`the ${page} signs in at http://${host}`, async () => {
        app = await openApp(tier, host);
        const window = await engine().newPage();
        await window.goto(`${app.origin}/${page}`);
        await window.waitFor("document.title === 'ready'");
        const popup = await window.popup(() => window.click("#sign-in"));
        await popup.click("button[value=approve]");
        await window.waitFor("document.getElementById('who').textContent");
        assert.is(await window.text("#who"), "Signed in, 3 accounts");
        await window.dispose();
      });
    }
  }

  test("each wrong registration ends as the page says", async () => {
    app = await openApp(tier, "localhost");
    const deadEnd = "document.querySelector('h1').textContent === 'Application Login Failure'";
    const window = await engine().newPage();
    const signIn = async (id: number) => {
      await window.goto(`${app.origin}/module?app=${id}`);
      await window.waitFor("document.title === 'ready'");
      return window.popup(() => window.click("#sign-in"));
    };
    await signIn(3);
    await window.waitFor("document.getElementById('who').textContent === 'unauthorized_client'");
    const fourth = await signIn(4);
    await fourth.waitFor(deadEnd);
    await fourth.close();
    const fifth = await signIn(5);
    await fifth.click("button[value=approve]");
    await fifth.waitFor(deadEnd);
    await fifth.close();
    await window.dispose();
  });

  test("http://localhost leads to the site", async () => {
    app = await openApp(tier, "localhost");
    const window = await engine().newPage();
    await window.goto(`http://localhost:${tier.port}/blank`);
    assert.is(await window.url(), `${tier.origins.site}/blank`);
    await window.dispose();
  });
});

/** `expect` of Playwright's own runner, as far as the snippet goes. */
const expectLocator = (locator: Locator) => ({ toBeVisible: () => locator.waitFor({ timeout: 10_000 }) });

eachEngine(
  "the Playwright test of the page",
  ({ test }) => {
    test("approves in the popup, and sets a fault", async () => {
      const { text } = fencedCode("scripts/site/content/develop.md").filter(
        ({ language }) => language === "js",
      )[2]!;
      const tier = await startTier();
      const app = await openApp(tier, "localhost");
      const browser = await chromium.launch({
        executablePath: chromiumProgram() ?? (await npmChromium()!()),
        args: CHROMIUM_ARGS,
      });
      const asking: APIRequestContext = await request.newContext();
      try {
        const { tests, module } = writtenTests(expectLocator);
        const snippet = text
          .replace("http://localhost:5173", app.origin)
          .replace("http://127.0.0.1:8700", tier.origins.site);
        await runSnippet(snippet, { "@playwright/test": module });
        assert.is(tests.size, 2);
        for (const run of tests.values()) {
          const page = await browser.newPage();
          page.setDefaultTimeout(10_000);
          await run({ page, request: asking });
          await page.close();
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
