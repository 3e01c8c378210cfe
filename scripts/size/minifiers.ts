/** `npm run size:minifiers`: the same input through other minifiers, as a measured table. */
import { Option } from "commander";
import { isMain, newCommand, runCommand } from "../cli.ts";
import { TARGETS } from "../config.ts";
import { MINIFIERS } from "./minifiers/list.ts";
import { type Comparison, compareMinifiers } from "./minifiers/measure.ts";
import { printTables, type Table } from "./table.ts";

export function minifierTable({ target, results, failures, best }: Comparison): Table {
  const mean = (bytes: number): string => bytes.toFixed(1);
  return {
    title: `${target} through each minifier: bytes, means over 3 build numbers. Best that may ship: ${best}`,
    head: ["minifier", "raw", "gzip", "brotli", "gzip, same names", "brotli, same names", "may ship"],
    rows: [
      ...results.map(({ minifier, raw, own, same, refused }) => [
        minifier,
        raw,
        mean(own.gzip),
        mean(own.brotli),
        mean(same.gzip),
        mean(same.brotli),
        refused ?? "yes",
      ]),
      ...failures.map(({ minifier, why }) => [minifier, "", "", "", "", "", why]),
    ],
  };
}

async function main(argv: string[]): Promise<void> {
  const names = TARGETS.map(({ name }) => name);
  const options = newCommand("npm run size:minifiers --")
    .description(
      "Compares the build's minifier with others on the same input. 'Same names' renames each result by one rule, so that " +
        "luck with letters does not decide.",
    )
    .addOption(new Option("--target <name>", "default: every artifact").choices(names))
    .addOption(new Option("--json", "print the measurement as JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, and append it to $GITHUB_STEP_SUMMARY where that is set")
    .parse(argv, { from: "user" })
    .opts<{ target?: string; json?: boolean; markdown?: boolean }>();

  const comparisons: Comparison[] = [];
  for (const target of TARGETS.filter(({ name }) => !options.target || name === options.target)) {
    comparisons.push(
      await compareMinifiers(target, MINIFIERS, (name) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${target.name} through ${name}`);
      }),
    );
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }
  printTables(comparisons, comparisons.map(minifierTable), options);
}

if (isMain(import.meta.url)) void runCommand(main);
