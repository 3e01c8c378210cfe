/** What a release and a rollback do to the folder, and what they refuse. */
import { chmod, lstat, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { devTier } from "../../scripts/config.ts";
import { inspect } from "../../scripts/release/describe.ts";
import { FORMS, layout } from "../../scripts/release/folders.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { suite } from "../support/suite.ts";
import { assertRefused, codeOf, makeDist, servedBy, treeOf, withRelease } from "./support.ts";

const test = suite("CDN release");

test("a release publishes the build, keeps its map apart, and moves the alias; again, it changes nothing", async () => {
  await withRelease([], async (root, folder) => {
    const from = await makeDist(join(folder, "dist"), "7");
    const manifest = await readFile(join(from, "manifest.json"), "utf8");
    const more = JSON.parse(manifest);
    more.files["index.mjs"] = more.files["all.js"];
    await writeFile(join(from, "manifest.json"), JSON.stringify(more));

    const released = await release({ root, from });
    assert.equal([released.published, released.before, released.now], [true, null, "7"]);
    const tree = await treeOf(root);
    assert.equal(Object.keys(tree), [
      "current",
      "nginx.conf",
      "private/maps/7/all.js.map",
      "public/_headers",
      "public/js/2.0/7/all.js",
      "public/js/2.0/7/all.js.br",
      "public/js/2.0/7/all.js.gz",
      "public/js/2.0/7/manifest.json",
      "public/js/2.0/all.js",
      "public/js/2.0/all.js.br",
      "public/js/2.0/all.js.gz",
    ]);
    assert.is(await servedBy(root), codeOf("7"));
    // It names only what lies beside it.
    assert.is(await readFile(join(layout(root).build("7"), "manifest.json"), "utf8"), manifest);

    await rm(layout(root).maps("7"), { recursive: true });
    const again = await release({ root, from });
    assert.equal([again.published, again.before, again.now], [false, "7", "7"]);
    assert.equal(await treeOf(root), tree);
  });
});

test("a build that is there with other bytes is never overwritten: not one file is touched", async () => {
  await withRelease(["7", "8"], async (root, folder) => {
    const code = await makeDist(join(folder, "code"), "7", { code: "window.SE={other:1}" });
    const commit = await makeDist(join(folder, "commit"), "7", { commit: "d".repeat(40) });
    const map = await makeDist(join(folder, "map"), "7");
    await writeFile(join(map, "all.js.map"), "{}");
    for (const [from, path] of [
      [code, "public/js/2.0/7/all.js"],
      [commit, "public/js/2.0/7/manifest.json"],
      [map, "private/maps/7/all.js.map"],
    ] as const) {
      const said = new RegExp(
        `build 7 is there already with other bytes \\(${path}\\): a published build never changes`,
      );
      await assertRefused(root, () => release({ root, from }), said);
    }
  });
});

test("what is damaged, incomplete, or for the dev tier is not released, and nothing is made", async () => {
  const put = (name: string, text: string) => (dist: string) => writeFile(join(dist, name), text);
  const edit = (from: RegExp, to: string) => async (dist: string) => {
    const text = await readFile(join(dist, "manifest.json"), "utf8");
    await writeFile(join(dist, "manifest.json"), text.replace(from, to));
  };
  const cases: [damage: (dist: string) => Promise<unknown>, said: RegExp][] = [
    [put("all.js", "alert(1)"), /all\.js is not what its manifest says: its raw is 8, not 25/],
    [put("all.js", "x".repeat(25)), /all\.js is not what its manifest says: its sha256 is/],
    [put("all.js.br", "x".repeat(29)), /all\.js\.br does not decompress to all\.js/],
    [put("all.js.gz", "x".repeat(45)), /all\.js\.gz does not decompress to all\.js/],
    [put("manifest.json", "{"), /manifest\.json is no manifest/],
    [put("manifest.json", '{"buildNumber":"7","files":{}}'), /manifest of build 7 does not name all\.js/],
    [(dist) => rm(join(dist, "all.js.map")), /all\.js\.map is missing/],
    [edit(/("brotli": )/, "$19"), /its brotli is \d+, not 9\d+/],
    [edit(/sha384-./, "sha384-"), /its integrity is sha384-/],
    [(dist) => makeDist(dist, "7", { tier: devTier() }), /a build for the dev tier, which is never released/],
    [(dist) => makeDist(dist, "dev"), /holds a build without a number/],
    // These would be a hidden folder, and the alias itself.
    [(dist) => makeDist(dist, ".7"), /build number "\.7" is refused for a release/],
    [(dist) => makeDist(dist, "all.js.br"), /build number "all\.js\.br" is refused/],
    [(dist) => makeDist(dist, "../7"), /build number "\.\.\/7" is refused/],
    [(dist) => makeDist(dist, "9".repeat(101)), /at most 100 characters/],
  ];
  await withRelease([], async (root, folder) => {
    for (const [index, [damage, said]] of cases.entries()) {
      const from = await makeDist(join(folder, String(index)), "7");
      await damage(from);
      await assertRefused(root, () => release({ root, from }), said);
    }
    await release({ root, from: await makeDist(join(folder, "longest"), "9".repeat(100)) });
  });
});

test("a rollback to a build that is not there, or damaged, is refused and changes nothing", async () => {
  await withRelease(["7", "8"], async (root, folder) => {
    await assertRefused(folder, () => switchTo(join(folder, "other"), "7"), /holds no release/);
    await assertRefused(root, () => switchTo(root, "9"), /there is no build 9/);
    await assertRefused(root, () => switchTo(root, "../../private"), /is refused/);
    await writeFile(join(layout(root).build("7"), "all.js.br"), "broken");
    await assertRefused(
      root,
      () => switchTo(root, "7"),
      /all\.js is not what its manifest says: its brotli is 6/,
    );
    await rename(join(folder, "cdn/public/js/2.0/8"), layout(root).build("9"));
    await assertRefused(root, () => switchTo(root, "9"), /the manifest in \S+ is that of build 8/);
  });
});

test("no two builds have the same time: nginx would give files of one length the same ETag", async () => {
  await withRelease(["7", "8", "9"], async (root, folder) => {
    const ahead = Date.now() / 1000 + 60;
    await utimes(join(root, "public/js/2.0/9/all.js"), ahead, ahead);
    await release({ root, from: await makeDist(join(folder, "10"), "10") });
    const listed = (await inspect(root)).builds;
    assert.is(new Set(listed.map(({ released }) => released)).size, 4);
    assert.is(listed.map(({ build }) => build).join(), "7,8,9,10");
  });
});

test("--list says what is wrong with the alias; what is in its place stops a release before it begins", async () => {
  await withRelease(["7", "8"], async (root, folder) => {
    const at = layout(root);
    const nothing = async () => {};
    const link = (target: string) => (path: string) => symlink(target, path);
    const breakages: [path: string, put: (path: string) => Promise<unknown>, said: RegExp, stops?: true][] = [
      ...FORMS.map((form): (typeof breakages)[number] => [at.alias(form), nothing, /all\.js\S* is missing/]),
      [at.alias("all.js"), link("7/all.js"), /all\.js does not lead to build 8: remove it/],
      [at.alias("all.js.gz"), link("elsewhere"), /all\.js\.gz is missing/, true],
      [
        at.alias("all.js.br"),
        (path) => writeFile(path, "a file"),
        /all\.js\.br does not lead to build 8/,
        true,
      ],
      [at.current, nothing, /the alias serves nothing yet: --switch BUILD/],
      [at.current, link("/other/8"), /current should lead to a build, and is \/other\/8/, true],
      [at.current, (path) => mkdir(path), /current should lead to a build, and is no link at all/, true],
      [at.build("8"), nothing, /there is no build 8/],
      [join(at.build("8"), "all.js.br"), nothing, /all\.js\.br is missing/],
    ];
    const away = join(root, "away");
    for (const [path, put, said, stops] of breakages) {
      await rename(path, away);
      await put(path);
      assert.match((await inspect(root)).alias.problem ?? "", said);
      for (const work of [() => release({ root, from: join(folder, "7") }), () => switchTo(root, "7")])
        if (stops) await assertRefused(root, work, /should lead to .*: remove it first/);
      await rm(path, { recursive: true, force: true });
      await rename(away, path);
    }
    assert.equal((await inspect(root)).alias, { build: "8", problem: null });
  });
});

test("everybody may read what is served, whatever the umask; what a web server may not read is not sound", async () => {
  await withRelease([], async (root, folder) => {
    const at = layout(join(root, "deep"));
    const umask = process.umask(0o077);
    try {
      await release({ root: at.root, from: await makeDist(join(folder, "7"), "7") });
      assert.is(process.umask(), 0o077);
    } finally {
      process.umask(umask);
    }
    assert.equal((await inspect(at.root)).alias, { build: "7", problem: null });
    for (const path of [root, at.root, at.nginx, at.headers])
      assert.ok((await lstat(path)).mode & 0o004, path);

    for (const path of [join(at.build("7"), "all.js.gz"), at.build("7"), at.scripts, at.publicRoot]) {
      const { mode } = await lstat(path);
      await chmod(path, mode & 0o700);
      const said = `${path} has mode ${(mode & 0o700).toString(8)}: a web server may not read it (chmod a+rX)`;
      const { alias, builds } = await inspect(at.root);
      assert.equal([alias.problem, builds[0]!.damage], [said, said]);
      await chmod(path, mode);
    }
  });
});

test.run();
