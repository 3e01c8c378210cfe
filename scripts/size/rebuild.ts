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
import { BYTE_PACKAGES } from "./settings.ts";

const run = promisify(execFile);

export interface Lock {
  packages: Record<string, { integrity?: string; dependencies?: object; optionalDependencies?: object }>;
}

/** The packages that write the bytes, with everything they depend on: name and integrity. */
function byteMakers(lock: Lock): Map<string, string | undefined> {
  const seen = new Map<string, string | undefined>();
  const visit = (name: string): void => {
    const entry = lock.packages[`node_modules/${name}`];
    if (seen.has(name) || !entry) return;
    seen.set(name, entry.integrity);
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) visit(next);
  };
  for (const name of BYTE_PACKAGES) visit(name);
  return seen;
}

/** True when what `theirs` installs of the packages that write bytes, `ours` installs too. */
export function sameByteMakers(theirs: Lock, ours: Lock): boolean {
  const installed = byteMakers(ours);
  return [...byteMakers(theirs)].every(([name, integrity]) => installed.get(name) === integrity);
}

/**
 * Gives the checkout in `folder` its dependencies: this project's where the packages that write bytes are the
 * same, which takes no time; otherwise, or when `install` says so, its own by `npm ci`.
 */
async function provideModules(folder: string, install = false): Promise<void> {
  const lock = (path: string): Lock =>
    JSON.parse(readFileSync(join(path, "package-lock.json"), "utf8")) as Lock;
  if (!install && sameByteMakers(lock(folder), lock(ROOT))) {
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    return;
  }
  console.error(`npm ci in ${folder} (about half a minute)`);
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, maxBuffer: 1e8 });
}

/** Runs the checkout's own build. Throws CheckError with the build's message. */
async function buildIn(
  folder: string,
  out: string,
  { buildNumber, servers = [], env }: { buildNumber: string; servers?: string[]; env?: NodeJS.ProcessEnv },
): Promise<void> {
  const args = [
    "--import",
    "tsx",
    "scripts/build.ts",
    "--build-number",
    buildNumber,
    ...servers,
    "--out",
    out,
  ];
  try {
    await run(process.execPath, args, { cwd: folder, env: env ?? process.env });
  } catch (error) {
    throw new CheckError(
      `the build in ${folder} failed: ${(error as { stderr?: string }).stderr?.trim() || error}`,
    );
  }
}

/** Where one build happens. */
export interface BuildPlace {
  /** The clone's folder, from the temporary one. */
  folder: string;
  env: Record<string, string>;
}

/** As different as two places on one machine can be. */
export const PLACES: readonly [BuildPlace, BuildPlace] = [
  { folder: "a", env: { TZ: "UTC", LANG: "C", LC_ALL: "C" } },
  {
    folder: "somewhere else/entirely",
    env: { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
  },
];

export interface Rebuild {
  commit: string;
  buildNumber: string;
  /** Whose servers: the build's arguments. */
  servers: string[];
  install: boolean;
}

/** Clones the project into `root`, builds there as `place` says, and returns the folder of the result. */
export async function rebuild(root: string, place: BuildPlace, request: Rebuild): Promise<string> {
  const clone = join(root, place.folder, "clone");
  const home = join(root, place.folder, "home");
  await mkdir(home, { recursive: true });
  git("clone", "--quiet", "--no-hardlinks", "--no-checkout", ROOT, clone);
  git("-C", clone, "checkout", "--quiet", "--detach", request.commit);
  await provideModules(clone, request.install);
  const out = join(clone, "dist");
  // A proof that trusts no earlier build.
  const env = { PATH: process.env.PATH ?? "", HOME: home, BUILD_CACHE: "off", ...place.env };
  await buildIn(clone, out, { buildNumber: request.buildNumber, servers: request.servers, env });
  return out;
}

/** `name: byte 17 of 30` for the first byte in which two files differ; null when they are the same. */
export function firstDifference(name: string, one: Uint8Array, other: Uint8Array): string | null {
  if (Buffer.from(one).equals(Buffer.from(other))) return null;
  const length = Math.min(one.length, other.length);
  let at = 0;
  while (at < length && one[at] === other[at]) at++;
  return `${name}: the builds differ from byte ${at} on (${one.length} B and ${other.length} B)`;
}

/** What differs between two folders, file by file. */
export async function compareFolders(
  one: string,
  other: string,
): Promise<{ files: string[]; found: string[] }> {
  const names = async (folder: string): Promise<string[]> => (await readdir(folder)).sort();
  const [left, right] = [await names(one), await names(other)];
  const found: string[] = [];
  for (const name of new Set([...left, ...right])) {
    if (!left.includes(name) || !right.includes(name)) found.push(`${name}: only one of the builds has it`);
    else {
      const difference = firstDifference(
        name,
        await readFile(join(one, name)),
        await readFile(join(other, name)),
      );
      if (difference) found.push(difference);
    }
  }
  if (left.length === 0) found.push("the build wrote no file");
  return { files: left, found };
}

/** Where a manifest disagrees with the one of a rebuild. */
export function compareManifests(claimed: Manifest, rebuilt: Manifest): string[] {
  const names = new Set([...Object.keys(claimed.files), ...Object.keys(rebuilt.files)]);
  return [...names].flatMap((name) => {
    const [said, real] = [claimed.files[name], rebuilt.files[name]];
    if (!said || !real) return [`${name}: ${said ? "the rebuild" : "the manifest"} does not have it`];
    return Object.keys(real)
      .filter((key) => said[key as keyof typeof said] !== real[key as keyof typeof real])
      .map((key) => {
        const field = key as keyof typeof real;
        return `${name}: ${field} is ${said[field]} in the manifest, ${real[field]} in the rebuild`;
      });
  });
}
