/** `npm run release` as a person or a script calls it. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parseOptions } from "../../scripts/release/arguments.ts";
import { type Outcome, runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { codeOf, makeDist, servedBy, withFolder } from "./support.ts";

const test = suite("npm run release");

const run = (...args: string[]): Outcome => runScript("scripts/release/release.ts", args);

test("arguments that do not fit are refused with a sentence", () => {
  const cases: [string[], RegExp][] = [
    [["--list", "--stage"], /--list and --stage do not go together/],
    [["--rollback", "7", "--switch", "8"], /--rollback and --switch do not go together/],
    [["--rollback", "7", "--from", "dist"], /--rollback takes a build that is there/],
    [["--from", "dist", "--build-number", "7"], /--build-number is for a new build/],
    [["--list", "--origin", "cdn.example/js"], /--origin takes an origin such as https:/],
    [["--list", "--origin", "https://cdn.example/js"], /--origin takes an origin/],
    [["--list", "--origin", "javascript:alert(1)"], /--origin takes an origin/],
  ];
  for (const [args, said] of cases) {
    assert.throws(
      () => parseOptions(["--out", "x", ...args]),
      (error: Error) => error.name === "UsageError" && said.test(error.message),
      args.join(" "),
    );
  }
  assert.is(parseOptions(["--out", "x", "--origin", "http://cdn.example:81/"]).site, "http://cdn.example:81");
});

test("they end with one line and exit code 2", () => {
  for (const [args, said] of [
    [[], /required option '--out <folder>'/],
    [["--out", "x", "--list", "more"], /too many arguments/],
    [["--out", "x", "--list", "--stage"], /do not go together/],
  ] as [string[], RegExp][]) {
    const { status, stdout, stderr } = run(...args);
    assert.is(status, 2, args.join(" "));
    assert.match(stderr, said);
    assert.is(stderr.trimEnd().split("\n").length, 1, stderr);
    assert.is(stdout, "");
  }
});

test("--help names every option", () => {
  const { status, stdout } = run("--help");
  assert.is(status, 0);
  for (const option of [
    "--out",
    "--from",
    "--stage",
    "--switch",
    "--rollback",
    "--list",
    "--json",
    "--origin",
  ]) {
    assert.match(stdout, option);
  }
});

test("release, list, roll back", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const from = async (number: string) => ["--from", await makeDist(join(folder, number), number)];
    const first = run("--out", root, ...(await from("7")));
    assert.is(first.status, 0, first.stderr);
    assert.match(first.stdout, /\/js\/2\.0\/all\.js serves build 7\n/);
    assert.match(
      first.stdout,
      /\n<script src="\/js\/2\.0\/7\/all\.js" integrity="sha384-\S{64}" crossorigin><\/script>\n$/,
    );
    assert.match(first.stderr, "give --origin https://HOST once");
    const second = run("--out", root, "--json", "--origin", "https://cdn.example", ...(await from("8")));
    const model = JSON.parse(second.stdout);
    assert.equal(model.alias, { before: "7", now: "8", url: "https://cdn.example/js/2.0/all.js" });
    assert.is(model.published, true);
    assert.match(model.tag, `integrity="${model.integrity}"`);

    const back = run("--out", root, "--rollback", "7");
    assert.match(back.stdout, /serves build 7 \(before: 8\)/);
    // The origin was given once.
    assert.match(back.stdout, '<script src="https://cdn.example/js/2.0/7/all.js"');
    assert.is(back.stderr, "");
    assert.is(await servedBy(root), codeOf("7"));

    const list = run("--out", root, "--list");
    assert.match(list.stdout, /^\* 7 .*\n.*<script.*\n {2}8 /);
    await writeFile(join(root, "public/js/2.0/8/all.js"), "alert(1)");
    const damaged = run("--out", root, "--list", "--json");
    assert.is(damaged.status, 1);
    const { alias, builds } = JSON.parse(damaged.stdout);
    assert.equal(alias, { build: "7", problem: null });
    assert.is(builds.length, 2);

    const refused = run("--out", root, "--rollback", "8");
    assert.is(refused.status, 1);
    assert.match(refused.stderr, /^error: \S+all\.js is not what its manifest says/);
    assert.is(refused.stderr.trimEnd().split("\n").length, 1);
  });
});

test("without --from it builds, and the build it lays out is the real one", async () => {
  await withFolder(async (folder) => {
    const { status, stdout, stderr } = run(
      ...["--out", join(folder, "cdn"), "--build-number", "12345", "--allow-dirty", "--json"],
    );
    assert.is(status, 0, stderr);
    assert.is(JSON.parse(stdout).build, "12345");
    assert.match((await servedBy(join(folder, "cdn")))!, /12345/);
  });
});

test.run();
