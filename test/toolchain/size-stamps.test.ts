/** The build number: no lucky one hides a growth. */
import * as assert from "uvu/assert";
import { brotli, gzip } from "../../scripts/build/compress.ts";
import { stamp } from "../../scripts/build/stamp.ts";
import { SHIPPING } from "../../scripts/build/sweep.ts";
import { STAMP } from "../../scripts/config.ts";
import { HEADROOM, SAMPLE } from "../../scripts/size/settings.ts";
import { budgetOf, spreads } from "../../scripts/size/stamps.ts";
import { suite } from "../support/suite.ts";

const test = suite("build numbers and sizes");

// "1000" is everywhere in this text, so that build 1000 costs next to nothing: the number is a lucky one.
const lucky = {
  code: `window.SE={version:"r${STAMP}x",list:"r1000x,sr1000xy,tr1000xz"};`,
  map: JSON.stringify({ version: 3, sources: [], names: [], mappings: "" }),
};

test("the worst number of the sample weighs what it would ship with, whatever the quick sweep gave", async () => {
  // A window of 1 KB costs this text a byte.
  const quick = { ...SHIPPING, brotli: [[10, 3, 120] as const] };
  const { brotli: spread, gzip: other } = await spreads(lucky, quick);
  const codes = SAMPLE.map((number) => stamp(lucky, number).code);
  const shipped = (await Promise.all(codes.map((code) => brotli(code)))).map(({ length }) => length);
  const bounds = await Promise.all(codes.map(async (code) => (await brotli(code, quick)).length));
  assert.ok(Math.max(...bounds) > Math.max(...shipped), "the sweep is a bad one");
  assert.is(spread.worst.length, Math.max(...shipped));
  assert.is(spread.floor, Math.max(...shipped) - Math.min(...shipped));
  // The lucky number is below the budget by more than what is added to it.
  assert.ok((await gzip(stamp(lucky, "1000").code)).length < budgetOf(other) - HEADROOM);
});

test.run();
