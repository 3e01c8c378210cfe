/** `npm run size:features`: what each feature of the SDK costs, measured by building it without the feature. */
import { Option } from "commander";
import { checkBuildNumber } from "../build/stamp.ts";
import { isMain, newCommand, runCommand } from "../cli.ts";
import { TARGETS } from "../config.ts";
import { type FeatureReport, FORMATS, measureFeatures } from "./features/measure.ts";
import { FEATURES } from "./features/table.ts";
import { FIXED_NUMBER } from "./settings.ts";
import { printTables, signed, type Table } from "./table.ts";

/** The costs, and what is left, as one column that adds up to the whole; and what the interactions are. */
export function featureTables(report: FeatureReport): Table[] {
  const { features, interactions, together, rest, total, noise } = report;
  const row = (label: string, sizes: FeatureReport["total"], note = ""): (string | number)[] => [
    label,
    ...FORMATS.map((format) => sizes[format]),
    note,
  ];
  const pairs = interactions.reduce(
    (sum, { cost }) => ({
      raw: sum.raw + cost.raw,
      gzip: sum.gzip + cost.gzip,
      brotli: sum.brotli + cost.brotli,
    }),
    { raw: 0, gzip: 0, brotli: 0 },
  );
  const tables: Table[] = [
    {
      title: `Cost of each feature in ${report.name}, build ${report.buildNumber}: bytes that go when it is cut out`,
      head: ["feature", ...FORMATS, "without it"],
      rows: [
        ...features.map(({ name, cost, without }) => row(name, cost, without)),
        row("pairs, below", pairs, "what two features cost together beyond their own costs"),
        row("together", together, "the same for more features, and for pairs inside the noise"),
        row("all the rest", rest, "the file with every feature cut out"),
        row("the whole", total),
        row("noise floor", noise, "how far the build number alone moves a cost; not part of the sum"),
      ],
    },
  ];
  if (interactions.length) {
    tables.push({
      title:
        "Pairs above the noise floor: bytes that go only when both are cut out (or, negative, only once)",
      head: ["feature", "with", ...FORMATS],
      rows: interactions.map(({ features: [one, other], cost }) => [
        one,
        other,
        ...FORMATS.map((format) => signed(cost[format])),
      ]),
    });
  }
  return tables;
}

async function main(argv: string[]): Promise<void> {
  const names = TARGETS.map(({ name }) => name);
  const options = newCommand("npm run size:features --")
    .description(
      "Measures what each feature costs by building the SDK without it. The column adds up to the whole.",
    )
    .addOption(new Option("--target <name>", "which artifact").choices(names).default(names[0]))
    .option("--build-number <id>", "the build number of all builds", FIXED_NUMBER)
    .addOption(new Option("--json", "print the measurement as JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, and append it to $GITHUB_STEP_SUMMARY where that is set")
    .parse(argv, { from: "user" })
    .opts<{ target: string; buildNumber: string; json?: boolean; markdown?: boolean }>();

  const terminal = process.stderr.isTTY === true;
  const target = TARGETS.find(({ name }) => name === options.target)!;
  const report = await measureFeatures(target, FEATURES, checkBuildNumber(options.buildNumber), (message) => {
    if (terminal) process.stderr.write(`\r\x1b[K${target.name} without ${message}`);
  });
  if (terminal) process.stderr.write("\r\x1b[K");

  printTables(report, featureTables(report), options);
}

if (isMain(import.meta.url)) void runCommand(main);
