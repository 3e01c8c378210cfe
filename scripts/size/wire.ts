/** `npm run size -- wire`: does the whole response, headers and TLS included, fit in one TCP segment? */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chooseBuildNumber } from "../build/number.ts";
import { build } from "../build.ts";
import { CheckError, newCommand, UsageError } from "../cli.ts";
import { printMarkdown, toMarkdown, toText } from "./print.ts";
import { complaint, failures, measureWire, SEGMENT, wireTable } from "./wire-model.ts";
import { writePage } from "./wire-page.ts";

function parseLimit(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`--limit takes a whole number of bytes, not ${text}`);
  return Number(text);
}

export async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size -- wire")
    .description(
      "Serves the release by a real nginx over TLS 1.3 on loopback and counts the bytes of each response, headers and " +
        "TLS records included. Exit code 1 when a brotli response takes more than one TCP segment; gzip is reported.",
    )
    .option("--from <folder>", "measure what npm run build wrote there, instead of building")
    .option("--limit <bytes>", "the most that a brotli response may take", String(SEGMENT))
    .option("--page", "also put the figures into scripts/site/content/cdn.md")
    .option("--json", "print the model")
    .option("--markdown", "print Markdown, and append it to $GITHUB_STEP_SUMMARY when that is set")
    .allowExcessArguments(false)
    .parse(argv, { from: "user" })
    .opts<{ from?: string; limit: string; page?: boolean; json?: boolean; markdown?: boolean }>();
  const limit = parseLimit(options.limit);
  if (options.json && options.markdown) throw new UsageError("--json and --markdown do not go together");

  const folder = await mkdtemp(join(tmpdir(), "wire-"));
  try {
    const dist = options.from === undefined ? join(folder, "dist") : resolve(options.from);
    // What is too big for the budget is measured all the same.
    if (options.from === undefined)
      await build({ buildNumber: chooseBuildNumber(), out: dist, limit: Number.POSITIVE_INFINITY });
    const report = await measureWire(dist, join(folder, "release"), limit);
    if (options.page) await writePage(report);
    const table = wireTable(report);
    if (options.json)
      console.log(JSON.stringify({ ...report, pass: failures(report).length === 0 }, null, 2));
    else if (options.markdown) printMarkdown(toMarkdown(table));
    else console.log(toText(table));
    const failed = complaint(report);
    if (failed) throw new CheckError(failed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
