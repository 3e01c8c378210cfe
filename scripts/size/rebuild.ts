/** The rebuild proof: builds one commit in two places that share nothing but the packages, and compares them. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Manifest } from "../build/emit.ts";
import { CheckError } from "../cli.ts";
import { ROOT } from "../config.ts";
import { git } from "../git.ts";

const run = promisify(execFile);

/** As different as two places on one machine can be: each clone's folder, from the temporary one, and what is around the build. */
export const PLACES = [
  { folder: "a", env: { TZ: "UTC", LANG: "C", LC_ALL: "C" } },
  {
    folder: "somewhere else/entirely",
    env: { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
  },
] as const;

export interface Rebuild {
  commit: string;
  buildNumber: string;
  /** Whose servers: the build's arguments. */
  servers: string[];
  install: boolean;
}

/**
 * Clones the project into `root`, builds there as `place` says, and returns the folder of the result. The clone uses the packages
 * that are installed here when its lock file is the same, and its own by `npm ci` otherwise, or when `install` says so. Throws
 * CheckError with the build's message.
 */
export async function rebuild(
  root: string,
  { folder, env }: (typeof PLACES)[number],
  request: Rebuild,
): Promise<string> {
  const [clone, home] = [join(root, folder, "clone"), join(root, folder, "home")];
  await mkdir(home, { recursive: true });
  git("clone", "--quiet", "--no-hardlinks", "--no-checkout", ROOT, clone);
  git("-C", clone, "checkout", "--quiet", "--detach", request.commit);
  const lock = (path: string): string => readFileSync(join(path, "package-lock.json"), "utf8");
  if (!request.install && lock(clone) === lock(ROOT)) {
    await symlink(join(ROOT, "node_modules"), join(clone, "node_modules"));
  } else {
    console.error(`npm ci in ${clone} (about half a minute)`);
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: clone, maxBuffer: 1e8 });
  }
  const out = join(clone, "dist");
  const args = ["--build-number", request.buildNumber, ...request.servers, "--out", out];
  try {
    // A proof that trusts no earlier build.
    await run(process.execPath, ["--import", "tsx", "scripts/build.ts", ...args], {
      cwd: clone,
      env: { PATH: process.env.PATH ?? "", HOME: home, BUILD_CACHE: "off", ...env },
    });
  } catch (error) {
    throw new CheckError(
      `the build in ${clone} failed: ${(error as { stderr?: string }).stderr?.trim() || error}`,
    );
  }
  return out;
}

/** `name: ... from byte 17 on` for the first byte in which two files differ; null when they are the same. */
export function firstDifference(name: string, one: Uint8Array, other: Uint8Array): string | null {
  if (Buffer.from(one).equals(other)) return null;
  const at = one.findIndex((byte, index) => byte !== other[index]);
  const first = at === -1 ? one.length : at;
  return `${name}: the builds differ from byte ${first} on (${one.length} B and ${other.length} B)`;
}

/** What differs between two folders, file by file. */
export async function compareFolders(
  one: string,
  other: string,
): Promise<{ files: string[]; found: string[] }> {
  const files = (await readdir(one)).sort();
  const found = files.length === 0 ? ["the build wrote no file"] : [];
  for (const name of new Set([...files, ...(await readdir(other))])) {
    const paths = [join(one, name), join(other, name)];
    const [left, right] = await Promise.all(paths.map((path) => readFile(path).catch(() => null)));
    const difference =
      left && right ? firstDifference(name, left, right) : `${name}: only one of the builds has it`;
    if (difference) found.push(difference);
  }
  return { files, found };
}

/** Where a manifest disagrees with the one of a rebuild. */
export function compareManifests(claimed: Manifest, rebuilt: Manifest): string[] {
  const names = new Set([...Object.keys(claimed.files), ...Object.keys(rebuilt.files)]);
  return [...names].flatMap((name) => {
    const [said, real] = [claimed.files[name], rebuilt.files[name]];
    if (!said || !real) return [`${name}: ${said ? "the rebuild" : "the manifest"} does not have it`];
    return (Object.keys(real) as (keyof typeof real)[])
      .filter((field) => said[field] !== real[field])
      .map((field) => `${name}: ${field} is ${said[field]} in the manifest, ${real[field]} in the rebuild`);
  });
}
