/** What the runner reads from a uvu run: a file that runs no test fails, unless it says which engines it is for. */
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { emptyFiles, failedTests, leftSuites, noTest, readUvu, withoutLeft } from "../support/tally.ts";

const test = suite("what a run proved");

const figures = (total: number, passed: number) =>
  `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   0\n`;
const file = (name: string, ...suites: string[]) => `${name}\n${suites.join("\n")}\n`;
const three = file("one.test.ts", " a suite  • • •   (3 / 3)");
const forOthers = `${noTest("coop.test.ts")} "severed popups" is for firefox\n`;

test("all passed, or some did not", () => {
  assert.equal(readUvu({ code: 0, text: three + figures(3, 3) }), { passed: 3, failed: 0 });
  assert.equal(readUvu({ code: 1, text: three + figures(3, 1) }), { passed: 1, failed: 2 });
});

test("a run that ended badly fails, and one without figures", () => {
  assert.equal(readUvu({ code: 0, text: "" }), { passed: 0, failed: 1 });
  assert.equal(readUvu({ code: 1, text: three + figures(3, 3) }), { passed: 3, failed: 1 });
});

test("a file that runs no test fails, among others too, unless it says that it is for other engines", () => {
  const empty = file("coop.test.ts");
  const text = three + empty + figures(3, 3);
  assert.equal(emptyFiles(text), ["coop.test.ts"]);
  assert.equal(emptyFiles(file("coop.test.ts", " a suite    (0 / 0)") + three), ["coop.test.ts"]);
  assert.equal(readUvu({ code: 0, text }), { passed: 3, failed: 1 });
  assert.equal(readUvu({ code: 0, text: empty + figures(0, 0) }), { passed: 0, failed: 1 });
  assert.equal(readUvu({ code: 0, text: text + forOthers }), { passed: 3, failed: 0 });
  assert.equal(readUvu({ code: 0, text: empty + figures(0, 0) + forOthers }), { passed: 0, failed: 0 });
  assert.equal(readUvu({ code: 1, text: empty + figures(0, 0) + forOthers }), { passed: 0, failed: 1 });
});

test("the tests that failed are known by suite and title", () => {
  const text = `endings (chromium)  • ✘   (1 / 2)

   FAIL  endings (chromium)  "the answer comes twice: one "success""
    waited 10000 ms in vain for bench.calls.length

   FAIL  login (chromium)  "approve"
    Expected values to be equal
`;
  assert.equal(failedTests(text), [
    'endings (chromium) "the answer comes twice: one "success""',
    'login (chromium) "approve"',
  ]);
});

test("what is for other engines is known by suite, and left out of what is shown", () => {
  const ends = "  Total:     3";
  const text = `${file("coop.test.ts")}\n${three}\n${ends}\n  ${forOthers}`;
  assert.equal(leftSuites(text), [{ title: "severed popups", line: forOthers.trimEnd() }]);
  assert.is(withoutLeft(text).trim(), `${three}\n${ends}`);
});

test.run();
