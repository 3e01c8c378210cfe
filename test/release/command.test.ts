/** `npm run release` as a person or a script calls it. */
import { chmod, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { layout } from "../../scripts/release/folders.ts";
import { type Outcome, runProgram, runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { codeOf, makeDist, servedBy, withRelease } from "./support.ts";

const test = suite("npm run release");

const run = (...args: string[]): Outcome => runScript("scripts/release/release.ts", args);

/** Asserts that a command ended with this code and this one line. */
function assertSaid({ status, stderr }: Outcome, code: number, said: RegExp): void {
  assert.is(status, code, stderr);
  assert.match(stderr, said);
  assert.is(stderr.trimEnd().split("\n").length, 1, stderr);
}

test("arguments that do not fit end with one line and exit code 2", () => {
  const cases: [args: string, said: RegExp][] = [
    ["--list", /required option '--out <folder>'/],
    ["--out x --list more", /too many arguments/],
    ["--out x --list --stage", /'--list' cannot be used with option '--stage'/],
    ["--out x --rollback 7 --switch 8", /'--switch <build>' cannot be used with option '--rollback/],
    ["--out x --rollback 7 --from dist", /'--rollback <build>' cannot be used with option '--from/],
    ["--out x --from dist --build-number 7", /'--from <folder>' cannot be used with option '--build-number/],
    ["--out x --list --origin cdn.example/js", /--origin takes an origin such as https:/],
    ["--out x --list --origin https://cdn.example/js", /--origin takes an origin/],
    ["--out x --list --origin javascript:alert(1)", /--origin takes an origin/],
  ];
  for (const [args, said] of cases) assertSaid(run(...args.split(" ")), 2, said);
});

test("stage, switch, release, roll back: the alias moves in all three forms, and the tag names where it is served", async () => {
  await withRelease([], async (root, folder) => {
    const ok = (...args: string[]) => {
      const { status, stdout, stderr } = run("--out", root, ...args);
      assert.is(status, 0, stderr);
      return { stdout, stderr };
    };
    const dist = (number: string) => makeDist(join(folder, number), number);
    const staged = ok("--from", await dist("7"), "--stage");
    const tag =
      /serves nothing yet\n<script src="\/js\/2\.0\/7\/all\.js" integrity="sha384-\S{64}" crossorigin><\/script>\n$/;
    assert.match(staged.stdout, tag);
    assert.match(staged.stderr, "give --origin https://HOST once");
    assert.is(await servedBy(root), null);
    assert.match(ok("--switch", "7").stdout, /\/js\/2\.0\/all\.js serves build 7\n/);
    assert.is(await servedBy(root), codeOf("7"));
    assert.match(ok("--from", await dist("8"), "--stage").stdout, "serves build 7, as before");
    assert.is(await servedBy(root), codeOf("7"));

    const origin = "https://cdn.example:81";
    const { alias, ...model } = JSON.parse(
      ok("--from", join(folder, "8"), "--json", "--origin", `${origin}/`).stdout,
    );
    assert.equal(alias, { before: "7", now: "8", url: `${origin}/js/2.0/all.js` });
    assert.is(model.published, false);
    assert.is(
      model.tag,
      `<script src="${origin}/js/2.0/8/all.js" integrity="${model.integrity}" crossorigin></script>`,
    );
    assert.is(await servedBy(root), codeOf("8"));

    await chmod(folder, 0o700);
    const back = ok("--rollback", "7");
    assert.match(back.stdout, /serves build 7 \(before: 8\)/);
    // The origin was given once.
    assert.match(back.stdout, `<script src="${origin}/js/2.0/7/all.js"`);
    assert.match(back.stderr, /^only its owner may enter \S+: a web server of another user answers 403\n$/);
    assert.is(await servedBy(root), codeOf("7"));
  });
});

test("--list fails when a build is damaged, or pages do not get the alias", async () => {
  await withRelease(["7", "8"], async (root) => {
    const at = layout(root);
    const fine = run("--out", root, "--list");
    assert.is(fine.status, 0, fine.stderr);
    assert.match(
      fine.stdout,
      /^ {2}7 .*\n.*<script.*\n\* 8 .*\n.*<script.*\n {2}\/js\/2\.0\/all\.js {2}serves build 8\n$/,
    );

    await writeFile(join(at.build("7"), "all.js.gz"), "");
    const damaged = run("--out", root, "--list", "--json");
    assertSaid(damaged, 1, /a published build is damaged/);
    const { alias, builds } = JSON.parse(damaged.stdout);
    assert.equal(alias, { build: "8", problem: null });
    assert.match(builds[0].damage, /all\.js is not what its manifest says/);
    assert.equal([builds[0].tag, builds[1].damage], [null, null]);
    assertSaid(run("--out", root, "--rollback", "7"), 1, /^error: \S+all\.js is not what its manifest says/);

    await rm(at.build("7"), { recursive: true });
    await rm(at.current);
    const broken = run("--out", root, "--list");
    assertSaid(broken, 1, /^error: pages that load the alias do not get it\n/);
    assert.match(broken.stdout, /\/js\/2\.0\/all\.js {2}the alias serves nothing yet: --switch BUILD/);
    await rm(at.scripts, { recursive: true });
    await writeFile(at.scripts, "no folder");
    assertSaid(run("--out", root, "--list"), 1, /^error: the builds cannot be listed: ENOTDIR/);
  });
});

/** Runs the command in a process that can make no file longer than nothing: what a full disk leaves it. */
const onFullDisk = (...args: string[]): Outcome =>
  runProgram("bash", [
    ...["-c", 'trap "" XFSZ; ulimit -f 0; exec "$0" --import tsx scripts/release/release.ts "$@"'],
    ...[process.execPath, ...args],
  ]);

test("a full disk: a rollback goes through, and a release is refused in a sentence, with the old build served", async () => {
  await withRelease(["7", "8"], async (root, folder) => {
    const back = onFullDisk("--out", root, "--rollback", "7");
    assert.is(back.status, 0, back.stderr);
    assert.is(await servedBy(root), codeOf("7"));

    const from = await makeDist(join(folder, "9"), "9");
    const refused = onFullDisk("--out", root, "--from", from);
    assertSaid(refused, 1, /^error: EFBIG: .*\. The alias serves build 7\n$/);
    assert.is(await servedBy(root), codeOf("7"));
    assert.equal(await readdir(join(root, "private")), ["maps"]);
  });
});

test("without --from it builds, and the build it lays out is the real one", async () => {
  await withRelease([], async (root) => {
    const { status, stdout, stderr } = run(
      ...["--out", root, "--build-number", "12345", "--allow-dirty", "--json"],
    );
    assert.is(status, 0, stderr);
    assert.is(JSON.parse(stdout).build, "12345");
    assert.match((await servedBy(root))!, /12345/);
  });
});

test.run();
