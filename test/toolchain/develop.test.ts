/** The page "Develop locally": its configurations and its unit test, run as a reader would run them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { DEV_HOST, DEV_PORT, INDEX_MJS, ROOT } from "../../scripts/config.ts";
import { createDevTier } from "../../scripts/dev-tier/index.ts";
import { artifactText } from "../support/artifact.ts";
import { RUNNER, runSnippet, testsOf } from "../support/run-snippet.ts";
import { fencedCode } from "../support/snippets.ts";
import { suite } from "../support/suite.ts";

const test = suite("develop locally");

const DOCUMENT = "scripts/site/content/develop.md";
const PAGE = readFileSync(join(ROOT, DOCUMENT), "utf8");
const [VITE, WEBPACK, , PLAYWRIGHT, UNIT] = fencedCode(DOCUMENT)
  .filter(({ language }) => language === "js")
  .map(({ text }) => text) as [string, string, string, string, string];
const MODULE = `http://${DEV_HOST}:${DEV_PORT}/sdk/index.mjs`;
const SAME = "export const defineConfig = (config) => config;";

test("Vite and webpack take the module from the dev tier while one develops, Playwright waits for it", async () => {
  const { default: vite } = await runSnippet(VITE, { vite: SAME });
  assert.equal(vite({ mode: "development" }).resolve.alias, { "stackexchange-auth": MODULE });
  for (const mode of ["production", "test"]) assert.equal(vite({ mode }).resolve.alias, {});
  const { default: webpack } = await runSnippet(WEBPACK, {});
  assert.equal(webpack({}, { mode: "development" }).externals, { "stackexchange-auth": MODULE });
  assert.is(webpack({}, { mode: "production" }).externals, undefined);
  const { default: playwright } = await runSnippet(PLAYWRIGHT, { "@playwright/test": SAME });
  assert.is(playwright.webServer[0].url, `http://${DEV_HOST}:${DEV_PORT}/`);
});

test("each address and each app of the page is there", async () => {
  const [site, login, api] = [0, 1, 2].map((at) => `http://${DEV_HOST}:${DEV_PORT + at}`) as [
    string,
    string,
    string,
  ];
  for (const origin of [site, login, api]) assert.match(PAGE, `\`${origin}`);
  const tier = createDevTier({ origins: { site, login, api }, sdk: () => "1" });
  for (const path of ["/sdk/all.js", "/sdk/index.mjs", "/dev/faults", "/tier.json"]) {
    assert.match(PAGE, site + path);
    assert.is((await tier.site.fetch(new Request(site + path))).status, 200, path);
  }
  const ids = [...PAGE.matchAll(/^\| (\d+) \|/gm)].map(([, id]) => id);
  const apps = tier.apps.map(({ clientId }) => clientId);
  assert.equal(ids, apps);
});

/** `expect` of Vitest, as far as the snippet goes. */
const expect = (actual: any) => ({
  toBe: (expected: unknown) => assert.is(actual, expected),
  rejects: {
    async toMatchObject(expected: Record<string, unknown>) {
      const failure = await actual.catch((thrown: unknown) => thrown);
      for (const [name, value] of Object.entries(expected)) assert.is(failure[name], value);
    },
  },
});

test("the unit test passes with the module that ships, and fails when it should", async () => {
  const window = Object.assign(new EventTarget(), { crypto });
  const globals = {
    window,
    location: new URL("http://localhost/"),
    document: { hasFocus: () => true },
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
  };
  const modules = { vitest: RUNNER, "stackexchange-auth": await artifactText(INDEX_MJS) };
  const tests = await testsOf(UNIT, modules, expect, globals);
  assert.equal([...tests.keys()], ["signs in", "the user says no", "the browser blocks the popup"]);
  for (const run of tests.values()) await run();

  // The same with a login server that is not Stack Exchange's: nothing is believed, and the popup closes in the end.
  const evil = UNIT.replace("https://stackexchange.com", "https://evil.example").replace(
    "closed: false",
    "closed: true",
  );
  const refused = (await testsOf(evil, modules, expect, globals)).get("signs in")!;
  const failure: any = await refused().catch((thrown) => thrown);
  assert.is(failure?.errorName, "popup_closed");
});

test.run();
