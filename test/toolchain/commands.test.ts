/** What all commands have in common: an argument that is wrong ends in one line that helps, and exit code 2. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { UsageError, writing } from "../../scripts/cli.ts";
import { ROOT } from "../../scripts/config.ts";
import { suite } from "../support/suite.ts";

const test = suite<{ folder: string; file: string }>("commands", { folder: "", file: "" });

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "commands-"));
  context.file = join(context.folder, "file");
  writeFileSync(context.file, "kept");
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  status: number | null;
  stderr: string;
}

/** Runs a command as a person would, without npm. */
function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Outcome {
  const { FORCE_COLOR, ...clean } = process.env;
  return spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...clean, NO_COLOR: "1", ...env },
  });
}

test("an unknown option: the line names it, and says where to find the known ones", () => {
  for (const script of ["test/run.ts", "scripts/size/size.ts"]) {
    const { status, stderr } = run(script, ["--list"]);
    assert.is(status, 2, script);
    assert.is(stderr, "error: unknown option '--list' (--help says what there is)\n");
  }
});

test("every command is made in the one way that says so", () => {
  for (const folder of ["scripts", "test"]) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
    for (const name of files.filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))) {
      const text = readFileSync(join(ROOT, folder, name), "utf8");
      const own = `${folder}/${name}` === "scripts/cli.ts";
      assert.is(/\bnew Command\b/.test(text), own, `${folder}/${name}: newCommand of scripts/cli.ts`);
    }
  }
});

for (const script of ["scripts/build.ts", "scripts/package/declarations.ts", "scripts/site/write-site.ts"]) {
  test(`${script} --out, where there is a file already: one line`, ({ file }) => {
    const { status, stderr } = run(script, ["--out", file]);
    assert.is(status, 2, stderr);
    assert.match(stderr, `error: --out ${file} cannot be written: E`);
    assert.not.match(stderr, "    at ");
    assert.is(readFileSync(file, "utf8"), "kept");
  });
}

test("size:heat --out and release --out, below a file: one line", ({ folder, file }) => {
  const page = run("scripts/size/heat.ts", ["--out", join(file, "page.html")]);
  assert.is(page.status, 2, page.stderr);
  assert.match(page.stderr, /^error: --out \S+page\.html cannot be written: ENOTDIR/);

  const dist = join(folder, "dist");
  assert.is(run("scripts/build.ts", ["--out", dist]).status, 0);
  const release = run("scripts/release/release.ts", ["--from", dist, "--out", join(file, "cdn")]);
  assert.is(release.status, 2, release.stderr);
  assert.match(release.stderr, /^error: --out \S+cdn cannot be written: ENOTDIR[^\n]*\n$/);
});

test("what a file system says of another path is a bug, and keeps its stack", async ({ folder, file }) => {
  const failing = (path: string) => () => readFileSync(join(path, "nothing"));
  for (const [path, usage] of [
    [file, true],
    [folder, false],
  ] as const) {
    try {
      await writing("--out", file, failing(path));
      assert.unreachable();
    } catch (error) {
      assert.is(error instanceof UsageError, usage, path);
    }
  }
});

test.run();
