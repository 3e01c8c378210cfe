/** `npm run size:history`: the ledger as a table and as a chart. */

import { CheckError, isMain, newCommand, runCommand } from "../cli.ts";
import { gitOrNull } from "../git.ts";
import { chartIsStale, writeChart } from "./chart.ts";
import { short } from "./commits.ts";
import { type Entry, parseLedger, readLedger } from "./ledger.ts";
import { toText } from "./print.ts";
import { CHART, LEDGER } from "./settings.ts";

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

async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size:history --")
    .description(`Prints the ledger (${LEDGER}) and draws it (${CHART}).`)
    .option("--json", "print the entries as JSON")
    .option("--check", "draw nothing; exit 1 when the chart does not show the ledger")
    .parse(argv, { from: "user" })
    .opts<{ json?: boolean; check?: boolean }>();

  const text = readLedger();
  if (options.check) {
    if (chartIsStale(text)) throw new CheckError(`${CHART} does not show ${LEDGER}: npm run size:history`);
  } else {
    if (!text) throw new CheckError(`${LEDGER} is empty: the first line comes with npm run size:accept`);
    writeChart(text);
  }
  const commits = commitsOfLines();
  const entries = parseLedger(text).map((entry, index) => ({
    ...entry,
    commit: entry.commit ?? commits[index] ?? null,
  }));
  console.log(options.json ? JSON.stringify(entries, null, 2) : table(entries));
  if (!options.check) console.error(`drawn: ${CHART}`);
}

if (isMain(import.meta.url)) await runCommand(main);
