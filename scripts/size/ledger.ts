/**
 * The ledger, `scripts/size/history.jsonl`: one line for each change of a limit, with its reason.
 *
 * Lines are only ever added, and a merge keeps those of both sides (`merge=union` in .gitattributes). A line is written before its commit exists, so it names the commit it came on top of;
 * `git blame` names the one that it came with. A line written afterwards names its commit itself: the first ones, for the
 * commits before the ledger, and those that correct a commit's message. The first nineteen lines
 * are older than this repository: the commits that they name are not in it, but their figures were measured.
 */

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sizes } from "../build/index.ts";
import { CheckError } from "../cli.ts";
import { ROOT } from "../config.ts";
import { git, gitOrNull } from "../git.ts";
import { type Compressed, FIXED_NUMBER, LEDGER } from "./settings.ts";

export type Floors = Record<string, Record<Compressed, number>>;

export interface Entry {
  /** The commit that this change came on top of; null for a repository's first. */
  parent: string | null;
  /** The commit itself, on a line that was written after it. */
  commit?: string;
  /** The fixed number that the files were built with. */
  buildNumber: string;
  /** Bytes, by artifact. */
  sizes: Record<string, Sizes>;
  /** How far luck moves the sizes of each artifact, in bytes. Older lines do not say. */
  floors?: Floors;
  reason: string;
}

/** The ledger's text in the working tree, empty before the first line. */
export function readLedger(): string {
  try {
    return readFileSync(join(ROOT, LEDGER), "utf8");
  } catch {
    return "";
  }
}

/** The entries in `text`. Throws CheckError with the line's number when one cannot be read. */
export function parseLedger(text: string): Entry[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line, index) => {
      try {
        const entry = JSON.parse(line) as Entry;
        if (!entry.buildNumber || !entry.sizes || !entry.reason) throw new Error("a field is missing");
        return entry;
      } catch (error) {
        throw new CheckError(`${LEDGER}:${index + 1}: ${(error as Error).message}`);
      }
    });
}

const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;

/** The line of a change that is not committed yet. */
export const nextLine = (change: Pick<Entry, "sizes" | "floors" | "reason">): string =>
  lineOf({ parent: gitOrNull("rev-parse", "HEAD"), buildNumber: FIXED_NUMBER, ...change });

/** Adds a line about a commit that is there already. */
export function appendAfterwards(
  commit: string,
  parent: string | null,
  sizes: Record<string, Sizes>,
  reason: string,
): void {
  const line = lineOf({ parent, commit, buildNumber: FIXED_NUMBER, sizes, reason });
  appendFileSync(join(ROOT, LEDGER), line);
}

/** The line with the current limits: the last one that was not written afterwards. */
export const current = (entries: readonly Entry[]): Entry | undefined =>
  entries.findLast(({ commit }) => commit === undefined);

/** The ledger as `commit` has it, empty where it has none. */
export function ledgerAt(commit: string): string {
  const listed = git("ls-tree", "--name-only", commit, "--", LEDGER);
  // The last line feed counts here, and `git` trims it.
  return listed ? `${git("show", `${commit}:${LEDGER}`)}\n` : "";
}

/** The ledgers that this one must have the lines of: those of the base, of HEAD and its parents, and of what is being merged. */
export function ledgersBefore(base: string | null): string[] {
  const parents = gitOrNull("rev-parse", "HEAD^@")?.split("\n") ?? [];
  const merged = gitOrNull("rev-parse", "--verify", "--quiet", "MERGE_HEAD");
  const commits = [base, ...parents, gitOrNull("rev-parse", "HEAD"), merged].filter((one) => !!one);
  return [...new Set(commits as string[])].map(ledgerAt);
}

/** What `after` did to the lines of `before`; null when it has each, in the same order. */
export function rewritten(before: string, after: string): string | null {
  const now = after.split("\n");
  let at = 0;
  for (const [index, line] of before.split("\n").slice(0, -1).entries()) {
    at = now.indexOf(line, at) + 1;
    if (at === 0) return `line ${index + 1} was changed, moved or removed: ${line.slice(0, 160)}`;
  }
  return null;
}

/** The lines of every ledger in `before`, and then those that `after` has behind them. */
export function mended(before: readonly string[], after: string): string {
  if (before.every((text) => rewritten(text, after) === null)) return after;
  const lines = new Set(before.flatMap((text) => text.split("\n").slice(0, -1)));
  const now = after.split("\n");
  const added = now.slice(now.findLastIndex((line) => lines.has(line)) + 1);
  // A conflict's marks are no lines.
  for (const line of added) if (line.startsWith("{")) lines.add(line);
  return [...lines].map((line) => `${line}\n`).join("");
}
