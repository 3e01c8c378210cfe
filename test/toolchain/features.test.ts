import * as assert from "uvu/assert";
import { compile } from "../../scripts/build/compile.ts";
import { SHIPPING } from "../../scripts/build/compress.ts";
import { buildArtifact, sizesOf } from "../../scripts/build/index.ts";
import { ALL_JS, PRODUCTION } from "../../scripts/config.ts";
import { asFirstRead, cutOut, type Feature } from "../../scripts/size/features/cut.ts";
import { Ablation, FORMATS, measureFeatures } from "../../scripts/size/features/measure.ts";
import { FEATURES } from "../../scripts/size/features/table.ts";
import { featureTables } from "../../scripts/size/features.ts";
import { suite } from "../support/suite.ts";

const test = suite("size:features");

const feature = (name: string, ...cuts: Feature["cuts"]): Feature => ({ name, without: "less", cuts });
const FILE = "src/sdk.ts";

test("a cut finds its code however it is spaced and commented", () => {
  const source = "before(a,\n  // Why this is so.\n  b); after();";
  assert.is(
    cutOut([feature("one", { find: "before(a, b);", replace: "gone();" })], FILE, source),
    "gone(); after();",
  );
});

test("a mark that is not there, or there twice, is stale, and the message names the feature", () => {
  const one = [feature("popup magic", { find: "magic()", replace: "" })];
  assert.throws(
    () => cutOut(one, FILE, "nothing"),
    /stale: "popup magic".*"magic\(\)".*nowhere in src\/sdk\.ts/,
  );
  assert.throws(() => cutOut(one, FILE, "magic(); magic();"), /stands 2 times/);
  assert.is(cutOut(one, "src/all.ts", "nothing"), "nothing");
});

test("a cut inside another goes with it; two that overlap are refused", () => {
  const source = "start { inner } end";
  const outer = feature("outer", { find: "{ inner }", replace: "{}" });
  const inner = feature("inner", { find: "inner", replace: "less" });
  assert.is(cutOut([inner, outer], FILE, source), "start {} end");
  assert.is(cutOut([inner], FILE, source), "start { less } end");
  const across = feature("across", { find: "} end", replace: "" });
  assert.throws(() => cutOut([outer, across], FILE, source), /"outer" and "across" overlap/);
});

test("with nothing cut out, what is measured is what ships", async () => {
  const ablation = await Ablation.of(ALL_JS);
  const artifact = await buildArtifact(ALL_JS, { tier: PRODUCTION, buildNumber: "1000" });
  const whole = await ablation.without([]);
  assert.is(whole.code.replace("@@BuildNumber@@", "1000"), artifact.code);
  assert.equal(await ablation.sizes(whole, "1000", SHIPPING), sizesOf(artifact));
});

test("every feature's cuts fit the source, change all.js, and leave a program that the guard lets pass", async () => {
  const ablation = await Ablation.of(ALL_JS);
  const whole = await ablation.without([]);
  for (const one of FEATURES) {
    const code = await ablation.without([one]);
    assert.ok(code.code.length < whole.code.length, `${one.name} makes the file larger by being cut out`);
    await ablation.sizes(code, "1000", { zopfli: [], brotli: [[16, 0, 0]] });
  }
  const none = await ablation.without(FEATURES);
  assert.ok(none.code.length < whole.code.length / 2);
});

test("the column adds up to the whole", async () => {
  const few = FEATURES.filter(({ name }) => /^(expirationDate|version|error messages)$/.test(name));
  assert.is(few.length, 3);
  const report = await measureFeatures(ALL_JS, few, "1000");
  const artifact = await buildArtifact(ALL_JS, { tier: PRODUCTION, buildNumber: "1000" });
  assert.equal(report.total, sizesOf(artifact));
  const [table] = featureTables(report);
  const rows = table!.rows.slice(0, -1);
  FORMATS.forEach((format, index) => {
    const column = rows.map((row) => row[index + 1] as number);
    const whole = column.pop();
    assert.is(whole, artifact[format === "raw" ? "code" : format].length, format);
    assert.is(
      column.reduce((sum, bytes) => sum + bytes, 0),
      whole,
      format,
    );
  });
  for (const { name, cost } of report.features) assert.ok(cost.raw > 0, name);
});

test("a feature whose cut leaves no program is named", async () => {
  const broken = feature("broken", { find: "export function sdk(", replace: "export function (" });
  try {
    await measureFeatures(ALL_JS, [broken], "1000");
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /without broken: .*src\/sdk\.ts:\d+/);
  }
});

test("a source that changes while it is measured does not change what is compared", () => {
  const first = asFirstRead();
  assert.is(first("a.ts", "one"), "one");
  assert.is(first("b.ts", "two"), "two");
  assert.is(first("a.ts", "edited"), "one");
});

test("the edit reaches the compiler", async () => {
  const { code } = await compile(ALL_JS, PRODUCTION, (path, source) =>
    path === FILE ? source.replace('"popup_blocked"', '"edited"') : source,
  );
  assert.match(code, /"edited"/);
});

test.run();
