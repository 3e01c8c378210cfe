/** What all commands have in common: an argument that is wrong ends in one line that helps, and exit code 2. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { UsageError, writing } from "../../scripts/cli.ts";
import { runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";

const test = suite<{ folder: string; file: string }>("commands", { folder: "", file: "" });

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "commands-"));
  context.file = join(context.folder, "file");
  writeFileSync(context.file, "kept");
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const REFUSED: [script: string, args: string[], what: string][] = [
  ["test/run.ts", ["--list"], "unknown option '--list'"],
  ["scripts/size/size.ts", ["--list"], "unknown option '--list'"],
  ["scripts/size/size.ts", ["heat", "--list"], "unknown option '--list'"],
  ["scripts/build.ts", ["surplus"], "too many arguments. Expected 0 arguments but got 1."],
  [
    "scripts/build.ts",
    ["--tier", "test"],
    "option '--tier <name>' argument 'test' is invalid. Allowed choices are dev, production.",
  ],
];

for (const [script, args, what] of REFUSED) {
  test(`${script} ${args.join(" ")}: the line says what is wrong, and where to find what is right`, () => {
    const { status, stderr } = runScript(script, args);
    assert.is(status, 2);
    assert.is(stderr, `error: ${what} (--help says what there is)\n`);
  });
}

test("--help is no failure, and names every option", () => {
  const { status, stdout, stderr } = runScript("scripts/build.ts", ["--help"]);
  assert.is(status, 0);
  assert.is(stderr, "");
  for (const option of ["--tier", "--build-number", "--out", "--json"]) assert.match(stdout, option);
});

test("size with a word that names no tool: one line with those that there are; --help lists them", () => {
  const { status, stderr } = runScript("scripts/size/size.ts", ["het"]);
  assert.is(status, 2);
  assert.is(
    stderr,
    'error: there is no "het"; there are accept, tighten, trailers, history, heat, features, names, wire, peers\n',
  );
  const help = runScript("scripts/size/size.ts", ["--help"]);
  assert.match(help.stdout, /Other tools.*\n +accept +accepts growth/);
  for (const tool of [
    "accept",
    "tighten",
    "trailers",
    "history",
    "heat",
    "features",
    "names",
    "wire",
    "peers",
  ]) {
    const own = runScript("scripts/size/size.ts", [tool, "--help"]);
    assert.is(own.status, 0, own.stderr);
    assert.match(own.stdout, `Usage: npm run size -- ${tool} [options]`);
    if (tool !== "peers") assert.match(own.stdout, "--json");
  }
});

for (const script of ["scripts/build.ts", "scripts/package/declarations.ts", "scripts/site/write-site.ts"]) {
  test(`${script} --out, where there is a file already: one line`, ({ file }) => {
    const { status, stderr } = runScript(script, ["--out", file]);
    assert.is(status, 2, stderr);
    assert.match(stderr, `error: --out ${file} cannot be written: E`);
    assert.not.match(stderr, "    at ");
    assert.is(readFileSync(file, "utf8"), "kept");
  });
}

test("size -- heat --out and release --out, below a file: one line", ({ folder, file }) => {
  const page = runScript("scripts/size/size.ts", ["heat", "--out", join(file, "page.html")]);
  assert.is(page.status, 2, page.stderr);
  assert.match(page.stderr, /^error: --out \S+page\.html cannot be written: ENOTDIR/);

  const dist = join(folder, "dist");
  assert.is(runScript("scripts/build.ts", ["--out", dist]).status, 0);
  const release = runScript("scripts/release/release.ts", ["--from", dist, "--out", join(file, "cdn")]);
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
