/** `npm run size -- history`: the ledger as a table. The site draws it. */

import { CheckError, newCommand } from "../cli.ts";
import { gitOrNull } from "../git.ts";
import { short } from "./commits.ts";
import { type Entry, parseLedger, readLedger } from "./ledger.ts";
import { toText } from "./print.ts";
import { LEDGER } from "./settings.ts";

/** The commit that added each line, by git blame; null for a line that is not committed. */
function commitsOfLines(): (string | null)[] {
  const blame = gitOrNull("blame", "--porcelain", "--", LEDGER) ?? "";
  return [...blame.matchAll(/^([0-9a-f]{40}) \d+ \d+/gm)].map(([, hash]) =>
    /^0+$/.test(hash!) ? null : hash!,
  );
}

type Listed = Omit<Entry, "commit"> & { commit: string | null };

function table(entries: readonly Listed[]): string {
  return toText({
    head: ["commit", "file", "raw", "gzip", "brotli", "reason"],
    rows: entries.flatMap(({ commit, sizes, reason }) =>
      Object.entries(sizes).map(([name, { raw, gzip, brotli }]) => [
        commit ? short(commit) : "(next)",
        name,
        raw,
        gzip,
        brotli,
        reason,
      ]),
    ),
  });
}

export async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size -- history")
    .description(`Prints the ledger (${LEDGER}). The size page of the site draws it.`)
    .option("--json", "print the entries as JSON")
    .parse(argv, { from: "user" })
    .opts<{ json?: boolean }>();

  const text = readLedger();
  if (!text) throw new CheckError(`${LEDGER} is empty: the first line comes with npm run size -- accept`);
  const commits = commitsOfLines();
  const entries = parseLedger(text).map((entry, index) => ({
    ...entry,
    commit: entry.commit ?? commits[index] ?? null,
  }));
  console.log(options.json ? JSON.stringify(entries, null, 2) : table(entries));
}
