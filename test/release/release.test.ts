import { readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { listBuilds, scriptTag } from "../../scripts/release/describe.ts";
import { layout } from "../../scripts/release/folders.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { suite } from "../support/suite.ts";
import { codeOf, DEV, makeDist, servedBy, treeOf, withFolder } from "./support.ts";

const test = suite("CDN release");

/** The error's message; fails when there is none. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  assert.ok(error, "it was not refused");
  assert.match(error.name, /^(CheckError|BuildError)$/, error.stack);
  return error.message;
}

test("a release publishes the build, keeps its map apart, and moves the alias", async () => {
  await withFolder(async (folder) => {
    const from = await makeDist(join(folder, "dist"), "7");
    const root = join(folder, "cdn");
    const released = await release({ root, from });
    assert.equal([released.published, released.before, released.now], [true, null, "7"]);
    assert.equal(Object.keys(await treeOf(root)), [
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
    const manifest = JSON.parse(await readFile(join(root, "public/js/2.0/7/manifest.json"), "utf8"));
    assert.equal(manifest, JSON.parse(await readFile(join(from, "manifest.json"), "utf8")));
  });
});

test("the manifest names only what lies beside it", async () => {
  await withFolder(async (folder) => {
    const from = await makeDist(join(folder, "dist"), "7");
    const file = join(from, "manifest.json");
    const manifest = JSON.parse(await readFile(file, "utf8"));
    manifest.files["index.mjs"] = manifest.files["all.js"];
    await writeFile(file, JSON.stringify(manifest));
    const { build } = await release({ root: join(folder, "cdn"), from });
    assert.equal(Object.keys(build.manifest.files), ["all.js"]);
  });
});

test("releasing the same build again changes nothing, and brings back a lost map", async () => {
  await withFolder(async (folder) => {
    const from = await makeDist(join(folder, "dist"), "7");
    const root = join(folder, "cdn");
    await release({ root, from });
    const before = await treeOf(root);
    const again = await release({ root, from });
    assert.equal([again.published, again.before, again.now], [false, "7", "7"]);
    assert.equal(await treeOf(root), before);

    await rm(layout(root).maps("7"), { recursive: true });
    await release({ root, from });
    assert.equal(await treeOf(root), before);
  });
});

test("a build that is there with other bytes is never overwritten: not one file is touched", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    await release({ root, from: await makeDist(join(folder, "a"), "7") });
    await release({ root, from: await makeDist(join(folder, "b"), "8") });
    const before = await treeOf(root);
    const others = [
      makeDist(join(folder, "c"), "7", { code: "window.SE={other:1}" }),
      makeDist(join(folder, "d"), "7", { commit: "d".repeat(40) }),
    ];
    for (const from of await Promise.all(others)) {
      assert.match(
        await refusal(release({ root, from })),
        /build 7 is there already with other bytes \(public\/js\/2\.0\/7\/\S+\): a published build never changes/,
      );
      assert.equal(await treeOf(root), before);
    }
    const map = await makeDist(join(folder, "e"), "7");
    await writeFile(join(map, "all.js.map"), "{}");
    assert.match(await refusal(release({ root, from: map })), /private\/maps\/7\/all\.js\.map/);
    assert.equal(await treeOf(root), before);
  });
});

test("what is damaged, incomplete, or for the dev tier is not released, and nothing is made", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    let dists = 0;
    const damaged = async (damage: (dist: string) => Promise<unknown>, said: RegExp) => {
      const from = await makeDist(join(folder, `dist-${dists++}`), "7");
      await damage(from);
      assert.match(await refusal(release({ root, from })), said);
      assert.equal(await treeOf(root), {});
    };
    const put = (name: string, content: string | Uint8Array) => (dist: string) =>
      writeFile(join(dist, name), content);
    await damaged(put("all.js", "alert(1)"), /all\.js is not what its manifest says: it has sha384-/);
    await damaged(put("all.js.br", "not brotli"), /all\.js\.br does not decompress to all\.js/);
    await damaged(put("all.js.gz", ""), /all\.js\.gz does not decompress to all\.js/);
    await damaged(put("manifest.json", "{"), /manifest\.json is no manifest/);
    await damaged(
      put("manifest.json", '{"buildNumber":"7","files":{}}'),
      /manifest of build 7 does not name all\.js/,
    );
    await damaged((dist) => rm(join(dist, "all.js.map")), /all\.js\.map is missing/);
    await damaged(async (dist) => {
      const manifest = JSON.parse(await readFile(join(dist, "manifest.json"), "utf8"));
      manifest.files["all.js"].brotli++;
      await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest));
    }, /all\.js\.br has \d+ bytes, and its manifest says \d+/);
    await damaged(
      (dist) => makeDist(dist, "7", { tier: DEV }),
      /a build for the dev tier, which is never released/,
    );
    // These would be a hidden folder, and the alias itself.
    await damaged((dist) => makeDist(dist, ".7"), /build number "\.7" is refused for a release/);
    await damaged((dist) => makeDist(dist, "all.js.br"), /build number "all\.js\.br" is refused/);
    await damaged((dist) => makeDist(dist, "../7"), /build number "\.\.\/7" is refused/);
  });
});

test("a rollback moves the alias back, all three forms at once, and forth again", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    for (const number of ["7", "8"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    assert.is(await servedBy(root), codeOf("8"));
    const back = await switchTo(root, "7");
    assert.equal([back.before, back.now], ["8", "7"]);
    assert.is(await servedBy(root), codeOf("7"));
    await switchTo(root, "8");
    assert.is(await servedBy(root), codeOf("8"));
  });
});

test("a rollback to a build that is not there, or damaged, is refused and changes nothing", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    assert.match(await refusal(switchTo(root, "7")), /holds no release/);
    for (const number of ["7", "8"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    assert.match(await refusal(switchTo(root, "9")), /there is no build 9/);
    assert.match(await refusal(switchTo(root, "../../private")), /is refused/);
    await writeFile(join(root, "public/js/2.0/7/all.js.br"), "broken");
    const before = await treeOf(root);
    assert.match(await refusal(switchTo(root, "7")), /all\.js\.br does not decompress/);
    assert.equal(await treeOf(root), before);
    assert.is(await servedBy(root), codeOf("8"));
  });
});

test("a staged build is there for those who name it, and the alias stays", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const first = await makeDist(join(folder, "7"), "7");
    const staged = await release({ root, from: first, switchAlias: false });
    assert.equal([staged.published, staged.now], [true, null]);
    assert.is(await servedBy(root), null);
    await switchTo(root, "7");
    await release({ root, from: await makeDist(join(folder, "8"), "8"), switchAlias: false });
    assert.is(await servedBy(root), codeOf("7"));
    assert.equal(
      (await listBuilds(root)).map(({ build, current }) => [build, current]),
      [
        ["7", true],
        ["8", false],
      ],
    );
  });
});

test("no two builds have the same time: nginx would give files of one length the same ETag", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    for (const number of ["7", "8", "9"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    const ahead = Date.now() / 1000 + 60;
    await utimes(join(root, "public/js/2.0/9/all.js"), ahead, ahead);
    await release({ root, from: await makeDist(join(folder, "a"), "10") });
    const listed = await listBuilds(root);
    assert.is(new Set(listed.map(({ released }) => released)).size, 4);
    assert.equal(
      listed.map(({ build }) => build),
      ["7", "8", "9", "10"],
    );
  });
});

test("the list checks every build and says what is wrong with one", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    assert.equal(await listBuilds(root), []);
    for (const number of ["7", "8"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    await writeFile(join(root, "public/js/2.0/7/all.js"), "alert(1)");
    const [broken, sound] = await listBuilds(root, "https://cdn.example");
    assert.match(broken!.damage!, /is not what its manifest says/);
    assert.is(broken!.tag, null);
    assert.is(sound!.damage, null);
    const { integrity } = JSON.parse(await readFile(join(folder, "8/manifest.json"), "utf8")).files["all.js"];
    assert.is(
      sound!.tag,
      `<script src="https://cdn.example/js/2.0/8/all.js" integrity="${integrity}" crossorigin></script>`,
    );
    assert.is(sound!.tag, scriptTag("8", { integrity }, "https://cdn.example"));
  });
});

test("something else in the alias's place stops a release before it begins", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    await release({ root, from: await makeDist(join(folder, "7"), "7") });
    const from = await makeDist(join(folder, "8"), "8");
    const link = layout(root).alias("all.js.gz");
    for (const put of [() => symlink("elsewhere", link), () => writeFile(link, "a file")]) {
      await rm(link);
      await put();
      const before = await treeOf(root);
      assert.match(
        await refusal(release({ root, from })),
        /all\.js\.gz should lead to \S+current\/all\.js\.gz, and is/,
      );
      assert.match(await refusal(switchTo(root, "7")), /remove it first/);
      assert.equal(await treeOf(root), before);
    }
  });
});

test.run();
