/** The runner's programs: what each one proved, and that a test which passes only sometimes is not passed over. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { bin, pool, type Result, runJob } from "../support/jobs.ts";
import { suite } from "../support/suite.ts";

const test = suite<{ folder: string }>("the runner's programs", { folder: "" });

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "jobs-test-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** Runs a file with these statements, in which `test` is a suite called "own" and `runs` says how often the file ran. */
function runFile(folder: string, statements: string, again?: true): Promise<Result> {
  const module = new URL("../support/suite.ts", import.meta.url).href;
  writeFileSync(
    join(folder, "own.test.ts"),
    `import { appendFileSync, readFileSync } from "node:fs";
     import { suite } from ${JSON.stringify(module)};
     const log = ${JSON.stringify(join(folder, "log"))};
     appendFileSync(log, "x");
     const runs = readFileSync(log, "utf8").length;
     const test = suite("own");
     ${statements}
     test.run();`,
  );
  const args = [bin("uvu"), "--no-color", "-r", "tsx", folder, "own"];
  return runJob({ args, uvu: true, ...(again ? { again } : {}) });
}

const FLAKE = `test("good", () => {}); test("a \\"flake\\"", () => { if (runs === 1) throw new Error("not yet"); });`;

test("a test that fails and then passes is a flake, by name, and what it printed is kept", async ({
  folder,
}) => {
  const { passed, failed, flaky, text } = await runFile(folder, FLAKE, true);
  assert.equal({ passed, failed, flaky }, { passed: 2, failed: 0, flaky: ['own "a "flake""'] });
  assert.match(text, "not yet");
  // Only what failed ran again.
  assert.match(text, /\(1 \/ 2\)[\s\S]*\(1 \/ 1\)/);
});

test("where nothing may run again, it fails", async ({ folder }) => {
  const { passed, failed, flaky } = await runFile(folder, FLAKE);
  assert.equal({ passed, failed, flaky }, { passed: 1, failed: 1, flaky: [] });
  assert.is(readFileSync(join(folder, "log"), "utf8"), "x");
});

test("a test that fails both times fails once", async ({ folder }) => {
  const statements = `${FLAKE} test("bad", () => { throw new Error("never"); });`;
  const { passed, failed, flaky, red } = await runFile(folder, statements, true);
  assert.equal(
    { passed, failed, flaky, red },
    { passed: 2, failed: 1, flaky: ['own "a "flake""'], red: ['own "bad"'] },
  );
});

test("what fails outside of a test has no second chance, and says what it was", async ({ folder }) => {
  const statements = `test("good", () => {}); test.before(() => { if (runs === 1) throw new Error("no browser"); });`;
  const { failed, flaky, text } = await runFile(folder, statements, true);
  assert.equal({ failed, flaky }, { failed: 1, flaky: [] });
  assert.match(text, "no browser");
});

test("a program that is no test passes or fails as a whole", async () => {
  const verdict = async (code: string) => {
    const { passed, failed } = await runJob({ args: ["-e", code] });
    return [passed, failed];
  };
  assert.equal(await verdict("0"), [1, 0]);
  assert.equal(await verdict("process.exit(3)"), [0, 1]);
});

test("the pool starts things in their order, so many at a time", async () => {
  const started: number[] = [];
  let running = 0;
  let most = 0;
  await pool([1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  });
  assert.equal(started, [1, 2, 3, 4, 5]);
  assert.is(most, 2);
});

test.run();
