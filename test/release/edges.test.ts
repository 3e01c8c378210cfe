/** What a release meets on a real machine: a strict umask, a full disk, a folder that somebody has been at. */
import { chmod, lstat, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { checkAlias, listBuilds } from "../../scripts/release/describe.ts";
import { FORMS, layout } from "../../scripts/release/folders.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { type Outcome, runProgram, runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { codeOf, makeDist, servedBy, withFolder } from "./support.ts";

const test = suite("release at the edges");

const run = (...args: string[]): Outcome => runScript("scripts/release/release.ts", args);

async function withRelease(use: (root: string, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    for (const number of ["7", "8"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    await use(root, folder);
  });
}

/** Does `work` with this umask. */
async function withUmask<T>(umask: number, work: () => Promise<T>): Promise<T> {
  const before = process.umask(umask);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
}

/** What under `folder` somebody may not read, as paths. */
async function closedIn(folder: string): Promise<string[]> {
  const found = await lstat(folder);
  if (found.isSymbolicLink()) return [];
  if (!found.isDirectory()) return found.mode & 0o004 ? [] : [folder];
  const below = await Promise.all((await readdir(folder)).map((name) => closedIn(join(folder, name))));
  return [...((found.mode & 0o005) === 0o005 ? [] : [folder]), ...below.flat()];
}

test("with umask 077 everything that is served can be read by everybody, and so can the folders that were made", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "deep/in/cdn");
    const at = layout(root);
    const from = await makeDist(join(folder, "7"), "7");
    await withUmask(0o077, () => release({ root, from }));
    assert.equal(await closedIn(at.publicRoot), []);
    assert.equal(await closedIn(at.nginx), []);
    for (const path of [join(folder, "deep"), join(folder, "deep/in"), root])
      assert.is((await lstat(path)).mode & 0o005, 0o005, path);
  });
});

test("a release and a rollback open what an older one left closed", async () => {
  await withRelease(async (root, folder) => {
    const at = layout(root);
    const close = async () => {
      await chmod(join(at.build("7"), "all.js.br"), 0o600);
      for (const path of [at.build("7"), at.scripts, at.publicRoot]) await chmod(path, 0o700);
    };
    await close();
    await switchTo(root, "7");
    assert.equal(await closedIn(at.publicRoot), []);
    await close();
    await release({ root, from: join(folder, "7") });
    assert.equal(await closedIn(at.publicRoot), []);
  });
});

test("a folder that only its owner may enter is named, once the release is done", async () => {
  await withRelease(async (root, folder) => {
    assert.is(run("--out", root, "--rollback", "7", "--origin", "https://cdn.example").stderr, "");
    await chmod(folder, 0o700);
    const { status, stderr } = run("--out", root, "--rollback", "8");
    assert.is(status, 0);
    assert.match(stderr, `only its owner may enter ${folder}: a web server`);
  });
});

test("--list fails when pages do not get the alias, and says why", async () => {
  await withRelease(async (root) => {
    const at = layout(root);
    const fine = run("--out", root, "--list");
    assert.is(fine.status, 0, fine.stderr);
    assert.match(fine.stdout, /\n {2}\/js\/2\.0\/all\.js {2}serves build 8\n$/);

    const nothing = async () => {};
    const breakages: [what: string, path: string, put: (path: string) => Promise<unknown>, said: RegExp][] = [
      ...FORMS.map((form): (typeof breakages)[number] => [
        form,
        at.alias(form),
        nothing,
        /\/all\.js\S* is missing/,
      ]),
      ["a link elsewhere", at.alias("all.js"), (path) => symlink("nowhere", path), /all\.js should lead to/],
      ["no current", at.current, nothing, /the alias serves nothing yet/],
      [
        "current elsewhere",
        at.current,
        (path) => symlink("/other/8", path),
        /current should lead to a build/,
      ],
      ["a folder for current", at.current, (path) => mkdir(path), /should lead to a build, and is no link/],
      ["no build behind it", at.build("8"), nothing, /there is no build 8/],
      ["half a build behind it", join(at.build("8"), "all.js.br"), nothing, /all\.js\.br is missing/],
    ];
    const away = join(root, "away");
    for (const [what, path, put, said] of breakages) {
      await rename(path, away);
      await put(path);
      assert.match((await checkAlias(root)).problem ?? "", said, what);
      await rm(path, { recursive: true, force: true });
      await rename(away, path);
    }
    assert.equal(await checkAlias(root), { build: "8", problem: null });

    await rm(at.current);
    const broken = run("--out", root, "--list");
    assert.is(broken.status, 1);
    assert.match(broken.stdout, /\/js\/2\.0\/all\.js {2}the alias serves nothing yet: --switch BUILD/);
    assert.is(broken.stderr, "error: pages that load the alias do not get it\n");
    const json = run("--out", root, "--list", "--json");
    assert.is(json.status, 1);
    assert.match(JSON.parse(json.stdout).alias.problem, "serves nothing yet");
  });
});

test("what a web server may not read is no sound build, and no sound alias", async () => {
  await withRelease(async (root) => {
    const at = layout(root);
    for (const path of [join(at.build("8"), "all.js.gz"), at.build("8"), at.scripts, at.publicRoot]) {
      const { mode } = await lstat(path);
      await chmod(path, mode & 0o700);
      const said = `${path} has mode ${(mode & 0o700).toString(8)}: a web server may not read it (chmod a+rX)`;
      assert.is((await checkAlias(root)).problem, said);
      if (path.startsWith(at.build("8"))) assert.is((await listBuilds(root)).at(-1)!.damage, said);
      await chmod(path, mode);
    }
    await rm(at.scripts, { recursive: true });
    await writeFile(at.scripts, "no folder");
    const { status, stderr } = run("--out", root, "--list");
    assert.is(status, 1);
    assert.match(stderr, /^error: the builds cannot be listed: ENOTDIR.*\n$/);
  });
});

/** Runs the command in a process that can make no file longer than nothing: what a full disk leaves it. */
const onFullDisk = (...args: string[]): Outcome =>
  runProgram("bash", [
    ...["-c", 'trap "" XFSZ; ulimit -f 0; exec "$0" --import tsx scripts/release/release.ts "$@"'],
    ...[process.execPath, ...args],
  ]);

test("a full disk: a rollback goes through, and a release is refused in a sentence, with the old build served", async () => {
  await withRelease(async (root, folder) => {
    const back = onFullDisk("--out", root, "--rollback", "7");
    assert.is(back.status, 0, back.stderr);
    assert.is(await servedBy(root), codeOf("7"));

    const from = await makeDist(join(folder, "9"), "9");
    const refused = onFullDisk("--out", root, "--from", from);
    assert.is(refused.status, 1);
    assert.match(refused.stderr, /^error: EFBIG: .*\. The alias serves build 7\n$/);
    assert.is(await servedBy(root), codeOf("7"));
    assert.equal(await readdir(join(root, "private")), ["maps"]);
  });
});

test("a build number that no folder can have is refused before anything is made", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const from = await makeDist(join(folder, "dist"), "9".repeat(101));
    for (const args of [
      ["--from", from],
      ["--rollback", "9".repeat(300)],
    ]) {
      const { status, stderr } = run("--out", root, ...args);
      assert.is(status, 1);
      assert.match(stderr, /^error: (the build number .* has 101 characters|\S+ holds no release)/);
    }
    assert.equal(await readdir(folder), ["dist"]);
    await release({ root, from: await makeDist(join(folder, "longest"), "9".repeat(100)) });
    assert.is(await servedBy(root), codeOf("9".repeat(100)));
  });
});

test.run();
