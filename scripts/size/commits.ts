/** What the artifacts of an earlier commit weigh, built by that commit's own scripts. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Manifest } from "../build/emit.ts";
import type { Sizes } from "../build/index.ts";
import { CheckError } from "../cli.ts";
import { ROOT } from "../config.ts";
import { git, gitOrNull } from "../git.ts";
import { BYTE_PACKAGES, BYTE_PATHS, CACHE, ENDING, FIXED_NUMBER, FORMATS } from "./settings.ts";

const run = promisify(execFile);

export type SizesByName = Record<string, Sizes>;

export const short = (commit: string): string => commit.slice(0, 7);

/** The full hash that `ref` names. Throws CheckError when it names no commit, and says so when the clone is a shallow one. */
export function resolveCommit(ref: string): string {
  const commit = gitOrNull("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
  if (commit) return commit;
  refuseShallow(`the commit ${ref}`);
  throw new CheckError(`${ref} names no commit of this repository`);
}

function refuseShallow(wanted: string): void {
  if (gitOrNull("rev-parse", "--is-shallow-repository") === "true") {
    throw new CheckError(
      `this clone is shallow and lacks ${wanted}: run "git fetch --unshallow" (in GitHub Actions: fetch-depth: 0)`,
    );
  }
}

/** A commit's first parent, or null for the first commit of all. Throws CheckError in a clone too shallow to tell. */
export function parentOf(commit: string): string | null {
  const parent = gitOrNull("rev-parse", "--verify", "--quiet", `${commit}^1^{commit}`);
  if (!parent) refuseShallow(`the parent of ${short(commit)}`);
  return parent;
}

export interface Base {
  commit: string;
  /** Why it is this one, in words. */
  why: string;
}

/** True when the working tree differs from HEAD in what makes the bytes. */
export const treeIsChanged = (): boolean => git("status", "--porcelain", "--", ...BYTE_PATHS) !== "";

/**
 * What the working tree is compared with, unless it is told: the state of main that this work started from.
 *
 * HEAD while there are changes that are not committed; HEAD's first parent when HEAD is on main; on another branch, the
 * commit where it left main. `origin/main` is main when there is one. Null when HEAD is the first commit of all.
 */
export function chooseBase(ref?: string): Base | null {
  if (ref) return { commit: resolveCommit(ref), why: `--base ${ref}` };
  const head = resolveCommit("HEAD");
  if (treeIsChanged()) return { commit: head, why: "HEAD: the working tree has changes" };
  const main = ["origin/main", "main"].find((name) => gitOrNull("rev-parse", "--verify", "--quiet", name));
  const onMain = git("rev-parse", "--abbrev-ref", "HEAD") === "main";
  const left = main && !onMain ? gitOrNull("merge-base", head, main) : null;
  if (left && left !== head) return { commit: left, why: `where this branch left ${main}` };
  const parent = parentOf(head);
  return parent ? { commit: parent, why: "HEAD's parent" } : null;
}

/** True when what lies between `base` and the working tree is one commit: the one to come, or HEAD alone. */
export function isOneCommit(base: Base): boolean {
  const head = resolveCommit("HEAD");
  const before = treeIsChanged() ? head : gitOrNull("rev-parse", "--verify", "--quiet", `${head}^1`);
  return base.commit === before;
}

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
 * Gives the checkout in `folder` its dependencies: this project's own where the packages that write bytes are the
 * same, which takes no time; otherwise, or when `install` says so, its own by `npm ci`.
 */
export async function provideModules(folder: string, install = false): Promise<void> {
  const lock = (path: string): Lock =>
    JSON.parse(readFileSync(join(path, "package-lock.json"), "utf8")) as Lock;
  if (!install && sameByteMakers(lock(folder), lock(ROOT))) {
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    return;
  }
  console.error(`npm ci in ${folder} (about half a minute)`);
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, maxBuffer: 1e8 });
}

/** Runs the checkout's own build. Throws CheckError with the build's own words. */
export async function buildIn(
  folder: string,
  out: string,
  { buildNumber, tier = "production", env }: { buildNumber: string; tier?: string; env?: NodeJS.ProcessEnv },
): Promise<void> {
  const args = [
    "--import",
    "tsx",
    "scripts/build.ts",
    "--build-number",
    buildNumber,
    "--tier",
    tier,
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

/** Calls `work` with a checkout of `commit` that can be built, and takes it away again. */
export async function withCheckout<T>(
  commit: string,
  work: (folder: string) => Promise<T>,
  install = false,
): Promise<T> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, "checkout-"));
  try {
    git("worktree", "add", "--detach", "--force", "--quiet", folder, commit);
    await provideModules(folder, install);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    gitOrNull("worktree", "prune");
  }
}

/** False before there was anything to build: no build script, or no source. */
function canBuild(commit: string): boolean {
  const files = git("ls-tree", "-r", "--name-only", commit, "--", "src", "scripts/build.ts").split("\n");
  return files.includes("scripts/build.ts") && files.some((file) => /^src\/.*(?<!\.d)\.ts$/.test(file));
}

async function sizesIn(out: string): Promise<SizesByName> {
  const { files } = JSON.parse(await readFile(join(out, "manifest.json"), "utf8")) as Manifest;
  const sizes: SizesByName = {};
  for (const name of Object.keys(files)) {
    // The files themselves, not what the manifest says of them.
    const weigh = async (format: keyof Sizes): Promise<number> =>
      (await stat(join(out, name + ENDING[format]))).size;
    const [raw, gzip, brotli] = await Promise.all(FORMATS.map(weigh));
    sizes[name] = { raw: raw!, gzip: gzip!, brotli: brotli! };
  }
  return sizes;
}

/**
 * The sizes of every artifact of `commit` at the fixed build number; none where it had nothing to build yet.
 *
 * Built once: the answer is kept in `.cache/size/commits/`, by commit, build number and brotli version.
 * Throws CheckError when the commit cannot be built.
 */
export async function measureCommit(commit: string): Promise<SizesByName> {
  const key = `${commit}-${FIXED_NUMBER}-${process.versions.brotli}.json`;
  const cached = join(CACHE, "commits", key);
  try {
    return JSON.parse(await readFile(cached, "utf8")) as SizesByName;
  } catch {
    // Not measured yet.
  }
  let sizes: SizesByName = {};
  if (canBuild(commit)) {
    console.error(`building ${short(commit)}`);
    sizes = await withCheckout(commit, async (folder) => {
      const out = join(folder, "dist");
      await buildIn(folder, out, { buildNumber: FIXED_NUMBER });
      return sizesIn(out);
    });
  }
  await mkdir(dirname(cached), { recursive: true });
  await writeFile(`${cached}.${process.pid}`, JSON.stringify(sizes));
  await rename(`${cached}.${process.pid}`, cached);
  return sizes;
}
