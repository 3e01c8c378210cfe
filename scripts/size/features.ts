/** `npm run size -- features`: measures the cost of each feature by building what ships without it. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Option } from "commander";
import { checkBuildNumber } from "../build/stamp.ts";
import { CheckError, newCommand } from "../cli.ts";
import { FEATURES_SCRIPT, ROOT, TARGETS } from "../config.ts";
import { type Feature, type FeatureReport, measureFeatures } from "./features/cost.ts";
import { printTables, type Table } from "./print.ts";
import { FIXED_NUMBER, FORMATS } from "./settings.ts";

async function loadFeatures(): Promise<readonly Feature[]> {
  if (!FEATURES_SCRIPT) throw new CheckError("scripts/config.ts names no script with features");
  return (await import(pathToFileURL(join(ROOT, FEATURES_SCRIPT)).href)).FEATURES;
}

/** The costs, what is left without all of them, and how far chance moves them. */
export function featureTable({ name, buildNumber, features, rest, total, noise }: FeatureReport): Table {
  const without = "the file with every feature cut out; features share words, so costs do not add up";
  const rows = [
    ...features,
    { name: "all the rest", cost: rest, without },
    { name: "the whole", cost: total, without: "" },
    { name: "noise floor", cost: noise, without: "how far the build number alone moves a cost" },
  ];
  return {
    title: `Cost of each feature in ${name}, build ${buildNumber}: bytes that go when it is cut out`,
    head: ["feature", ...FORMATS, "without it"],
    rows: rows.map((row) => [row.name, ...FORMATS.map((format) => row.cost[format]), row.without]),
  };
}

export async function main(argv: string[]): Promise<void> {
  const names = TARGETS.map(({ name }) => name);
  const options = newCommand("npm run size -- features")
    .description("Measures what each feature costs by building what ships without it.")
    .addOption(new Option("--target <name>", "which artifact").choices(names).default(names[0]))
    .option("--build-number <id>", "the build number of all builds", FIXED_NUMBER)
    .addOption(new Option("--json", "print the measurement as JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, and append it to $GITHUB_STEP_SUMMARY where that is set")
    .parse(argv, { from: "user" })
    .opts<{ target: string; buildNumber: string; json?: boolean; markdown?: boolean }>();

  const target = TARGETS.find(({ name }) => name === options.target)!;
  const buildNumber = checkBuildNumber(options.buildNumber);
  const show = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  };
  const report = await measureFeatures(target, await loadFeatures(), buildNumber, (feature) =>
    show(`${target.name} without ${feature}`),
  );
  show("");
  printTables(report, [featureTable(report)], options);
}
