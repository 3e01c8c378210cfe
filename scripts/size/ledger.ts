/**
 * The ledger, `scripts/size/history.jsonl`: one line for each change of a limit, with its reason.
 *
 * Lines are only ever added. A line is written before its commit exists, so it names the commit it came on top of;
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
import { FIXED_NUMBER, LEDGER } from "./settings.ts";

export interface Entry {
  /** The commit that this change came on top of; null for a repository's first. */
  parent: string | null;
  /** The commit itself, on a line that was written after it. */
  commit?: string;
  /** The fixed number that the files were built with. */
  buildNumber: string;
  /** Bytes, by artifact. */
  sizes: Record<string, Sizes>;
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

const append = (entry: Entry): void => appendFileSync(join(ROOT, LEDGER), `${JSON.stringify(entry)}\n`);

/** Adds the line of a change that is not committed yet. */
export function appendEntry(sizes: Record<string, Sizes>, reason: string): void {
  append({ parent: gitOrNull("rev-parse", "HEAD"), buildNumber: FIXED_NUMBER, sizes, reason });
}

/** Adds a line about a commit that is there already. */
export function appendAfterwards(
  commit: string,
  parent: string | null,
  sizes: Record<string, Sizes>,
  reason: string,
): void {
  append({ parent, commit, buildNumber: FIXED_NUMBER, sizes, reason });
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

/** Describes what `after` did to the lines of `before`; null when it only added some. */
export function rewritten(before: string, after: string): string | null {
  if (after.startsWith(before)) return null;
  const old = before.split("\n");
  const now = after.split("\n");
  const line = old.findIndex((text, index) => text !== now[index]);
  const what = now.length < old.length ? "removed or changed" : "changed";
  return `line ${line + 1} was ${what}: ${old[line]?.slice(0, 160)}`;
}
