/** `npm run size -- history`: every change of the sizes, with its reason. The site draws it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { newCommand } from "../cli.ts";
import { ROOT } from "../config.ts";
import { gitOrNull } from "../git.ts";
import { toText } from "../print.ts";
import { short, sizesAt } from "./commits.ts";
import { readRows, type SizesByName, sizesOfRows } from "./limits.ts";
import { FIXED_NUMBER, LIMITS } from "./settings.ts";

export interface Entry {
  /** Null for a change that is not committed yet. */
  commit: string | null;
  /** The fixed number that the files were built with. */
  buildNumber: string;
  sizes: SizesByName;
  reason: string;
}

/** Measured for commits that are older than this repository. The file is frozen, as its first line says; another library has none. */
const OLDER = join(ROOT, "scripts/size/history-before-git.jsonl");

/**
 * Every change of the sizes, oldest first: the commits that moved the rows of `.size-limit.json`, on both sides of each merge, and
 * what is not committed yet. One that leaves the sizes as the one before it, as most merges do, is no change.
 */
export function readHistory(): Entry[] {
  const [, ...older] = existsSync(OLDER) ? readFileSync(OLDER, "utf8").trimEnd().split("\n") : [];
  const entries = older.map((line) => JSON.parse(line) as Entry);
  const add = (commit: string | null, sizes: SizesByName, reason: string): void => {
    if (Object.keys(sizes).length === 0 || isDeepStrictEqual(sizes, entries.at(-1)?.sizes)) return;
    entries.push({ commit, buildNumber: FIXED_NUMBER, sizes, reason });
  };
  const isShallow = gitOrNull("rev-parse", "--is-shallow-repository") === "true";
  const order = ["--full-history", "--topo-order", "--reverse"];
  const log = gitOrNull("log", ...order, "--format=%H%x00%P%x00%s", "--", LIMITS);
  for (const line of log?.split("\n").filter(Boolean) ?? []) {
    const [commit, parents, subject] = line.split("\0") as [string, string, string];
    const reason = isShallow && !parents ? "Cut: this clone is shallow and lacks what was before" : subject;
    add(commit, sizesAt(commit), reason);
  }
  const next = log === null ? "Cut: this is no git checkout and lacks what was before" : "Not committed yet";
  add(null, sizesOfRows(readRows()), next);
  return entries;
}

export async function main(argv: string[]): Promise<void> {
  const { json } = newCommand("npm run size -- history")
    .description(
      `Prints the sizes of every commit that moved them in ${LIMITS}, with its subject. The site's size page draws them.`,
    )
    .option("--json", "print the entries as JSON")
    .parse(argv, { from: "user" })
    .opts<{ json?: boolean }>();
  const entries = readHistory();
  const rows = entries.flatMap(({ commit, sizes, reason }) =>
    Object.entries(sizes).map(([name, { raw, gzip, brotli }]) => [
      ...[commit ? short(commit) : "(next)", name, raw, gzip, brotli, reason],
    ]),
  );
  const head = ["commit", "file", "raw", "gzip", "brotli", "reason"];
  console.log(json ? JSON.stringify(entries, null, 2) : toText({ head, rows }));
}
