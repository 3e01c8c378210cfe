import * as assert from "uvu/assert";
import { buildArtifact, sizesOf } from "../../scripts/build/index.ts";
import { ALL_JS, PRODUCTION, TARGETS } from "../../scripts/config.ts";
import { measureFeatures, without } from "../../scripts/size/features/cost.ts";
import { cutOut, type Feature } from "../../scripts/size/features/cut.ts";
import { FEATURES } from "../../scripts/size/features/table.ts";
import { featureTable } from "../../scripts/size/features.ts";
import { suite } from "../support/suite.ts";

const test = suite("size -- features");

const feature = (name: string, ...cuts: NonNullable<Feature["cuts"][string]>): Feature => ({
  name,
  without: "less",
  cuts: { "all.js": cuts },
});

test("a cut finds its code however it is spaced and commented", () => {
  const source = "before(a,\n  // Why.\n  b); after();";
  assert.is(cutOut([feature("one", ["before(a, b);", "gone();"])], "all.js", source), "gone(); after();");
});

test("a mark that is not there, or there twice, is stale, and the message names the feature", () => {
  const one = [feature("popup magic", ["magic()", ""])];
  assert.throws(
    () => cutOut(one, "all.js", "nothing"),
    /stale: "popup magic".*"magic\(\)".*nowhere in the source of all\.js/,
  );
  assert.throws(() => cutOut(one, "all.js", "magic(); magic();"), /2 times/);
  assert.is(cutOut(one, "index.mjs", "nothing"), "nothing");
});

test("a cut inside another goes with it; two that overlap are refused", () => {
  const source = "start { inner } end";
  const outer = feature("outer", ["{ inner }", "{}"]);
  const inner = feature("inner", ["inner", "less"]);
  assert.is(cutOut([inner, outer], "all.js", source), "start {} end");
  assert.is(cutOut([inner], "all.js", source), "start { less } end");
  const across = feature("across", ["} end", ""]);
  assert.throws(() => cutOut([outer, across], "all.js", source), /"outer" and "across" overlap/);
});

for (const target of TARGETS) {
  test(`every feature's cuts fit the source of ${target.name} and leave a smaller program`, async () => {
    const whole = await without(target, []);
    const present = FEATURES.filter(({ cuts }) => cuts[target.name]);
    for (const one of present) {
      const { length } = await without(target, [one]);
      assert.ok(length < whole.length, `${one.name} makes the file larger by being cut out`);
    }
    assert.ok((await without(target, present)).length < whole.length * 0.6);
  });
}

test("the total is what ships, and each row is the file with and without", async () => {
  const few = FEATURES.filter(({ name }) => /^(expirationDate|version)$/.test(name));
  assert.is(few.length, 2);
  const report = await measureFeatures(ALL_JS, few, "1000");
  assert.equal(report.total, sizesOf(await buildArtifact(ALL_JS, { tier: PRODUCTION, buildNumber: "1000" })));
  for (const { name, cost } of report.features) assert.ok(cost.raw > 0, name);
  assert.is(featureTable(report).rows.length, few.length + 3);
});

test("a feature whose cut leaves no program is named", async () => {
  const [[mark]] = FEATURES.find(({ cuts }) => cuts["all.js"])!.cuts["all.js"] as [readonly [string, string]];
  const broken = feature("broken", [mark, "("]);
  try {
    await measureFeatures(ALL_JS, [broken], "1000");
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /without broken: .*src\/all\.ts:\d+/);
  }
});

test.run();
