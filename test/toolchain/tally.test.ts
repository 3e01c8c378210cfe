/** What the runner reads from a uvu run: an empty one proves nothing, unless it says which engines it is for. */
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { readUvu } from "../support/tally.ts";

const test = suite("what a run proved");

const figures = (total: number, passed: number) =>
  `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   0\n`;
const forOthers = `  Engines:   none\n  For other engines: "severed popups" runs in firefox\n`;

test("all passed, or some did not", () => {
  assert.equal(readUvu({ code: 0, text: figures(3, 3) }), { passed: 3, failed: 0 });
  assert.equal(readUvu({ code: 1, text: figures(3, 1) }), { passed: 1, failed: 2 });
});

test("a run of no tests fails, and so does one that ended badly", () => {
  assert.equal(readUvu({ code: 0, text: figures(0, 0) }), { passed: 0, failed: 1 });
  assert.equal(readUvu({ code: 0, text: "" }), { passed: 0, failed: 1 });
  assert.equal(readUvu({ code: 1, text: figures(2, 2) }), { passed: 2, failed: 1 });
});

test("a file for other engines than those under test may hold none, unless it ended badly", () => {
  assert.equal(readUvu({ code: 0, text: figures(0, 0) + forOthers }), { passed: 0, failed: 0 });
  assert.equal(readUvu({ code: 1, text: figures(0, 0) + forOthers }), { passed: 0, failed: 1 });
});

test.run();
