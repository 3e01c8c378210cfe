import * as assert from "uvu/assert";
import { ALL_JS, INDEX_MJS } from "../../scripts/config.ts";
import { MINIFIERS, type Minifier } from "../../scripts/size/minifiers/list.ts";
import { compareMinifiers } from "../../scripts/size/minifiers/measure.ts";
import { minifierTable } from "../../scripts/size/minifiers.ts";
import { suite } from "../support/suite.ts";

const test = suite("size:minifiers");

const own = (name: string): Minifier => MINIFIERS.find((minifier) => minifier.name === name)!;
const fake = (name: string, minify: Minifier["minify"]): Minifier => ({ name, package: null, minify });

test("the project's own minifiers are measured, the smallest first, and the chosen ones win", async () => {
  for (const [target, chosen] of [
    [ALL_JS, "terser"],
    [INDEX_MJS, "uglify-js"],
  ] as const) {
    const { results, failures, best } = await compareMinifiers(target, [own("esbuild"), own(chosen)]);
    assert.equal(failures, []);
    assert.is(best, chosen);
    assert.equal(
      results.map(({ minifier, refused }) => [minifier, refused]),
      [
        [chosen, null],
        ["esbuild", null],
      ],
    );
  }
});

test("what the guard refuses, and a module whose exports are gone, may not be called best", async () => {
  const leaking = fake("leaking", async () => 'SE={},leak="@@BuildNumber@@"');
  const newer = fake("newer", async () => '(function(){var a="@@BuildNumber@@";window.SE={catch:a}})()');
  // As swc writes a function that is used at one place.
  const moving = fake(
    "moving",
    async () => '(function(){window.SE=function name(){return"@@BuildNumber@@"}})()',
  );
  const { results, best } = await compareMinifiers(ALL_JS, [leaking, newer, moving]);
  assert.is(best, "none");
  assert.match(results.find(({ minifier }) => minifier === "leaking")!.refused!, /leak/);
  assert.match(results.find(({ minifier }) => minifier === "newer")!.refused!, /not ECMAScript 3/);
  assert.match(
    results.find(({ minifier }) => minifier === "moving")!.refused!,
    /with a name, which JScript leaks/,
  );

  const emptied = fake("emptied", async () => '(function(a){return a("@@BuildNumber@@")});export{};');
  const module = await compareMinifiers(INDEX_MJS, [emptied]);
  assert.match(module.results[0]!.refused!, /exports nothing where authenticate, init, login were asked for/);
});

test("a minifier that is not installed, or fails, is a row that says so", async () => {
  const missing: Minifier = { ...own("terser"), name: "missing", package: "no-such-minifier" };
  const failing = fake("failing", async () => {
    throw new Error("cannot read this");
  });
  const losing = fake("losing", async () => "window.SE={}");
  const comparison = await compareMinifiers(ALL_JS, [missing, failing, losing]);
  assert.equal(comparison.failures, [
    {
      minifier: "missing",
      why: "not installed: npm i --no-package-lock --prefix scripts/size/minifiers",
    },
    { minifier: "failing", why: "cannot read this" },
    { minifier: "losing", why: "the build number's placeholder is not there once" },
  ]);
  const { rows } = minifierTable(comparison);
  assert.equal(
    rows.map((row) => row[0]),
    ["missing", "failing", "losing"],
  );
});

test.run();
