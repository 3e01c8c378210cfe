/** Measures what each feature costs, by building without it. Every name that is left keeps its letter. */
import { brotli, gzip, quickSweep } from "../../build/compress.ts";
import { guard } from "../../build/guard.ts";
import { prepare, type Sizes, sizesOf } from "../../build/index.ts";
import { SHIPPING, type Sweep } from "../../build/sweep.ts";
import { CheckError } from "../../cli.ts";
import { PRODUCTION, STAMP, type Target } from "../../config.ts";
import { FORMATS, SAMPLE } from "../settings.ts";
import { cutOut, type Feature } from "./cut.ts";

export interface FeatureCost {
  name: string;
  without: string;
  /** Bytes that the file would lose without the feature. */
  cost: Sizes;
}

export interface FeatureReport {
  name: string;
  buildNumber: string;
  total: Sizes;
  features: FeatureCost[];
  /** The file with every feature cut out. The costs do not add up to the difference: features share words and shapes. */
  rest: Sizes;
  /** How far a cost moves with the build number alone: the largest spread over all features, in bytes. */
  noise: Sizes;
}

/** Build numbers over which the noise is measured. */
const NOISE_NUMBERS = SAMPLE.filter((_, index) => index % 20 === 0);

const minus = (a: Sizes, b: Sizes): Sizes => ({
  raw: a.raw - b.raw,
  gzip: a.gzip - b.gzip,
  brotli: a.brotli - b.brotli,
});

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

/** How far the build number alone moves the difference between `text` and `whole`. */
async function spread(target: Target, whole: string, text: string, quick: Sweep): Promise<Sizes> {
  const costs = await Promise.all(
    NOISE_NUMBERS.map(async (number) =>
      minus(await sizes(target, whole, number, quick), await sizes(target, text, number, quick)),
    ),
  );
  const range = (format: keyof Sizes): number => {
    const all = costs.map((cost) => cost[format]);
    return Math.max(...all) - Math.min(...all);
  };
  return { raw: range("raw"), gzip: range("gzip"), brotli: range("brotli") };
}

/** Costs of those of `features` that the target has. Throws CheckError when a cut is stale. */
export async function measureFeatures(
  target: Target,
  features: readonly Feature[],
  buildNumber: string,
  progress: (message: string) => void = () => {},
): Promise<FeatureReport> {
  const present = features.filter(({ cuts }) => cuts[target.name]?.length);
  if (present.length === 0) throw new CheckError(`${target.name} has none of these features`);
  const whole = await without(target, []);
  const total = await sizes(target, whole, buildNumber);
  const quick = await quickSweep(NOISE_NUMBERS.map((number) => whole.replace(STAMP, number)));
  const costs: FeatureCost[] = [];
  const noise: Sizes = { raw: 0, gzip: 0, brotli: 0 };
  for (const [index, feature] of present.entries()) {
    progress(`${feature.name} (${index + 1} of ${present.length})`);
    const text = await without(target, [feature]);
    const cost = minus(total, await sizes(target, text, buildNumber));
    costs.push({ name: feature.name, without: feature.without, cost });
    const moved = await spread(target, whole, text, quick);
    for (const format of FORMATS) noise[format] = Math.max(noise[format], moved[format]);
  }
  progress("all of them");
  return {
    name: target.name,
    buildNumber,
    total,
    features: costs.sort((a, b) => b.cost.gzip - a.cost.gzip),
    rest: await sizes(target, await without(target, present), buildNumber),
    noise,
  };
}
