/** The test run: nothing that failed, or ran no test, may look green; and never fewer engines than asked for. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { npmChromium } from "../support/engines/install.ts";
import { bin, type Result, runJob } from "../support/jobs.ts";
import { suite } from "../support/suite.ts";

const test = suite<{ folder: string }>("the test run", { folder: "" });

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "runner-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const support = (file: string): string =>
  JSON.stringify(new URL(`../support/${file}.ts`, import.meta.url).href);

/** Runs a file of these statements, in which `test` is a suite called "own" and `runs` says how often the file ran. */
function runFile(folder: string, statements: string, again?: true): Promise<Result> {
  writeFileSync(
    join(folder, "own.test.ts"),
    `import { appendFileSync, readFileSync } from "node:fs";
     import { suite } from ${support("suite")};
     appendFileSync(${JSON.stringify(join(folder, "log"))}, "x");
     const runs = readFileSync(${JSON.stringify(join(folder, "log"))}, "utf8").length;
     const test = suite("own");
     ${statements}`,
  );
  const args = [bin("uvu"), "--no-color", "-r", "tsx", folder, "\\.test\\.ts$"];
  return runJob({ args, uvu: true, ...(again ? { again } : {}) });
}

const GOOD = `test("good", () => {});`;
const THREE = `${GOOD} test("bad", () => { throw new Error("never"); });
  test("a \\"flake\\"", () => { if (runs === 1) throw new Error("not yet"); }); test.run();`;

test("what failed runs once more, alone: a flake is named, and what fails again fails once", async ({
  folder,
}) => {
  const { passed, failed, flaky, red, text } = await runFile(folder, THREE, true);
  assert.equal([passed, failed, flaky, red], [2, 1, ['own "a "flake""'], ['own "bad"']]);
  assert.match(text, /\(1 \/ 3\)[\s\S]*not yet[\s\S]*\(1 \/ 2\)/);
});

for (const [what, statements, words] of [
  ["something that is no Error is thrown", `test("string", () => { throw "oops"; }); test.run();`, "oops"],
  ["a suite is not run", GOOD, "lacks test.run()"],
  ["a suite has no test", "test.run();", "0 of its 0 tests"],
  [
    "a hook throws",
    `${GOOD} test.before(() => { throw new Error("no browser"); }); test.run();`,
    "no browser",
  ],
  [
    "a test fails, where nothing may run again",
    `test("late", () => { if (runs === 1) throw new Error("not yet"); }); test.run();`,
    "not yet",
  ],
  ["a test ends the process", `test("end", () => process.exit(0)); test.run();`, "0 of its 1 tests"],
] as const)
  test(`${what}: it fails, and says so`, async ({ folder }) => {
    const { failed, text } = await runFile(folder, statements);
    assert.is(failed, 1);
    assert.match(text, words);
  });

test("a file without a suite fails among others, and so does a run without files", async ({ folder }) => {
  const empty = await runJob({ args: [bin("uvu"), "-r", "tsx", folder, "\\.test\\.ts$"], uvu: true });
  assert.equal([empty.passed, empty.failed], [0, 1]);
  writeFileSync(join(folder, "empty.test.ts"), "");
  const { passed, failed } = await runFile(folder, `${GOOD} test.run();`);
  assert.equal([passed, failed], [1, 1]);
});

test("a program that is no test passes or fails as a whole", async () => {
  for (const code of [0, 3]) {
    const { passed, failed } = await runJob({ args: ["-e", `process.exit(${code})`] });
    assert.equal([passed, failed], code ? [0, 1] : [1, 0]);
  }
});

/** The engines of a machine whose programs are only those of `folder`, or why there are none. */
function select(folder: string, engines = ""): string {
  const { CHROMIUM, FIREFOX, ...env } = process.env;
  const script = `const { selectEngines } = await import(${support("browsers")});
    try { console.log(String(selectEngines().map(({ name }) => name))); } catch (error) { console.log(error.message); }`;
  const args = ["--import", "tsx", "--input-type=module", "-e", script];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...env, PATH: folder, ENGINES: engines },
  });
  assert.ok(stdout, stderr);
  return stdout.split("\n")[0]!;
}

test("an unknown engine is named, and one that cannot be had, with what is missing", ({ folder }) => {
  assert.match(select(folder, "chromium,lynx"), 'ENGINES: "lynx" is no engine; there are chromium, firefox,');
  assert.match(select(folder, "firefox"), "no firefox to test with: apt-get could not install firefox-esr");
});

test("nothing asked for: the first that is there, or the npm registry's Chromium, or it fails", ({
  folder,
}) => {
  // Here, or on another machine: one of the two, never an empty run.
  if (npmChromium()) assert.is(select(folder), "chromium");
  else assert.match(select(folder), "no chromium to test with");
  writeFileSync(join(folder, "chromium"), "#!/bin/sh\n", { mode: 0o755 });
  assert.is(select(folder), "chromium");
});

test("a missing engine is installed by apt-get, which is asked again when it fails", ({ folder }) => {
  const program = (name: string, text: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program("sudo", '[ "$1" = -n ] && shift; exec "$@"');
  for (const name of ["true", "env"]) symlinkSync(`/usr/bin/${name}`, join(folder, name));
  // The second try makes a browser.
  program(
    "apt-get",
    `[ "$1" = --version ] && exit 0
     echo "$DEBIAN_FRONTEND $*" >> ${folder}/log
     [ "$1" = update ] && exit 0
     [ -e ${folder}/tried ] || { : > ${folder}/tried; exit 100; }
     echo '#!/bin/sh' > ${folder}/firefox-esr; /bin/chmod +x ${folder}/firefox-esr`,
  );
  assert.is(select(folder, "firefox"), "firefox");
  const install = "noninteractive install -y -qq --no-install-recommends firefox-esr\n";
  const update = "noninteractive update -qq\n";
  assert.is(readFileSync(join(folder, "log"), "utf8"), update + install + update + install);
});

test.run();
