/** Chooses the commit to compare with, and reads the sizes that it carries. */
import { refuseShallow } from "../build/number.ts";
import { CheckError } from "../cli.ts";
import { git, gitOrNull } from "../git.ts";
import { parseRows, type SizesByName, sizesOfRows } from "./limits.ts";
import { BYTE_PATHS, LIMITS } from "./settings.ts";

export const short = (commit: string): string => commit.slice(0, 7);

/** The full hash that `ref` names. Throws CheckError when it names no commit, with a hint when the clone is shallow. */
export function resolveCommit(ref: string): string {
  const commit = gitOrNull("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
  if (commit) return commit;
  refuseShallow(`the commit ${ref}`);
  throw new CheckError(`${ref} names no commit of this repository`);
}

/** A commit's first parent, or null for the first commit of all. Throws CheckError in a clone too shallow to tell. */
export function parentOf(commit: string): string | null {
  const parent = gitOrNull("rev-parse", "--verify", "--quiet", `${commit}^1^{commit}`);
  if (!parent) refuseShallow(`the parent of ${short(commit)}`);
  return parent;
}

export interface Base {
  commit: string;
  /** Why this one. */
  why: string;
}

/** True when the working tree differs from HEAD in what makes the bytes, or in the sizes that they should have. */
export const treeIsChanged = (): boolean => git("status", "--porcelain", "--", ...BYTE_PATHS, LIMITS) !== "";

/**
 * What the working tree is compared with by default: the state of main that this work started from.
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
