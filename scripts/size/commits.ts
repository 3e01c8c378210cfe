/** Chooses the commit to compare with, and reads the sizes that it carries. */
import { refuseShallow } from "../build/number.ts";
import { CheckError } from "../cli.ts";
import { git, gitOrNull } from "../git.ts";
import { parseRows, type SizesByName, sizesOfRows } from "./limits.ts";
import { LIMITS } from "./settings.ts";

export const short = (commit: string): string => commit.slice(0, 7);

/** The full hash of the commit that `ref` names; null when it names none. */
const commitOf = (ref: string): string | null =>
  gitOrNull("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);

/** As `commitOf`. Throws CheckError when there is none, with a hint when the clone is shallow. */
export function resolveCommit(ref: string): string {
  const commit = commitOf(ref);
  if (commit) return commit;
  refuseShallow(`the commit ${ref}`);
  throw new CheckError(`${ref} names no commit of this repository`);
}

export interface Base {
  commit: string;
  /** Why this one. */
  why: string;
}

/** True when a file that git knows differs from HEAD. */
export const treeIsChanged = (): boolean => git("status", "--porcelain", "--untracked-files=no") !== "";

/**
 * The state of main that HEAD's work started from: HEAD's first parent on main; on another branch, the commit where it left main.
 * `origin/main` is main when there is one. Null for the first commit of all. Throws CheckError in a clone too shallow to tell.
 */
export function startOfWork(): Base | null {
  const main = ["origin/main", "main"].find(commitOf);
  const onMain = git("rev-parse", "--abbrev-ref", "HEAD") === "main";
  const left = main && !onMain ? gitOrNull("merge-base", "HEAD", main) : null;
  if (left && left !== commitOf("HEAD")) return { commit: left, why: `where this branch left ${main}` };
  const parent = commitOf("HEAD^1");
  if (!parent) refuseShallow("the parent of HEAD");
  return parent ? { commit: parent, why: "HEAD's parent" } : null;
}

/** What the working tree is compared with: `ref`, HEAD while there are changes that are not committed, or the start of the work. */
export function chooseBase(ref?: string): Base | null {
  if (ref) return { commit: resolveCommit(ref), why: `--base ${ref}` };
  if (treeIsChanged()) return { commit: resolveCommit("HEAD"), why: "HEAD: the working tree has changes" };
  return startOfWork();
}

/** True when what lies between `base` and the working tree is one commit: the one to come, or HEAD alone. */
export const isOneCommit = (base: Base): boolean =>
  base.commit === commitOf(treeIsChanged() ? "HEAD" : "HEAD^1");

/**
 * The sizes of every artifact of `commit`, read from the rows that it committed: the ratchet makes each commit have its own.
 * None where it has no rows, or none that can be read.
 */
export function sizesAt(commit: string): SizesByName {
  try {
    return sizesOfRows(parseRows(gitOrNull("show", `${commit}:${LIMITS}`) ?? "[]"));
  } catch {
    return {};
  }
}
