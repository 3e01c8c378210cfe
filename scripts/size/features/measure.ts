/** Measures what each feature costs, by building the SDK without it. */
import type { MinifyOptions } from "terser";
import { compile } from "../../build/compile.ts";
import { brotli, gzip, SHIPPING, type Sweep } from "../../build/compress.ts";
import { guard } from "../../build/guard.ts";
import { type Code, type Sizes, sizesOf } from "../../build/index.ts";
import { minify, unnamedOptions } from "../../build/minify.ts";
import { STAMP } from "../../build/stamp.ts";
import { CheckError } from "../../cli.ts";
import { PRODUCTION, type Target } from "../../config.ts";
import { applyPlan } from "../names/apply.ts";
import { layOut, unchanged } from "../names/layout.ts";
import { COMPARING } from "../names/objective.ts";
import { firstPlan } from "../names/search.ts";
import { adoptPlan, describePlan, dialectOf, type Entry, readTable } from "../names/table.ts";
import { asFirstRead, editFor, type Feature } from "./cut.ts";

export const FORMATS = ["raw", "gzip", "brotli"] as const;

export interface FeatureCost {
  name: string;
  without: string;
  /** Bytes that the file would lose without the feature. */
  cost: Sizes;
}

/** What two features cost together beyond the sum of both. Negative: without one the other becomes cheaper to cut. */
export interface Interaction {
  features: [string, string];
  cost: Sizes;
}

export interface FeatureReport {
  name: string;
  buildNumber: string;
  total: Sizes;
  features: FeatureCost[];
  /** Pairs above the noise floor in either compressed format. */
  interactions: Interaction[];
  /** What features cost together beyond all of the above: smaller pairs, and what three or more share. */
  together: Sizes;
  /** The file with every feature cut out. */
  rest: Sizes;
  /** How far a cost moves with the build number alone: the largest spread over all features, in bytes. */
  noise: Sizes;
}

/** Build numbers over which the noise is measured. */
const NOISE_NUMBERS = ["1000", "2335", "4471", "6607", "9010"];

const zero = (): Sizes => ({ raw: 0, gzip: 0, brotli: 0 });

function combine(a: Sizes, b: Sizes, sign: 1 | -1): Sizes {
  return { raw: a.raw + sign * b.raw, gzip: a.gzip + sign * b.gzip, brotli: a.brotli + sign * b.brotli };
}
const plus = (...sizes: Sizes[]): Sizes => sizes.reduce((sum, size) => combine(sum, size, 1), zero());
const minus = (a: Sizes, b: Sizes): Sizes => combine(a, b, -1);

const rounded = ({ raw, gzip, brotli }: Sizes): Sizes => ({
  raw: Math.round(raw),
  gzip: Math.round(gzip),
  brotli: Math.round(brotli),
});

/**
 * Makes the target without some features, with every name that is left the same as in the whole.
 *
 * Were the names chosen anew for each build, chance would move the sizes by more than most features cost.
 */
export class Ablation {
  private readonly target: Target;
  private readonly names: Pick<Entry, "names" | "orders">;
  private readonly options: MinifyOptions;
  private readonly first = asFirstRead();
  /** The same text is made by several sets of features. */
  private readonly measured = new Map<string, Promise<Sizes>>();

  private constructor(target: Target, names: Pick<Entry, "names" | "orders">, options: MinifyOptions) {
    this.target = target;
    this.names = names;
    this.options = options;
  }

  /** Takes the names of what ships: the committed table's where it fits, terser's otherwise. */
  static async of(target: Target, entry: Entry | undefined = readTable()[target.name]): Promise<Ablation> {
    const input = await compile(target, PRODUCTION);
    const shipping = (await minify(target, input, undefined, entry)).code;
    if (entry) {
      const ablation = new Ablation(target, entry, unnamedOptions(target, entry.compress));
      if ((await ablation.without([])).code === shipping) return ablation;
    }
    // The same program with and without its own names: the bindings stand in the same order.
    const options = unnamedOptions(target);
    const layout = layOut((await minify(target, input, options)).code, dialectOf(target));
    const names = layOut(shipping, dialectOf(target)).bindings.map(({ variable }) => variable.name);
    return new Ablation(target, describePlan(layout, { ...unchanged(layout), names }), options);
  }

  async without(features: readonly Feature[]): Promise<Code> {
    const cut = editFor(features);
    const compiled = await compile(this.target, PRODUCTION, (path, source) =>
      cut(path, this.first(path, source)),
    );
    const unnamed = await minify(this.target, compiled, this.options);
    const layout = layOut(unnamed.code, dialectOf(this.target));
    return applyPlan(this.target, unnamed, adoptPlan(layout, this.names, firstPlan(layout)));
  }

