/** The build's cache: what is kept is what would be made, and whatever could change that makes it anew. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { cached } from "../../scripts/build/cache.ts";
import { gzip } from "../../scripts/build/compress.ts";
import { prepare } from "../../scripts/build/index.ts";
import { takenIn } from "../../scripts/build/names.ts";
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
/** What the cache gives for `parts`: a number that goes up each time it is made. */
const ask = async (...parts: string[]): Promise<number> =>
  Number(Buffer.from(await cached(parts, async () => String(++made))));

test("the same input is made once; any other, a damaged file, and everything when it is off, is made anew", async ({
  folder,
}) => {
  const first = await ask("ab", "c");
  assert.is(await ask("ab", "c"), first);
  const path = join(folder, readdirSync(folder)[0]!);
  assert.is(await ask("a", "bc"), first + 1);
  assert.is(await ask("ab", "c", ""), first + 2);
  assert.is(readdirSync(folder).length, 3);

  const good = readFileSync(path);
  const changed = Buffer.from(good);
  changed[good.length - 9]! ^= 1;
  for (const [index, bad] of [changed, good.subarray(0, -1), Buffer.alloc(0)].entries()) {
    writeFileSync(path, bad);
    for (const _ of [1, 2]) assert.is(await ask("ab", "c"), first + 3 + index);
  }
  process.env.BUILD_CACHE = "off";
  assert.is(await ask("ab", "c"), first + 6);
  assert.not.ok(existsSync("off"));
  // A folder that cannot be written is no failure.
  process.env.BUILD_CACHE = join(path, "below");
  for (const count of [7, 8]) assert.is(await ask("ab", "c"), first + count);
  assert.is(readdirSync(folder).length, 3);
});

test("source, tier, options and letters are part of the key", async ({ folder }) => {
  const text = "the text that ships ".repeat(20);
  for (const zopfli of [[5], [6]]) await gzip(text, { zopfli, brotli: [] });
  await gzip(`${text}.`, { zopfli: [6], brotli: [] });
  assert.is(readdirSync(folder).length, 3);
  const first = await prepare(ALL_JS, { tier: PRODUCTION });
  assert.equal(await prepare(ALL_JS, { tier: PRODUCTION }), first);
  assert.is(readdirSync(folder).length, 4);
  await prepare(ALL_JS, { tier: { ...PRODUCTION, loginOrigin: "https://login.example" } });
  await prepare(ALL_JS, { tier: PRODUCTION }, (source) => `${source}\n// Edited.`);
  await prepare({ ...ALL_JS, compress: {} }, { tier: PRODUCTION });
  assert.is(readdirSync(folder).length, 7);
  const grown = (source: string) => `${source}\n(function (another) { window.onhelp = another; })(1);`;
  for (const _ of [1, 2]) {
    await prepare(ALL_JS, { tier: PRODUCTION }, grown);
    assert.equal(
      takenIn(ALL_JS.name).map(({ name }) => name),
      ["another"],
    );
  }
  assert.is(readdirSync(folder).length, 8);
});

test("an edited script of the build, or another Node, has results of its own; verify trusts none", ({
  folder,
}) => {
  const project = new Project();
  try {
    project.commit("Start");
    const verified = project.run("verify", [], { BUILD_CACHE: folder });
    assert.is(verified.status, 0, verified.stderr);
    /** How many files there are after a process that has asked for the same thing. */
    const kept = (before = ""): number => {
      const text = `${before}; const { cached } = await import("./scripts/build/cache.js"); await cached(["a"], async () => "a");`;
      const args = ["--input-type=module", "-e", text];
      const { status, stderr } = runProgram(process.execPath, args, { BUILD_CACHE: folder }, project.root);
      assert.is(status, 0, stderr);
      return readdirSync(folder).length;
    };
    assert.equal([kept(), kept()], [1, 1]);
    // As another version of a package would: its folder is a link to this project's own.
    assert.is(kept('Object.defineProperty(process.versions, "zlib", { value: "0" })'), 2);
    appendFileSync(project.path("scripts/build/guard.js"), "// Edited.");
    assert.is(kept(), 3);
  } finally {
    project.remove();
  }
});

test.run();
