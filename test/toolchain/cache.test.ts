/** The build's cache: what is kept is what would be made, and whatever could change that makes it anew. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { cached } from "../../scripts/build/cache.ts";
import { gzip } from "../../scripts/build/compress.ts";
import { prepare } from "../../scripts/build/index.ts";
import { ALL_JS, PRODUCTION } from "../../scripts/config.ts";
import { runProgram } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { Project } from "./project.ts";

const test = suite<{ folder: string }>("the build's cache", { folder: "" });
const usual = process.env.BUILD_CACHE;

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "cache-test-"));
  process.env.BUILD_CACHE = context.folder;
});
test.after.each(({ folder }) => {
  if (usual === undefined) delete process.env.BUILD_CACHE;
  else process.env.BUILD_CACHE = usual;
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
async function ask(...parts: string[]): Promise<string> {
  const make = async () => `${parts.join()} for the ${++made}th time`;
  return Buffer.from(await cached(parts, make)).toString();
}

test("the same input is made once; any other, however little it differs, is made anew", async ({
  folder,
}) => {
  made = 0;
  assert.is(await ask("ab", "c"), "ab,c for the 1th time");
  assert.is(await ask("ab", "c"), "ab,c for the 1th time");
  assert.is(await ask("a", "bc"), "a,bc for the 2th time");
  assert.is(await ask("ab", "c", ""), "ab,c, for the 3th time");
  assert.is(readdirSync(folder).length, 3);
});

test("a file that is cut or changed is made anew", async ({ folder }) => {
  made = 0;
  await ask("a");
  const path = join(folder, readdirSync(folder)[0]!);
  const good = readFileSync(path);
  const changed = Buffer.from(good);
  changed[changed.length - 1]! ^= 1;
  for (const bad of [changed, good.subarray(0, -1), Buffer.alloc(0)]) {
    writeFileSync(path, bad);
    const count = made;
    await ask("a");
    assert.is(made, count + 1);
    await ask("a");
    assert.is(made, count + 1);
  }
});

test("off: nothing is read, nothing is written", async ({ folder }) => {
  made = 0;
  await ask("a");
  process.env.BUILD_CACHE = "off";
  assert.is(await ask("a"), "a for the 2th time");
  assert.is(readdirSync(folder).length, 1);
  assert.not.ok(existsSync("off"));
});

test("a folder that cannot be written: everything is made, nothing fails", async ({ folder }) => {
  made = 0;
  const file = join(folder, "file");
  writeFileSync(file, "");
  process.env.BUILD_CACHE = join(file, "below");
  await ask("a");
  assert.is(await ask("a"), "a for the 2th time");
});

test("the compressors' options are part of the key", async ({ folder }) => {
  const text = "the text that ships ".repeat(20);
  await gzip(text, { zopfli: [5], brotli: [] });
  await gzip(text, { zopfli: [6], brotli: [] });
  await gzip(`${text}.`, { zopfli: [6], brotli: [] });
  assert.is(readdirSync(folder).length, 3);
});

test("source, tier and letters are part of the key; what takes free letters is not kept", async ({
  folder,
}) => {
  const first = await prepare(ALL_JS, { tier: PRODUCTION });
  assert.equal(await prepare(ALL_JS, { tier: PRODUCTION }), first);
  assert.is(readdirSync(folder).length, 1);
  await prepare(ALL_JS, { tier: { ...PRODUCTION, loginOrigin: "https://login.example" } });
  await prepare(ALL_JS, { tier: PRODUCTION }, (source) => `${source}\n// Edited.`);
  await prepare({ ...ALL_JS, compress: {} }, { tier: PRODUCTION });
  assert.is(readdirSync(folder).length, 4);
  const grown = (source: string) => `${source}\n(function (another) { window.onhelp = another; })(1);`;
  await prepare(ALL_JS, { tier: PRODUCTION }, grown);
  assert.is(readdirSync(folder).length, 4);
});

test("an edited script of the build has results of its own, and keeps none while it is edited", ({
  folder,
}) => {
  const project = new Project();
  try {
    /** How many files there are after a process that does `before` has asked for the same thing. */
    const kept = (before = ""): number => {
      const text = `import { cached } from "./scripts/build/cache.js"; import { appendFileSync } from "node:fs";
        ${before}; await cached(["a"], async () => "a");`;
      const { status, stderr } = runProgram(
        process.execPath,
        ["--input-type=module", "-e", text],
        { BUILD_CACHE: folder },
        project.root,
      );
      assert.is(status, 0, stderr);
      return readdirSync(folder).length;
    };
    assert.is(kept(), 1);
    assert.is(kept(), 1);
    assert.is(kept('appendFileSync("scripts/build/gate.js", "// Edited.")'), 1);
    assert.is(kept(), 2);
    // As another version of a package would: its folder is a link to this project's own.
    assert.is(kept('Object.defineProperty(process.versions, "zlib", { value: "0" })'), 3);
  } finally {
    project.remove();
  }
});

test("the proof of the rebuild does not trust it", ({ folder }) => {
  const project = new Project();
  try {
    project.commit("Start");
    const outcome = project.run("verify", [], { BUILD_CACHE: folder });
    assert.is(outcome.status, 0, outcome.stderr);
    assert.equal(readdirSync(folder), []);
  } finally {
    project.remove();
  }
});

test.run();