  /** Throws BuildError when the file without `features` would not get past the pipeline's guard. */
  async sizes(prepared: Code, buildNumber: string, sweep: Sweep): Promise<Sizes> {
    // Not `stamp`: without the feature that tells the version, no placeholder is left.
    const code = prepared.code.replace(STAMP, buildNumber);
    const key = `${sweep === SHIPPING}${code}`;
    const known = this.measured.get(key);
    if (known) return known;
    guard(this.target, PRODUCTION, code);
    const sizes = Promise.all([gzip(code, sweep), brotli(code, sweep)]).then(([gzipped, brotlied]) =>
      sizesOf({ code, gzip: gzipped, brotli: brotlied }),
    );
    this.measured.set(key, sizes);
    return sizes;
  }
}

/** The largest minus the smallest. */
const spread = (numbers: number[]): number => Math.max(...numbers) - Math.min(...numbers);

/**
 * Costs of `features` in `target`. A feature that the target does not have is left out.
 *
 * The features' costs, the interactions, `together` and `rest` sum to `total`. Throws CheckError when a cut is stale, and
 * BuildError, naming the features, when the SDK without them is no program.
 */
export async function measureFeatures(
  target: Target,
  features: readonly Feature[],
  buildNumber: string,
  progress: (message: string) => void = () => {},
): Promise<FeatureReport> {
  const ablation = await Ablation.of(target);
  const build = async (cut: readonly Feature[]): Promise<Code> => {
    try {
      return await ablation.without(cut);
    } catch (error) {
      (error as Error).message =
        `without ${cut.map(({ name }) => name).join(", ")}: ${(error as Error).message}`;
      throw error;
    }
  };
  const exact = (code: Code): Promise<Sizes> => ablation.sizes(code, buildNumber, SHIPPING);
  const quick = (code: Code, number: string): Promise<Sizes> => ablation.sizes(code, number, COMPARING);
  /** The mean over a few build numbers: pairs are compared with each other, so chance must not favour one side. */
  const typical = async (code: Code): Promise<Sizes> => {
    const all = await Promise.all(NOISE_NUMBERS.slice(0, 3).map((number) => quick(code, number)));
    const sum = plus(...all);
    return { raw: sum.raw / all.length, gzip: sum.gzip / all.length, brotli: sum.brotli / all.length };
  };

  const whole = await build([]);
  const total = await exact(whole);
  const quickTotal = await typical(whole);
  const present: { feature: Feature; code: Code; quickCost: Sizes }[] = [];
  const costs: FeatureCost[] = [];
  const noise = zero();
  for (const [index, feature] of features.entries()) {
    progress(`${feature.name} (${index + 1} of ${features.length})`);
    const code = await build([feature]);
    if (code.code === whole.code) continue;
    costs.push({ name: feature.name, without: feature.without, cost: minus(total, await exact(code)) });
    present.push({ feature, code, quickCost: minus(quickTotal, await typical(code)) });
    const moves = await Promise.all(
      NOISE_NUMBERS.map(async (number) => minus(await quick(whole, number), await quick(code, number))),
    );
    for (const format of FORMATS)
      noise[format] = Math.max(noise[format], spread(moves.map((move) => move[format])));
  }
  if (present.length === 0) throw new CheckError(`${target.name} has none of these features`);

  const interactions: Interaction[] = [];
  for (const [index, one] of present.entries()) {
    for (const other of present.slice(index + 1)) {
      progress(`${one.feature.name} with ${other.feature.name}`);
      const both = minus(quickTotal, await typical(await build([one.feature, other.feature])));
      const cost = rounded(minus(both, plus(one.quickCost, other.quickCost)));
      const loud = (["gzip", "brotli"] as const).some((format) => Math.abs(cost[format]) > noise[format]);
      if (loud) interactions.push({ features: [one.feature.name, other.feature.name], cost });
    }
  }
  interactions.sort((a, b) => Math.abs(b.cost.gzip) - Math.abs(a.cost.gzip));

  progress("all of them");
  const rest = await exact(await build(present.map(({ feature }) => feature)));
  const told = plus(rest, ...costs.map(({ cost }) => cost), ...interactions.map(({ cost }) => cost));
  return {
    name: target.name,
    buildNumber,
    total,
    features: costs.sort((a, b) => b.cost.gzip - a.cost.gzip),
    interactions,
    together: minus(total, told),
    rest,
    noise,
  };
}
