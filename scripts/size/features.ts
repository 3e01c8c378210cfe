/** `npm run size -- features`: measures what each feature costs, by building without it. Every name that is left keeps its letter. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Option } from "commander";
import { brotli, gzip, quickSweep } from "../build/compress.ts";
import { guard } from "../build/guard.ts";
import { prepare, type Sizes, sizesOf } from "../build/index.ts";
import { checkBuildNumber } from "../build/stamp.ts";
import { SHIPPING } from "../build/sweep.ts";
import { CheckError, newCommand } from "../cli.ts";
import { FEATURES_SCRIPT, PRODUCTION, ROOT, STAMP, TARGETS, type Target } from "../config.ts";
import { printTables, showProgress, type Table } from "../print.ts";
import { FIXED_NUMBER, FORMATS, type Format, SAMPLE } from "./settings.ts";

/** A place of a feature: the artifacts whose source has it, the code, which must be there once, and what replaces it (nothing). */
export type Cut = readonly [where: readonly string[], find: string, replace?: string];

export interface Feature {
  name: string;
  /** What a user loses without it. */
  without: string;
  cuts: readonly Cut[];
}

export type FeatureReport = Awaited<ReturnType<typeof measureFeatures>>;

/** White space in the table matches any white space and comments in the source, and " ... " the least text that fits. */
function pattern(find: string): RegExp {
  const words = find.trim().split(/\s+/);
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  const gap = "(?:\\s|//[^\\n]*\\n)+";
  return new RegExp(escaped.join(gap).replaceAll(`${gap}\\.\\.\\.${gap}`, "[^]*?"), "g");
}

/**
 * `source`, the source of `artifact`, without `features`.
 *
 * A cut inside of another feature's cut goes with it. Throws CheckError, naming the feature, when a cut is not found exactly
 * once, or when two of them overlap in any other way.
 */
export function cutOut(features: readonly Feature[], artifact: string, source: string): string {
  const ranges = features.flatMap(({ name, cuts }) =>
    cuts.flatMap(([where, find, replace = ""]) => {
      if (!where.includes(artifact)) return [];
      const found = [...source.matchAll(pattern(find))];
      if (found.length !== 1)
        throw new CheckError(
          `the feature table is stale: "${name}" is marked by ${JSON.stringify(find)}, which is ${found.length} times ` +
            `in the source of ${artifact}; update scripts/size/features/table.ts`,
        );
      const start = found[0]!.index;
      return [{ name, start, end: start + found[0]![0].length, replace }];
    }),
  );
  // The outer one of two comes first.
  ranges.sort((a, b) => a.start - b.start || b.end - a.end);
  let text = "";
  let at = 0;
  for (const { name, start, end, replace } of ranges) {
    if (end <= at) continue;
    if (start < at)
      throw new CheckError(`the feature table is wrong: "${name}" overlaps another in ${artifact}`);
    text += source.slice(at, start) + replace;
    at = end;
  }
  return text + source.slice(at);
}

/** The text of the target without `features`, its build number open. Throws BuildError, naming them, when it is no program. */
export async function without(target: Target, features: readonly Feature[]): Promise<string> {
  try {
    const edit = (source: string): string => cutOut(features, target.name, source);
    return (await prepare(target, { tier: PRODUCTION }, edit)).code;
  } catch (error) {
    (error as Error).message =
      `without ${features.map(({ name }) => name).join(", ")}: ${(error as Error).message}`;
    throw error;
  }
}

async function sizes(target: Target, text: string, buildNumber: string, sweep = SHIPPING): Promise<Sizes> {
  // Not `stamp`: without the feature that tells the version, no placeholder is left.
  const code = text.replace(STAMP, buildNumber);
  guard(target, PRODUCTION, code);
  const [gz, br] = await Promise.all([gzip(code, sweep), brotli(code, sweep)]);
  return sizesOf({ code, gzip: gz, brotli: br });
}

const each = (figure: (format: Format) => number): Sizes => {
  return { raw: figure("raw"), gzip: figure("gzip"), brotli: figure("brotli") };
};
const minus = (one: Sizes, other: Sizes): Sizes => each((format) => one[format] - other[format]);

/** Build numbers over which the noise is measured. */
const NOISE_NUMBERS = SAMPLE.filter((_, index) => index % 20 === 0);

/** Costs of those of `features` that the target has: bytes that it would lose. Throws CheckError when a cut is stale. */
export async function measureFeatures(
  target: Target,
  features: readonly Feature[],
  buildNumber: string,
  progress: (message: string) => void = () => {},
) {
  const present = features.filter(({ cuts }) => cuts.some(([where]) => where.includes(target.name)));
  if (present.length === 0) throw new CheckError(`${target.name} has none of these features`);
  const whole = await without(target, []);
  const total = await sizes(target, whole, buildNumber);
  const quick = await quickSweep(NOISE_NUMBERS.map((number) => whole.replace(STAMP, number)));
  const costs: { name: string; without: string; cost: Sizes }[] = [];
  /** How far a cost moves with the build number alone: the largest spread over all features. */
  let noise = each(() => 0);
  for (const [index, feature] of present.entries()) {
    progress(`${feature.name} (${index + 1} of ${present.length})`);
    const text = await without(target, [feature]);
    const cost = minus(total, await sizes(target, text, buildNumber));
    costs.push({ name: feature.name, without: feature.without, cost });
    const moved: Sizes[] = [];
    for (const number of NOISE_NUMBERS)
      moved.push(minus(await sizes(target, whole, number, quick), await sizes(target, text, number, quick)));
    const spread = (all: number[]): number => Math.max(...all) - Math.min(...all);
    const before = noise;
    noise = each((format) => Math.max(before[format], spread(moved.map((one) => one[format]))));
  }
  progress("all of them");
  costs.sort((one, other) => other.cost.gzip - one.cost.gzip);
  // The costs do not add up to the difference: features share words and shapes.
  const rest = await sizes(target, await without(target, present), buildNumber);
  return { name: target.name, buildNumber, total, features: costs, rest, noise };
}

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
  const report = await measureFeatures(target, await loadFeatures(), buildNumber, (feature) =>
    showProgress(`${target.name} without ${feature}`),
  );
  showProgress("");
  printTables(report, [featureTable(report)], options);
}
