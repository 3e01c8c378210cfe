/** `npm run size -- wire`: does the whole response, headers and TLS included, fit in one TCP segment? */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Option } from "commander";
import { chooseBuildNumber } from "../build/number.ts";
import { build } from "../build.ts";
import { CheckError, newCommand, UsageError } from "../cli.ts";
import { printTables } from "../print.ts";
import { complaint, measureWire, SEGMENT, wireTable } from "./wire-model.ts";
import { writePage } from "./wire-page.ts";

export async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size -- wire")
    .description(
      "Serves the release by a real nginx over TLS 1.3 on loopback and counts the bytes of each response, headers and " +
        "TLS records included. Exit code 1 when a brotli response takes more than one TCP segment; gzip is reported.",
    )
    .option("--from <folder>", "measure what npm run build wrote there, instead of building")
    .option("--limit <bytes>", "the most that a brotli response may take", String(SEGMENT))
    .option("--page", "also put the figures into scripts/site/content/cdn.md")
    .addOption(new Option("--json", "print the model").conflicts("markdown"))
    .option("--markdown", "print Markdown, and append it to $GITHUB_STEP_SUMMARY when that is set")
    .parse(argv, { from: "user" })
    .opts<{ from?: string; limit: string; page?: boolean; json?: boolean; markdown?: boolean }>();
  if (!/^[1-9]\d*$/.test(options.limit))
    throw new UsageError(`--limit takes a whole number of bytes, not ${options.limit}`);

  const folder = await mkdtemp(join(tmpdir(), "wire-"));
  try {
    const dist = options.from === undefined ? join(folder, "dist") : resolve(options.from);
    // What is too big for the budget is measured all the same.
    if (options.from === undefined)
      await build({ buildNumber: chooseBuildNumber(), out: dist, limit: Number.POSITIVE_INFINITY });
    const report = await measureWire(dist, join(folder, "release"), Number(options.limit));
    if (options.page) await writePage(report);
    const failed = complaint(report);
    printTables({ ...report, pass: !failed }, [wireTable(report)], options);
    if (failed) throw new CheckError(failed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
