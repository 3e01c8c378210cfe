/** A build number that is published counts all commits; where they cannot be counted, nothing is published. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { git } from "../../scripts/git.ts";
import { type Outcome, runProgram, runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";

interface Context {
  /** A clone of depth 1, and the same files without git. */
  shallow: string;
  bare: string;
}

const test = suite<Context>("the build number", {} as Context);

test.before((context) => {
  const folder = mkdtempSync(join(tmpdir(), "build-number-"));
  context.shallow = join(folder, "shallow");
  context.bare = join(folder, "bare");
  const cloned = runProgram("git", ["clone", "--quiet", "--depth", "1", `file://${ROOT}`, context.shallow]);
  assert.is(cloned.status, 0, cloned.stderr);
  for (const path of ["scripts", "src", "package.json"])
    cpSync(join(ROOT, path), join(context.shallow, path), { recursive: true });
  cpSync(context.shallow, context.bare, { recursive: true, filter: (path) => !path.endsWith("/.git") });
  for (const place of [context.shallow, context.bare])
    symlinkSync(join(ROOT, "node_modules"), join(place, "node_modules"));
});
test.after(({ shallow }) => rmSync(join(shallow, ".."), { recursive: true, force: true }));

/** Runs a script of the project in `place`, from its folder `from`. */
const run = (place: string, script: string, args: string[] = [], from = "."): Outcome =>
  runProgram(process.execPath, ["--import", "tsx", join(place, script), ...args], {}, join(place, from));

const SHALLOW =
  /^error: this clone is shallow .*: run "git fetch --unshallow" \(in GitHub Actions: fetch-depth: 0\)$/m;

test("it is the argument's, then the environment's, then the count of commits; never empty", ({
  shallow,
}) => {
  const numberOf = ({ status, stdout, stderr }: Outcome): string => {
    assert.is(status, 0, stderr);
    return JSON.parse(stdout).buildNumber;
  };
  const args = ["--json", "--out", join(shallow, "out")];
  const here = (more: string[], BUILD_NUMBER?: string): Outcome =>
    runScript("scripts/build.ts", [...args, ...more], BUILD_NUMBER ? { BUILD_NUMBER } : {});
  assert.is(numberOf(here(["--build-number", "a"], "b")), "a");
  assert.is(numberOf(here([], "b")), "b");
  assert.is(numberOf(here([])), git("rev-list", "--count", "HEAD"));
  assert.is(numberOf(run(shallow, "scripts/build.ts", ["--json", "--build-number", "7"])), "7");
  const { status, stderr } = here(["--build-number", ""]);
  assert.equal([status, stderr], [1, "error: the build number is empty\n"]);
});

test("no release and no package from a shallow clone, and none from outside of git", ({ shallow, bare }) => {
  const released = run(shallow, "scripts/release/release.ts", ["--out", "cdn", "--allow-dirty"]);
  const packed = run(shallow, "scripts/package/make.ts");
  for (const { status, stderr } of [released, packed]) {
    assert.is(status, 1);
    assert.match(stderr, SHALLOW);
  }
  const { status, stderr } = run(bare, "scripts/package/make.ts");
  assert.is(status, 1);
  assert.match(stderr, "this is no git checkout, so give --build-number or BUILD_NUMBER");
  assert.not.ok(existsSync(join(shallow, "cdn")));
});

for (const place of ["shallow", "bare"] as const) {
  test(`a build in a ${place} folder is called dev, says why, and is never released`, (context) => {
    const folder = context[place];
    rmSync(join(folder, "dist"), { recursive: true, force: true });
    // The default folder is the project's, wherever the command was started.
    const { status, stderr } = run(folder, "scripts/build.ts", [], "scripts");
    assert.is(status, 0, stderr);
    assert.match(stderr, /^this build is called "dev": .*(clone is shallow|is no git checkout)/);
    const manifest = JSON.parse(readFileSync(join(folder, "dist/manifest.json"), "utf8"));
    assert.is(manifest.buildNumber, "dev");
    const released = run(folder, "scripts/release/release.ts", ["--from", "dist", "--out", "cdn"]);
    assert.is(released.status, 1);
    assert.match(released.stderr, "holds a build without a number");
  });
}

test("installing from a clone fills dist/, and leaves one that is there alone", ({ bare }) => {
  rmSync(join(bare, "dist"), { recursive: true, force: true });
  const first = run(bare, "scripts/package/make.ts", ["--if-missing"]);
  assert.is(first.status, 0, first.stderr);
  for (const name of ["all.js", "all.d.ts", "index.mjs", "index.d.mts", "manifest.json"])
    assert.ok(existsSync(join(bare, "dist", name)), name);
  const again = run(bare, "scripts/package/make.ts", ["--if-missing"]);
  assert.equal([again.status, again.stdout, again.stderr], [0, "", ""]);
});

test.run();
