import * as assert from "uvu/assert";
import { ALL_JS, TARGETS } from "../../scripts/config.ts";
import { FEATURES } from "../../scripts/size/features/table.ts";
import { cutOut, type Feature, featureTable, measureFeatures, without } from "../../scripts/size/features.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite("size -- features");

const feature = (name: string, find: string, replace?: string): Feature => {
  return { name, without: "less", cuts: [[["all.js"], find, replace]] };
};

test("a cut finds its code however it is spaced and commented, once, and in the artifacts that it names", () => {
  const one = [feature("popup magic", "magic(a, b);", "gone();")];
  const source = "before(); magic(a,\n  // Why.\n  b); after();";
  assert.is(cutOut(one, "all.js", source), "before(); gone(); after();");
  assert.is(cutOut(one, "index.mjs", source), source);
  const stale = (text: string) => () => cutOut(one, "all.js", text);
  throwsWith(
    stale("nothing"),
    'stale: "popup magic" is marked by "magic(a, b);", which is 0 times in the source',
  );
  throwsWith(stale(source + source), "which is 2 times");
});

test("a cut inside another goes with it; two that overlap are refused", () => {
  const source = "start { inner } end";
  const outer = feature("outer", "{ inner }", "{}");
  const inner = feature("inner", "inner", "less");
  assert.is(cutOut([inner, outer], "all.js", source), "start {} end");
  assert.is(cutOut([inner], "all.js", source), "start { less } end");
  throwsWith(
    () => cutOut([outer, feature("across", "} end")], "all.js", source),
    '"across" overlaps another',
  );
});

for (const target of TARGETS) {
  test(`every feature's cuts fit the source of ${target.name} and leave a smaller program`, async () => {
    const whole = await without(target, []);
    const present = FEATURES.filter(({ cuts }) => cuts.some(([where]) => where.includes(target.name)));
    for (const one of present) {
      const { length } = await without(target, [one]);
      assert.ok(length < whole.length, `${one.name} makes the file larger by being cut out`);
    }
    assert.ok((await without(target, present)).length < whole.length * 0.6);
  });
}

test("the total is the file with its number, each row what goes without it, and all without both", async () => {
  const few = FEATURES.filter(({ name }) => /^(expirationDate|version)$/.test(name));
  const { total, rest, features, ...report } = await measureFeatures(ALL_JS, few, "1000");
  const raw = async (cut: Feature[]): Promise<number> =>
    (await without(ALL_JS, cut)).replace("@@BuildNumber@@", "1000").length;
  assert.equal([total.raw, rest.raw], [await raw([]), await raw(few)]);
  for (const { name, cost } of features)
    assert.is(total.raw - cost.raw, await raw(few.filter((one) => one.name === name)), name);
  const { rows } = featureTable({ total, rest, features, ...report });
  assert.equal(
    rows.map(([name]) => name),
    ["expirationDate", "version", "all the rest", "the whole", "noise floor"],
  );
});

test("a feature whose cut leaves no program is named", async () => {
  const broken = feature("broken", "latest != state ||", "(");
  const error = await measureFeatures(ALL_JS, [broken], "1000").catch((thrown: Error) => thrown);
  assert.match((error as Error).message, /without broken: .*src\/all\.ts:\d+/);
});

test.run();
