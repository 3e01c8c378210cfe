/** What all commands have in common: an argument that is wrong ends in one line that helps, and exit code 2. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { UsageError, writing } from "../../scripts/cli.ts";
import { runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";

const test = suite("commands");
const SIZE = "scripts/size/size.ts";
const TOOLS = ["accept", "tighten", "trailers", "history", "heat", "features", "names", "wire", "peers"];

const folder = mkdtempSync(join(tmpdir(), "commands-"));
const file = join(folder, "file");
test.before(() => writeFileSync(file, "kept"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const HELP = "(--help says what there is)";
const REFUSED: [line: string, script: string, ...args: string[]][] = [
  [`unknown option '--list' ${HELP}`, "test/run.ts", "--list"],
  [`unknown option '--list' ${HELP}`, SIZE, "--list"],
  [`unknown option '--list' ${HELP}`, SIZE, "heat", "--list"],
  [`too many arguments. Expected 0 arguments but got 1. ${HELP}`, "scripts/build.ts", "surplus"],
  [
    `option '--tier <name>' argument 'test' is invalid. Allowed choices are dev, production. ${HELP}`,
    ...(["scripts/build.ts", "--tier", "test"] as const),
  ],
  [
    `option '--port <number>' argument '70000' is invalid. Expected 0 to 65533. ${HELP}`,
    ...(["scripts/start.ts", "--port", "70000"] as const),
  ],
  [`there is no "het"; there are ${TOOLS.join(", ")}`, SIZE, "het"],
  [`--max-growth takes whole bytes or per cent, as in 10B or 1%, not "1.5B"`, SIZE, "--max-growth", "1.5B"],
  ["--json needs a file beside --markdown", SIZE, "--json", "--markdown"],
  [`--range takes "a..b", or one commit with everything before it`, SIZE, "trailers", "--range", "..HEAD"],
];
for (const [line, script, ...args] of REFUSED) {
  test(`${script} ${args.join(" ")}: the line says what is wrong, and where to find what is right`, () => {
    const { status, stdout, stderr } = runScript(script, args);
    assert.equal([status, stdout, stderr], [2, "", `error: ${line}\n`]);
  });
}

test("--help is no failure, names every option, and size's lists the other tools, which have their own", () => {
  const help = (script: string, ...args: string[]): string => {
    const { status, stdout, stderr } = runScript(script, [...args, "--help"]);
    assert.equal([status, stderr], [0, ""]);
    return stdout;
  };
  const build = help("scripts/build.ts");
  for (const option of ["--tier", "--build-number", "--out", "--json"]) assert.match(build, option);
  assert.match(help(SIZE), /Other tools.*\n +accept +accepts growth/);
  for (const tool of TOOLS) {
    const own = help(SIZE, tool);
    assert.match(own, `Usage: npm run size -- ${tool} [options]`);
    if (tool !== "peers") assert.match(own, "--json");
  }
});

const UNWRITABLE: [out: string, script: string, ...args: string[]][] = [
  [file, "scripts/build.ts"],
  [file, "scripts/site/write-site.ts"],
  [join(file, "page.html"), SIZE, "heat"],
  [join(file, "cdn"), "scripts/release/release.ts", "--from", join(folder, "dist")],
];
for (const [out, script, ...args] of UNWRITABLE) {
  test(`${script} ${args[0] ?? ""} --out, where there is a file already: one line`, () => {
    if (args[0] === "--from") assert.is(runScript("scripts/build.ts", ["--out", args[1]!]).status, 0);
    const { status, stderr } = runScript(script, [...args, "--out", out]);
    assert.is(status, 2, stderr);
    assert.match(stderr, `error: --out ${out} cannot be written: E`);
    assert.not.match(stderr, "    at ");
    assert.is(readFileSync(file, "utf8"), "kept");
  });
}

test("what a file system says of another path is a bug, and keeps its stack", async () => {
  for (const path of [file, folder]) {
    const error = await writing("--out", file, () => readFileSync(join(path, "nothing"))).catch(
      (thrown) => thrown,
    );
    assert.is(error instanceof UsageError, path === file, path);
  }
});

test.run();
