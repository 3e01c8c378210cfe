/** The build number: no lucky one hides a growth. */
import * as assert from "uvu/assert";
import { brotli, gzip } from "../../scripts/build/compress.ts";
import { stamp } from "../../scripts/build/stamp.ts";
import { BOUND } from "../../scripts/build/sweep.ts";
import { STAMP } from "../../scripts/config.ts";
import { SAMPLE } from "../../scripts/size/settings.ts";
import { budgetFor, findOverrun, nextNumbers, sampleBudget, spreads } from "../../scripts/size/stamps.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite("build numbers and sizes");

// "1000" is everywhere in this text, so that build 1000 costs next to nothing: the number is a lucky one.
const lucky = {
  code: `window.SE={version:"r${STAMP}x",list:"r1000x,sr1000xy,tr1000xz"};`,
  map: JSON.stringify({ version: 3, sources: [], names: [], mappings: "" }),
};
const file = { prepared: lucky, quick: BOUND };
const lengthAt = async (number: string): Promise<number> => (await gzip(stamp(lucky, number).code)).length;

test("a budget that only a lucky build number holds fails, with the number that breaks it", async () => {
  const budget = await lengthAt("1000");
  assert.is(await findOverrun(file, ["1000"], "gzip", budget), null);
  const overrun = await findOverrun(file, ["1000", "7316", "1001"], "gzip", budget);
  assert.ok(overrun && overrun.buildNumber !== "1000");
  assert.ok(overrun.size > budget);
  assert.is(overrun.size, await lengthAt(overrun.buildNumber));
});

test("the worst number of the sample weighs what it would ship with, whatever bound the quick sweep gave", async () => {
  // A window of 1 KB costs this text a byte.
  const quick = { ...BOUND, brotli: [[10, 3, 120] as const] };
  const { brotli: spread } = await spreads({ prepared: lucky, quick });
  const codes = SAMPLE.map((number) => stamp(lucky, number).code);
  const shipped = await Promise.all(codes.map(async (code) => (await brotli(code)).length));
  const bounds = await Promise.all(codes.map(async (code) => (await brotli(code, quick)).length));
  assert.ok(Math.max(...bounds) > Math.max(...shipped), "the sweep is a bad one");
  assert.is(spread.worst.length, Math.max(...shipped));
});

test("a budget for the worst number holds for all of them, and is not a byte too large", async () => {
  const before = process.env.BUILD_NUMBER;
  process.env.BUILD_NUMBER = "7300";
  try {
    assert.is(nextNumbers().length, 100);
    const spread = { floor: 0, worstNumber: "1000", worst: await gzip(stamp(lucky, "1000").code) };
    const budget = await budgetFor(file, spread, "gzip");
    assert.ok(budget > sampleBudget(spread));
    assert.is(await findOverrun(file, nextNumbers(), "gzip", budget), null);
    assert.ok(await findOverrun(file, nextNumbers(), "gzip", budget - 1));
    process.env.BUILD_NUMBER = "7300-rc1";
    throwsWith(() => nextNumbers(), "the build number 7300-rc1 is no whole number");
  } finally {
    if (before === undefined) delete process.env.BUILD_NUMBER;
    else process.env.BUILD_NUMBER = before;
  }
});

test.run();
