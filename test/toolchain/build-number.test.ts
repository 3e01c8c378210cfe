/** A build number that is published counts all commits; where they cannot be counted, nothing is published. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
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

const run = (place: string, script: string, args: string[] = []): Outcome =>
  runProgram(process.execPath, ["--import", "tsx", script, ...args], {}, place);

const SHALLOW =
  /^error: this clone is shallow .*: run "git fetch --unshallow" \(in GitHub Actions: fetch-depth: 0\)$/m;

test("a release from a shallow clone is refused, and leaves nothing", ({ shallow }) => {
  const { status, stderr } = run(shallow, "scripts/release/release.ts", ["--out", "cdn", "--allow-dirty"]);
  assert.is(status, 1, stderr);
  assert.match(stderr, SHALLOW);
  assert.not.ok(existsSync(join(shallow, "cdn")));
});

test("a package from a shallow clone is refused; from no clone, too", ({ shallow, bare }) => {
  const packed = run(shallow, "scripts/package/prepack.ts");
  assert.is(packed.status, 1);
  assert.match(packed.stderr, SHALLOW);
  const { status, stderr } = run(bare, "scripts/package/prepack.ts");
  assert.is(status, 1);
  assert.match(stderr, "this is no git checkout, so give --build-number or BUILD_NUMBER");
});

for (const place of ["shallow", "bare"] as const) {
  test(`a build in a ${place} folder is called dev, says why, and is never released`, (context) => {
    const folder = context[place];
    const { status, stderr } = run(folder, "scripts/build.ts");
    assert.is(status, 0, stderr);
    assert.match(stderr, /^this build is called "dev": .*(clone is shallow|is no git checkout)/);
    // The default folder is the project's, wherever the command was started.
    const manifest = JSON.parse(readFileSync(join(folder, "dist/manifest.json"), "utf8"));
    assert.is(manifest.buildNumber, "dev");
    const released = run(folder, "scripts/release/release.ts", ["--from", "dist", "--out", "cdn"]);
    assert.is(released.status, 1);
    assert.match(released.stderr, "holds a build without a number");
  });
}

test("installing from a clone fills dist/, and leaves one that is there alone", ({ bare }) => {
  rmSync(join(bare, "dist"), { recursive: true, force: true });
  const first = run(bare, "scripts/package/prepare.ts");
  assert.is(first.status, 0, first.stderr);
  for (const name of ["all.js", "all.d.ts", "index.mjs", "index.d.mts", "manifest.json"])
    assert.ok(existsSync(join(bare, "dist", name)), name);
  const again = run(bare, "scripts/package/prepare.ts");
  assert.equal([again.status, again.stdout, again.stderr], [0, "", ""]);
});

test("a number that is given is taken in a shallow clone, too", ({ shallow }) => {
  const { status, stdout } = run(shallow, "scripts/build.ts", ["--build-number", "7", "--json"]);
  assert.is(status, 0);
  assert.is(JSON.parse(stdout).buildNumber, "7");
});

test("an empty number is said to be empty", () => {
  const { status, stderr } = runScript("scripts/build.ts", ["--build-number", ""]);
  assert.is(status, 1);
  assert.is(stderr, "error: the build number is empty\n");
});

test("without --out a build goes into the project, whatever the working folder is", ({ shallow }) => {
  rmSync(join(shallow, "dist"), { recursive: true, force: true });
  const script = join(shallow, "scripts/build.ts");
  const { status, stderr } = run(join(shallow, "test"), script, ["--build-number", "7"]);
  assert.is(status, 0, stderr);
  assert.ok(existsSync(join(shallow, "dist/manifest.json")));
  assert.not.ok(existsSync(join(shallow, "test/dist")));
});

test.run();
