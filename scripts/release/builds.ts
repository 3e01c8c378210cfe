/** Builds as they lie on disk: read, checked against their manifest, compared. */
import { existsSync } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { entryOf, type Manifest, type ManifestFile, readManifest } from "../build/emit.ts";
import { UNNUMBERED } from "../build/number.ts";
import { CheckError } from "../cli.ts";
import { checkFolderName, FORMS, type Layout, MAP, PUBLIC_FILES, SCRIPT } from "./folders.ts";

/** A build's public files by name, its manifest, and the script's line in it. */
export interface Build {
  number: string;
  manifest: Manifest;
  script: ManifestFile;
  files: ReadonlyMap<string, Buffer>;
}

/** Throws CheckError when the file is missing. */
export async function read(folder: string, name: string): Promise<Buffer> {
  return readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new CheckError(`${join(folder, name)} is missing`) : error;
  });
}

/** Reads a build. Throws CheckError unless its three forms are what the manifest says, and hold the same script. */
async function readBuild(folder: string): Promise<Build> {
  const files = new Map<string, Buffer>();
  for (const name of PUBLIC_FILES) files.set(name, await read(folder, name));
  const manifest = await readManifest(folder);
  if (typeof manifest?.buildNumber !== "string")
    throw new CheckError(`${join(folder, "manifest.json")} is no manifest`);
  const number = manifest.buildNumber;
  const script = manifest.files?.[SCRIPT];
  if (!script) throw new CheckError(`the manifest of build ${number} does not name ${SCRIPT}`);

  const [code, gzip, brotli] = FORMS.map((name) => files.get(name)!) as [Buffer, Buffer, Buffer];
  const file = join(folder, SCRIPT);
  for (const [what, found] of Object.entries(entryOf({ code, gzip, brotli }))) {
    const wanted = script[what as keyof ManifestFile];
    if (found !== wanted)
      throw new CheckError(`${file} is not what its manifest says: its ${what} is ${found}, not ${wanted}`);
  }
  for (const [ending, form, decompress] of [
    ["gz", gzip, gunzip],
    ["br", brotli, brotliDecompress],
  ] as const) {
    const text = await promisify<Buffer, Buffer>(decompress)(form).catch(() => null);
    if (!text?.equals(code)) throw new CheckError(`${file}.${ending} does not decompress to ${SCRIPT}`);
  }
  return { number, manifest, script, files };
}

/**
 * What is to be released, from a folder that `npm run build` wrote.
 * Throws CheckError when it is incomplete, damaged, or a build for the dev tier; BuildError for a number that is no folder.
 */
export async function readSource(folder: string): Promise<{ build: Build; map: Buffer }> {
  const build = await readBuild(folder);
  const map = await read(folder, MAP);
  if (build.manifest.tier === "dev") {
    throw new CheckError(`${folder} holds a build for the dev tier, which is never released`);
  }
  if (checkFolderName(build.number) === UNNUMBERED) {
    throw new CheckError(`${folder} holds a build without a number: build it with --build-number`);
  }
  // Only what lies beside it is named: the other artifacts of the build go elsewhere.
  const manifest: Manifest = { ...build.manifest, files: { [SCRIPT]: build.script } };
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  return { build: { ...build, manifest, files: new Map(build.files).set("manifest.json", text) }, map };
}

/** A published build. Throws CheckError when there is none of that number, when it is damaged, or may not be read by all. */
export async function readPublished(at: Layout, number: string): Promise<Build> {
  const folder = at.build(checkFolderName(number));
  if (!existsSync(folder)) throw new CheckError(`there is no build ${number} in ${at.root}`);
  const build = await readBuild(folder);
  if (build.number !== number)
    throw new CheckError(`the manifest in ${folder} is that of build ${build.number}`);
  const paths = PUBLIC_FILES.map((name) => join(folder, name));
  for (let above = folder; above !== at.root; above = dirname(above)) paths.push(above);
  for (const path of paths) {
    const found = await stat(path);
    const needed = found.isDirectory() ? 0o555 : 0o444;
    if ((found.mode & needed) === needed) continue;
    const mode = (found.mode & 0o777).toString(8);
    throw new CheckError(`${path} has mode ${mode}: a web server may not read it (chmod a+rX)`);
  }
  return build;
}

/** The published builds, oldest release first. `time` is in seconds since 1970. */
export async function publishedBuilds(at: Layout): Promise<{ number: string; time: number }[]> {
  const entries = await readdir(at.scripts, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new CheckError(`the builds cannot be listed: ${error.message}`);
  });
  const builds = entries
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      // A build without its script is damaged, and listed all the same.
      const { mtimeMs } = await stat(join(at.build(name), SCRIPT)).catch(() => ({ mtimeMs: 0 }));
      return { number: name, time: Math.floor(mtimeMs / 1000) };
    });
  return (await Promise.all(builds)).sort((a, b) => a.time - b.time);
}

/** Where a link leads; null when nothing is there. Throws CheckError when it is no link to `wanted`. */
export async function readLink(
  path: string,
  wanted: string,
  fits = (target: string) => target === wanted,
): Promise<string | null> {
  const target = await readlink(path).catch((error) => (error.code === "ENOENT" ? null : "no link at all"));
  if (target === null || fits(target)) return target;
  throw new CheckError(`${path} should lead to ${wanted}, and is ${target}: remove it first`);
}

/** The number of the build that the alias serves; null before the first switch. Throws CheckError when it leads elsewhere. */
export async function currentNumber(at: Layout): Promise<string | null> {
  const fits = (target: string) => target === relative(at.root, at.build(basename(target)));
  const target = await readLink(at.current, "a build", fits);
  return target && basename(target);
}
