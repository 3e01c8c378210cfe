import { constants, deflateRawSync, gunzipSync, gzipSync } from "node:zlib";
import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import { type Artifact, buildArtifact } from "../../scripts/build/index.ts";
import { ALL_JS, PRODUCTION } from "../../scripts/config.ts";
import { type Heat, measureHeat } from "../../scripts/size/heat/cost-of-text.ts";
import { anatomy, totalBits } from "../../scripts/size/heat/inflate.ts";
import { heatPage } from "../../scripts/size/heat/page.ts";
import { heatTables } from "../../scripts/size/heat.ts";
import { FIXED_NUMBER } from "../../scripts/size/settings.ts";
import { runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";

const test = suite<{ artifact: Artifact }>("size -- heat");

test.before(async (context) => {
  context.artifact = await buildArtifact(ALL_JS, { tier: PRODUCTION, buildNumber: "12345" });
});

const text = "to be, or not to be, that is the question: to be or not to be. ".repeat(40);

/** Every kind of deflate block, and the optional fields of a gzip header. */
const members: Record<string, Uint8Array> = {
  "dynamic codes": gzipSync(text, { level: 9 }),
  "fixed codes": gzipSync(text, { strategy: constants.Z_FIXED }),
  "literals only": gzipSync(text, { strategy: constants.Z_HUFFMAN_ONLY }),
  "a stored block": gzipSync(text, { level: 0 }),
  "several blocks": gzipSync(Buffer.concat([Buffer.from(text), Buffer.alloc(70_000, 7)]), { memLevel: 1 }),
  nothing: gzipSync(""),
  "a name and a comment": Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 8 + 16, 0, 0, 0, 0, 0, 3]),
    Buffer.from("a name\0a comment\0"),
    deflateRawSync(text),
    gzipSync(text).subarray(-8),
  ]),
};

for (const [name, member] of Object.entries(members)) {
  test(`takes apart ${name}: all bits accounted for`, () => {
    const parts = anatomy(member);
    assert.is(totalBits(parts), member.length * 8);
    assert.ok(Buffer.from(parts.text).equals(gunzipSync(member)));
  });
}

test("refuses what is no gzip, and a stream that was cut off", () => {
  assert.throws(() => anatomy(Buffer.from("hello")), /no gzip member/);
  assert.throws(() => anatomy(gzipSync(text).subarray(0, 60)), /ends too early|ends at byte/);
});

test("the bits of the shipping file sum to its length, by characters, tokens and lines", ({ artifact }) => {
  const heat = measureHeat(artifact);
  const sum = (items: { bits: number }[]): number => items.reduce((bits, item) => bits + item.bits, 0);
  const close = (actual: number, expected: number): void =>
    assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);
  const overhead = Object.values(heat.overhead).reduce((bits, part) => bits + part, 0);

  assert.is(heat.bits, artifact.gzip.length * 8);
  close(
    heat.characters.reduce((bits, part) => bits + part, overhead),
    heat.bits,
  );
  close(sum(heat.tokens) + overhead, heat.bits);
  close(sum(heat.words) + overhead, heat.bits);
  close(sum(heat.lines) + sum(heat.tokens.filter((token) => token.line === null)) + overhead, heat.bits);
  assert.is(
    heat.tokens.map(({ start }, index) => heat.code.slice(start, heat.tokens[index + 1]?.start)).join(""),
    artifact.code,
  );
});

test("tokens are charged to the line that they were written on", ({ artifact }) => {
  const { tokens, sources } = measureHeat(artifact);
  const token = tokens.find(({ text }) => text.includes("popup_blocked"))!;
  assert.is(token.file, "src/all.ts");
  assert.match(sources["src/all.ts"]![token.line! - 1]!, /popup_blocked/);
});

test("a gzip file of another text is refused", ({ artifact }) => {
  assert.throws(
    () => measureHeat({ ...artifact, gzip: gzipSync(`${artifact.code} `) }),
    /does not hold all\.js/,
  );
});

test("the page holds the whole text once, needs no script and loads nothing", ({ artifact }) => {
  const page = heatPage(measureHeat(artifact));
  assert.is(parseHTML(page).document.querySelector("p.text")!.textContent, artifact.code);
  assert.not.match(page, /<script|<link|<[^>]+\s(src|href)=|@import/);
});

test("the tables name the hottest line first and end with the whole", ({ artifact }) => {
  const heat = measureHeat(artifact);
  const [lines] = heatTables(heat, 5);
  assert.is(lines!.rows[0]![0], `${heat.lines[0]!.file}:${heat.lines[0]!.line}`);
  assert.equal(lines!.rows.at(-1)!.slice(0, 2), ["all", (artifact.gzip.length * 8).toFixed(1)]);
});

test("the command takes the file that npm run size speaks of, so that their figures are the same", () => {
  const { stdout } = runScript("scripts/size/size.ts", ["heat", "--json"], { BUILD_NUMBER: "99" });
  assert.is((JSON.parse(stdout) as Heat).buildNumber, FIXED_NUMBER);
});

test.run();
