/** `npm run size`: compares the size of each file with a base, and checks it. */
import { writeFileSync } from "node:fs";
import { CheckError, isMain, newCommand, runCommand, UsageError, writing } from "../cli.ts";
import { parseGrowth } from "./growth.ts";
import { printMarkdown } from "./print.ts";
import { renderMarkdown, renderText } from "./render.ts";
import { makeReport } from "./report.ts";

async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size --")
    .description(
      "Measures raw, gzip and brotli of every file that ships against a base, and runs the gates: ratchet, size-limit, " +
        "the hard budget, the ledger. Exit code 1 when one fails.",
    )
    .option(
      "--base <ref>",
      "the commit to compare with (default: HEAD while the tree has changes; else HEAD's parent on main; elsewhere where the branch left main)",
    )
    .option("--max-growth <limit>", "what a compressed file may gain against the base, as 10B or 1%")
    .option("--json [file]", "print the report as JSON, or write it to a file")
    .option("--markdown", "print it as Markdown, and append it to $GITHUB_STEP_SUMMARY when set")
    .parse(argv, { from: "user" })
    .opts<{ base?: string; maxGrowth?: string; json?: string | true; markdown?: boolean }>();

  if (options.json === true && options.markdown)
    throw new UsageError("--json needs a file beside --markdown");
  const report = await makeReport({
    ...(options.base ? { base: options.base } : {}),
    ...(options.maxGrowth ? { maxGrowth: parseGrowth(options.maxGrowth) } : {}),
  });
  if (options.markdown) printMarkdown(renderMarkdown(report));
  const json = JSON.stringify(report, null, 2);
  if (typeof options.json === "string") {
    const file = options.json;
    await writing("--json", file, () => writeFileSync(file, `${json}\n`));
  }
  if (options.json === true) console.log(json);
  else if (!options.markdown) console.log(renderText(report));
  if (!report.ok) {
    const failed = report.checks.filter(({ ok }) => !ok).map(({ name }) => name);
    throw new CheckError(`the size gate says no: ${failed.join(", ")}`);
  }
}

if (isMain(import.meta.url)) await runCommand(main);
