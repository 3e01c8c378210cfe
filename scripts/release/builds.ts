/** Builds as they lie on disk: read, checked against their manifest, compared. */
import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Manifest, ManifestFile } from "../build/emit.ts";
import { UNNUMBERED } from "../build/number.ts";
import { CheckError } from "../cli.ts";
import { checkFolderName, FORMS, type Layout, MAP, PUBLIC_FILES, SCRIPT } from "./folders.ts";
import { checkOpen } from "./modes.ts";

/** A build's files by name, and its manifest. */
export interface Build {
  number: string;
  manifest: Manifest;
  files: ReadonlyMap<string, Buffer>;
}

async function readFiles(folder: string, names: readonly string[]): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const name of names) {
    try {
      files.set(name, await readFile(join(folder, name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new CheckError(`${join(folder, name)} is missing`);
    }
  }
  return files;
}

/** The script's line in a manifest; throws CheckError when it has none. */
export function scriptOf(manifest: Manifest): ManifestFile {
  const file = manifest.files?.[SCRIPT];
  if (!file) throw new CheckError(`the manifest of build ${manifest.buildNumber} does not name ${SCRIPT}`);
  return file;
}

function unpack(decompress: (bytes: Buffer) => Buffer, bytes: Buffer): Buffer | null {
  try {
    return decompress(bytes);
  } catch {
    return null;
  }
}

/** Throws CheckError unless the three forms are what the manifest says and hold the same script. */
function check(where: string, manifest: Manifest, files: ReadonlyMap<string, Buffer>): void {
  const [raw, gzip, brotli] = FORMS.map((name) => files.get(name)!) as [Buffer, Buffer, Buffer];
  const said = scriptOf(manifest);
  const integrity = `sha384-${createHash("sha384").update(raw).digest("base64")}`;
  if (integrity !== said.integrity || createHash("sha256").update(raw).digest("hex") !== said.sha256) {
    throw new CheckError(
      `${join(where, SCRIPT)} is not what its manifest says: it has ${integrity}, not ${said.integrity}`,
    );
  }
  const forms = [
    ["gz", gzip, said.gzip, unpack(gunzipSync, gzip)],
    ["br", brotli, said.brotli, unpack(brotliDecompressSync, brotli)],
  ] as const;
  for (const [ending, bytes, size, unpacked] of forms) {
    const file = join(where, `${SCRIPT}.${ending}`);
    if (!unpacked?.equals(raw)) throw new CheckError(`${file} does not decompress to ${SCRIPT}`);
    if (bytes.length !== size) {
      throw new CheckError(`${file} has ${bytes.length} bytes, and its manifest says ${size}`);
    }
  }
}

function parseManifest(where: string, bytes: Buffer): Manifest {
  try {
    const manifest = JSON.parse(bytes.toString()) as Manifest;
    if (typeof manifest.buildNumber === "string") return manifest;
  } catch {
    // Said below.
  }
  throw new CheckError(`${join(where, "manifest.json")} is no manifest`);
}

/**
 * What is to be released, from a folder that `npm run build` wrote.
 * Throws CheckError when it is incomplete, damaged, or a build for the dev tier; BuildError for a number that is no folder.
 */
export async function readSource(folder: string): Promise<Build & { map: Buffer }> {
  const read = await readFiles(folder, [...PUBLIC_FILES, MAP]);
  const whole = parseManifest(folder, read.get("manifest.json")!);
  const number = checkFolderName(whole.buildNumber);
  check(folder, whole, read);
  if (whole.tier === "dev") {
    throw new CheckError(`${folder} holds a build for the ${whole.tier} tier, which is never released`);
  }
  if (number === UNNUMBERED) {
    throw new CheckError(`${folder} holds a build without a number: build it with --build-number`);
  }
  // Only what lies beside it is named: the other artifacts of the build go elsewhere.
  const manifest: Manifest = { ...whole, files: { [SCRIPT]: scriptOf(whole) } };
  const files = new Map(FORMS.map((name) => [name as string, read.get(name)!]));
  files.set("manifest.json", Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return { number, manifest, files, map: read.get(MAP)! };
}

/** A published build. Throws CheckError when there is none of that number, when it is damaged, or may not be read by all. */
export async function readPublished(at: Layout, number: string): Promise<Build> {
  const folder = at.build(checkFolderName(number));
  if (!(await exists(folder))) throw new CheckError(`there is no build ${number} in ${at.root}`);
  const files = await readFiles(folder, PUBLIC_FILES);
  for (const path of [folder, ...PUBLIC_FILES.map((name) => join(folder, name))]) await checkOpen(path);
  const manifest = parseManifest(folder, files.get("manifest.json")!);
  check(folder, manifest, files);
  if (manifest.buildNumber !== number) {
    throw new CheckError(`the manifest in ${folder} is that of build ${manifest.buildNumber}`);
  }
  return { number, manifest, files };
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The numbers of the published builds, oldest release first. */
export async function publishedNumbers(at: Layout): Promise<string[]> {
  const entries = await readdir(at.scripts, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new CheckError(`the builds cannot be listed: ${error.message}`);
  });
  const builds = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => ({ name, time: (await releaseTime(at, name)) ?? 0 })),
  );
  return builds.sort((a, b) => a.time - b.time).map(({ name }) => name);
}

/** When a build was released, in whole seconds since 1970; undefined when its script is missing. */
export async function releaseTime(at: Layout, number: string): Promise<number | undefined> {
  const found = await stat(join(at.build(number), SCRIPT)).catch(() => undefined);
  return found && Math.floor(found.mtimeMs / 1000);
}

/** The number of the build that the alias serves; null before the first switch. Throws CheckError when it leads elsewhere. */
export async function currentNumber(at: Layout): Promise<string | null> {
  if (!(await lstat(at.current).catch(() => null))) return null;
  const target = await readlink(at.current).catch(() => "no link at all");
  const number = basename(target);
  if (target !== relative(at.root, at.build(number))) {
    throw new CheckError(`${at.current} should lead to a build, and is ${target}: remove it first`);
  }
  return number;
}

/** Where the alias's link for `form` leads: through `current`, so that one switch moves all three. */
export const aliasTarget = (at: Layout, form: string): string =>
  relative(dirname(at.alias(form)), join(at.current, form));

/** Throws CheckError when something else is in the place of one of the alias's links. Gives those that are missing. */
export async function missingLinks(at: Layout): Promise<string[]> {
  const missing: string[] = [];
  for (const form of FORMS) {
    const link = at.alias(form);
    if (!(await lstat(link).catch(() => null))) {
      missing.push(form);
      continue;
    }
    const target = await readlink(link).catch(() => "no link at all");
    if (target !== aliasTarget(at, form)) {
      throw new CheckError(
        `${link} should lead to ${aliasTarget(at, form)}, and is ${target}: remove it first`,
      );
    }
  }
  return missing;
}
