/** The page "Develop locally": its configurations and its unit test, run as a reader would run them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { DEV_HOST, DEV_PORT, INDEX_MJS, ROOT } from "../../scripts/config.ts";
import { createDevTier } from "../../scripts/dev-tier/index.ts";
import { artifactText } from "../support/artifact.ts";
import { runSnippet, writtenTests } from "../support/run-snippet.ts";
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

test("Vite and webpack take the module from the dev tier while one develops, and from the package otherwise", async () => {
  const vite = ((await runSnippet(VITE, { vite: SAME })) as any).default;
  assert.equal(vite({ mode: "development" }).resolve.alias, { "stackexchange-auth": MODULE });
  for (const mode of ["production", "test"]) assert.equal(vite({ mode }).resolve.alias, {});
  const webpack = ((await runSnippet(WEBPACK, {})) as any).default;
  assert.equal(webpack({}, { mode: "development" }).externals, { "stackexchange-auth": MODULE });
  assert.is(webpack({}, { mode: "production" }).externals, undefined);
});

test("Playwright waits for an address that the dev tier answers", async () => {
  const config = ((await runSnippet(PLAYWRIGHT, { "@playwright/test": SAME })) as any).default;
  assert.is(config.webServer[0].url, `http://${DEV_HOST}:${DEV_PORT}/`);
});

test("each address and each app of the page is there", async () => {
  const origins = {
    site: "http://127.0.0.1:8700",
    login: "http://127.0.0.1:8701",
    api: "http://127.0.0.1:8702",
  };
  for (const origin of Object.values(origins)) assert.match(PAGE, `\`${origin}`);
  const tier = createDevTier({ origins, sdk: () => "1", module: () => "1" });
  for (const path of ["/sdk/all.js", "/sdk/index.mjs", "/dev/faults", "/tier.json"]) {
    assert.match(PAGE, origins.site + path);
    assert.is((await tier.site.fetch(new Request(origins.site + path))).status, 200, path);
  }
  const ids = [...PAGE.matchAll(/^\| (\d+) \|/gm)].map(([, id]) => id);
  assert.equal(
    ids,
    tier.apps.map(({ clientId }) => clientId),
  );
});

test("the unit test passes with the module that ships, and fails when it should", async () => {
  const [calls, real] = [new EventTarget(), globalThis as any];
  const names = ["window", "location", "document", "addEventListener", "removeEventListener"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(real, name));
  const window = Object.assign(calls, { crypto, open: () => null });
  const values = [
    window,
    new URL("http://localhost/"),
    { hasFocus: () => true },
    ...[calls.addEventListener, calls.removeEventListener].map((method) => method.bind(calls)),
  ];
  names.forEach((name, index) => {
    Object.defineProperty(real, name, { value: values[index], configurable: true, writable: true });
  });
  try {
    const { tests, module } = writtenTests((actual) => ({
      toBe: (expected: unknown) => assert.is(actual, expected),
      rejects: {
        async toMatchObject(expected: Record<string, unknown>) {
          const failure = await (actual as Promise<never>).catch((thrown: Record<string, unknown>) => thrown);
          for (const [name, value] of Object.entries(expected)) assert.is(failure[name], value);
        },
      },
    }));
    const modules = { vitest: module, "stackexchange-auth": await artifactText(INDEX_MJS) };
    await runSnippet(UNIT, modules);
    assert.equal([...tests.keys()], ["signs in", "the user says no", "the browser blocks the popup"]);
    for (const run of tests.values()) await run({});

    // The same with a login server that is not Stack Exchange's: nothing is believed, and the popup closes in the end.
    tests.clear();
    await runSnippet(
      UNIT.replace("https://stackexchange.com", "https://evil.example").replace(
        "closed: false",
        "closed: true",
      ),
      modules,
    );
    const failure = (await tests.get("signs in")!({}).catch((thrown: Error) => thrown)) as any;
    assert.is(failure?.errorName, "popup_closed");
  } finally {
    names.forEach((name, index) => {
      if (before[index]) Object.defineProperty(real, name, before[index]);
      else delete real[name];
    });
  }
});

test.run();
