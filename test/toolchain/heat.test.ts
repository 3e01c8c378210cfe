import { constants, gunzipSync, gzipSync } from "node:zlib";
import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import { type Artifact, buildArtifact } from "../../scripts/build/index.ts";
import { ALL_JS, PRODUCTION } from "../../scripts/config.ts";
import { anatomy } from "../../scripts/size/heat/inflate.ts";
import { heatPage } from "../../scripts/size/heat/page.ts";
import { type Heat, heatTables, measureHeat } from "../../scripts/size/heat.ts";
import { FIXED_NUMBER } from "../../scripts/size/settings.ts";
import { runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite<{ artifact: Artifact; heat: Heat }>("size -- heat", {} as never);

test.before(async (context) => {
  context.artifact = await buildArtifact(ALL_JS, { tier: PRODUCTION, buildNumber: "12345" });
  context.heat = measureHeat(context.artifact);
});

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Bits are shared by the characters of a copy, so sums are near. */
const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);

const text = "to be, or not to be, that is the question: to be or not to be. ".repeat(40);

/** Every kind of deflate block that a program can be in. */
const members: Record<string, Uint8Array> = {
  "dynamic codes": gzipSync(text, { level: 9 }),
  "fixed codes": gzipSync(text, { strategy: constants.Z_FIXED }),
  "literals only": gzipSync(text, { strategy: constants.Z_HUFFMAN_ONLY }),
  "several blocks": gzipSync(Buffer.concat([Buffer.from(text), Buffer.alloc(70_000, 7)]), { memLevel: 1 }),
  nothing: gzipSync(""),
};

for (const [name, member] of Object.entries(members)) {
  test(`takes apart ${name}: all bits accounted for`, () => {
    const parts = anatomy(member);
    close(sum(parts.bits) + sum(Object.values(parts.overhead)), member.length * 8);
    assert.ok(Buffer.from(parts.text).equals(gunzipSync(member)));
  });
}

test("refuses a stream that was cut off, one that goes on, and one of another text", ({ artifact }) => {
  throwsWith(() => anatomy(members["dynamic codes"]!.subarray(0, 60)), "ends too early");
  throwsWith(
    () => anatomy(Buffer.concat([members["dynamic codes"]!, Buffer.alloc(1)])),
    "before the trailer",
  );
  throwsWith(() => anatomy(gzipSync(text, { level: 0 })), "a block of type 0");
  const other = { ...artifact, gzip: gzipSync(`${artifact.code} `) };
  throwsWith(() => measureHeat(other), "does not hold all.js");
});

test("the bits of the shipping file sum to its length, by characters, tokens, lines and table rows", ({
  artifact,
  heat,
}) => {
  const { bits, characters, tokens, words, lines, code } = heat;
  const overhead = sum(Object.values(heat.overhead));
  const unmapped = tokens.filter(({ line }) => line === null);
  assert.is(bits, artifact.gzip.length * 8);
  close(sum(characters) + overhead, bits);
  for (const parts of [tokens, words, [...lines, ...unmapped]])
    close(sum(parts.map((part) => part.bits)) + overhead, bits);
  const texts = tokens.map(({ start }, index) => code.slice(start, tokens[index + 1]?.start));
  assert.is(texts.join(""), artifact.code);

  const [table] = heatTables(heat, 5);
  const figures = table!.rows.map(([, figure]) => Number(figure));
  assert.is(table!.rows[0]![0], `${lines[0]!.file}:${lines[0]!.line}`);
  assert.is(table!.rows.at(-1)![0], "all");
  assert.is(figures.at(-1), bits);
  assert.ok(Math.abs(sum(figures) - 2 * bits) < figures.length / 10);
});

test("tokens are charged to the line that they were written on", ({ heat: { tokens, sources } }) => {
  const token = tokens.find((each) => each.text.includes("popup_blocked"))!;
  assert.is(token.file, "src/all.ts");
  assert.match(sources["src/all.ts"]![token.line! - 1]!, /popup_blocked/);
});

test("the page holds the whole text once, needs no script and loads nothing", ({ artifact, heat }) => {
  const page = heatPage(heat);
  assert.is(parseHTML(page).document.querySelector("p.text")!.textContent, artifact.code);
  assert.not.match(page, /<script|<link|<[^>]+\s(src|href)=|@import/);
});

test("the command takes the file that npm run size speaks of, so that their figures are the same", () => {
  const { stdout } = runScript("scripts/size/size.ts", ["heat", "--json"], { BUILD_NUMBER: "99" });
  assert.is((JSON.parse(stdout) as Heat).buildNumber, FIXED_NUMBER);
});

test.run();
