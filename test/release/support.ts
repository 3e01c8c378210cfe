/** Small builds to release, and what lies in a folder afterwards. */
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import type { Artifact } from "../../scripts/build/artifact.ts";
import { emit, manifestOf } from "../../scripts/build/emit.ts";
import { ALL_JS, devTier, PRODUCTION } from "../../scripts/config.ts";
import { layout } from "../../scripts/release/folders.ts";

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
  { code = codeOf(buildNumber), tier = PRODUCTION, commit = "c".repeat(40) as string | null } = {},
): Promise<string> {
  const artifact: Artifact = {
    target: ALL_JS,
    tier,
    buildNumber,
    name: ALL_JS.name,
    code,
    map: JSON.stringify({ version: 3, file: buildNumber, mappings: "" }),
    gzip: gzipSync(code),
    brotli: brotliCompressSync(code),
  };
  await mkdir(folder, { recursive: true });
  await emit(folder, [artifact], manifestOf([artifact], commit));
  return folder;
}

export const DEV = devTier();

/** Every path under `folder` with its content, links with where they lead: two equal trees are the same release. */
export async function treeOf(folder: string, below = ""): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of (await readdir(join(folder, below)).catch(() => [])).sort()) {
    const path = join(below, name);
    const found = await lstat(join(folder, path));
    if (found.isSymbolicLink()) tree[path] = `-> ${await readlink(join(folder, path))}`;
    else if (found.isDirectory()) Object.assign(tree, await treeOf(folder, path));
    else tree[path] = (await readFile(join(folder, path))).toString("base64");
  }
  return tree;
}

/** What a page would get from the alias: the script, when all three forms are the same one; null when there is none. */
export async function servedBy(root: string): Promise<string | null> {
  const at = layout(root);
  const read = (form: string) => readFile(at.alias(form)).catch(() => null);
  const forms = [await read("all.js"), await read("all.js.gz"), await read("all.js.br")];
  const [raw, gzip, brotli] = forms;
  if (!raw && !gzip && !brotli) return null;
  if (!raw || !gzip || !brotli) throw new Error("the alias serves only some of its three forms");
  if (!gunzipSync(gzip).equals(raw) || !brotliDecompressSync(brotli).equals(raw)) {
    throw new Error("the alias serves forms of different builds");
  }
  return raw.toString();
}
