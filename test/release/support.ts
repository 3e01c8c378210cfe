/** Small builds to release, and what lies in a folder afterwards. */
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import type { Artifact } from "../../scripts/build/artifact.ts";
import { emit, manifestOf } from "../../scripts/build/emit.ts";
import { ALL_JS, PRODUCTION } from "../../scripts/config.ts";
import { FORMS, layout } from "../../scripts/release/folders.ts";
import { release } from "../../scripts/release/publish.ts";

/** Calls `use` with an empty folder that is gone afterwards; everybody may enter it, as the folder above a release. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "release-test-"));
  await chmod(folder, 0o755);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const codeOf = (buildNumber: string) => `window.SE={version:"${buildNumber}"};\n`;

/** Writes what `npm run build` would write into `folder`, with a script of our own. Returns `folder`. */
export async function makeDist(
  folder: string,
  buildNumber: string,
  { code = codeOf(buildNumber), tier = PRODUCTION, commit = "c".repeat(40) } = {},
): Promise<string> {
  const map = JSON.stringify({ version: 3, file: buildNumber, mappings: "" });
  const compressed = { gzip: gzipSync(code), brotli: brotliCompressSync(code) };
  const artifact: Artifact = {
    target: ALL_JS,
    tier,
    buildNumber,
    name: ALL_JS.name,
    code,
    map,
    ...compressed,
  };
  await mkdir(folder, { recursive: true });
  await emit(folder, [artifact], manifestOf([artifact], commit));
  return folder;
}

/** Calls `use` with a release folder that has these builds, each released in turn; their `dist` folders lie beside it. */
export function withRelease(
  builds: readonly string[],
  use: (root: string, folder: string) => Promise<void>,
): Promise<void> {
  return withFolder(async (folder) => {
    const root = join(folder, "cdn");
    for (const number of builds) await release({ root, from: await makeDist(join(folder, number), number) });
    await use(root, folder);
  });
}

/** Every path under `folder` with its content, links with where they lead: two equal trees are the same release. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const tree = entries
    .filter((entry) => !entry.isDirectory())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const content = entry.isFile() ? await readFile(path, "base64") : `-> ${await readlink(path)}`;
      return [relative(folder, path), content] as const;
    });
  return Object.fromEntries((await Promise.all(tree)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Asserts that `work` is refused in one of these sentences, and changes nothing in `root`. */
export async function assertRefused(root: string, work: () => Promise<unknown>, said: RegExp): Promise<void> {
  const before = await treeOf(root);
  const error = await work().then(
    () => new Error("it was not refused"),
    (thrown: Error) => thrown,
  );
  assert.match(error.message, said);
  assert.match(error.name, /^(CheckError|BuildError)$/, error.stack);
  assert.equal(await treeOf(root), before);
}

/** What a page would get from the alias: the script, when all three forms are the same one; null when there is none. */
export async function servedBy(root: string): Promise<string | null> {
  const read = (form: string) => readFile(layout(root).alias(form)).catch(() => null);
  const [raw, gzip, brotli] = await Promise.all(FORMS.map(read));
  if (!raw && !gzip && !brotli) return null;
  assert.ok(raw && gzip && brotli, "the alias serves only some of its three forms");
  assert.ok(gunzipSync(gzip).equals(raw) && brotliDecompressSync(brotli).equals(raw), "forms of two builds");
  return raw.toString();
}
