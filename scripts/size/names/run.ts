/** The whole search for one target: names and orders, the minifier's options, and a last word by the compressors that ship. */

import type { Code } from "../../build/artifact.ts";
import { compile } from "../../build/compile.ts";
import type { Sweep } from "../../build/compress.ts";
import { type Compress, minify, minifyOptions, unnamedOptions } from "../../build/minify.ts";
import { PRODUCTION, type Target } from "../../config.ts";
import { checkEquivalent } from "./equivalence.ts";
import { type Layout, layOut, type Plan, render, unchanged } from "./layout.ts";
import {
  COMPARING,
  type Compressed,
  distance,
  meanOf,
  QuickMeasure,
  shippingSizes,
  worstOf,
} from "./objective.ts";
import { Random } from "./random.ts";
import { anneal, type Found, firstPlan } from "./search.ts";
import { adoptPlan, describePlan, dialectOf, type Entry, shapeOf } from "./table.ts";

/** The sizes that the project is after, in bytes. */
const GOALS: Record<string, Compressed> = {
  "all.js": { gzip: 1024, brotli: 860 },
  "index.mjs": { gzip: 960, brotli: 800 },
};

export function goalOf(target: Target): Compressed {
  return GOALS[target.name] ?? GOALS["all.js"]!;
}

/**
 * The minifier's options worth trying: each changes the text of this kind of file and none may change what it does.
 * `unsafe` is not among them, nor is any other option of that kind.
 */
const VARIANTS: Compress[] = [
  { collapse_vars: false },
  { comparisons: false },
  { conditionals: false },
  { evaluate: false },
  { hoist_funs: true },
  { hoist_funs: false },
  { hoist_props: false },
  { merge_vars: false },
  { if_return: false },
  { inline: false },
  { inline: 1 },
  { join_vars: false },
  { lhs_constants: false },
  { reduce_funcs: false },
  { reduce_vars: false },
  { sequences: false },
  { sequences: 3 },
  { side_effects: false },
  { unused: false },
];

/** The search tunes to one build number of the sample, one of the many that all compress alike. */
const SEARCH_NUMBER = "1089";
/** A choice counts only as far as it holds for all of these. 2424 and 8120 are often the sample's worst. */
export const CONFIRM_NUMBERS = ["1000", "1089", "2424", "5717", "8120"];

/** Where annealing begins, in bytes of distance. From nothing it begins hot, so that whole alphabets are tried first. */
const FRESH_HEAT = 8;
const CONTINUING_HEAT = 0.7;

/** What confirming and measuring take at the end, in milliseconds. */
export const ENDING = 12_000;

export interface RunOptions {
  seed: number;
  steps: number;
  /** Says how much of the time allowed is gone, from 0 to 1. At 1 the search ends with what it has. */
  clock: () => number;
  /** An older entry, fitting or not: the committed table's. */
  committed?: Entry | undefined;
  /** Begins with the older entry instead of from nothing. */
  continues: boolean;
  /** Weighs gzip's and brotli's distance alike, instead of the farther one above all. */
  evenly?: boolean;
  /** The first temperature, in bytes of distance; by default FRESH_HEAT or, from an older entry, CONTINUING_HEAT. */
  heat?: number | undefined;
  /** Build numbers for which a choice must hold; by default CONFIRM_NUMBERS. */
  numbers?: readonly string[];
  progress: (message: string, done: number) => void;
}

/** Sizes over all build numbers. */
export interface Measured {
  worst: Compressed;
  mean: Compressed;
}

export interface RunResult {
  entry: Entry;
  /** True when nothing better than the committed entry was found. */
  kept: boolean;
  /** The build numbers that the sizes below are of. */
  numbers: readonly string[];
  /** With the minifier's own names, and with what was found. */
  before: Measured;
  after: Measured;
  /** What each of the minifier's options brought, in bytes of distance; less is better. */
  options: { option: string; change: number }[];
}

interface Candidate extends Found {
  compress: Compress;
  layout: Layout;
}

export async function run(target: Target, input: Code, options: RunOptions): Promise<RunResult> {
  const {
    seed,
    steps,
    clock,
    committed,
    continues,
    progress,
    numbers = CONFIRM_NUMBERS,
    evenly = false,
  } = options;
  const goal = goalOf(target);
  const dialect = dialectOf(target);
  const random = new Random(seed);
  const measure = new QuickMeasure(goal, [SEARCH_NUMBER], evenly);
  const layoutWith = async (compress: Compress): Promise<Layout> =>
    layOut((await minify(target, input, unnamedOptions(target, compress))).code, dialect);

  /** Runs from `from` to `to` of all steps and of all time. */
  const phase = async (
    name: string,
    candidate: Pick<Candidate, "layout" | "compress" | "plan">,
    [from, to]: readonly [number, number],
    heat: number,
  ): Promise<Candidate[]> => {
    const found = await anneal(candidate.layout, candidate.plan, {
      measure,
      random,
      steps: Math.max(1, Math.round(steps * (to - from))),
      heat,
      keep: 12,
      clock: () => {
        const now = clock();
        return now >= 1 ? 1 : (now - from) / (to - from);
      },
      onStep: (step, best) =>
        progress(`${name}: ${best.score.toFixed(1)} B from the goal`, from + step / steps),
    });
    return found.map((one) => ({ ...one, compress: candidate.compress, layout: candidate.layout }));
  };

  const layout = await layoutWith({});
  let compress: Compress = {};
  let start: Pick<Candidate, "layout" | "compress" | "plan"> = { layout, compress, plan: firstPlan(layout) };
  if (continues && committed) {
    compress = committed.compress;
    const known = await layoutWith(compress);
    start = { layout: known, compress, plan: adoptPlan(known, committed, firstPlan(known)) };
  }
  const heat = options.heat ?? (continues && committed ? CONTINUING_HEAT : FRESH_HEAT);
  const first = await phase("names and orders", start, [0, 0.6], heat);

  // Each variant of the minifier's options takes the best plan as far as it fits and gets the same few steps.
  const rows: RunResult["options"] = [];
  const best = first[0]!;
  const seen = new Set([best.layout.program.code]);
  const variants: { layout: Layout; compress: Compress }[] = [];
  for (const variant of clock() < 1 ? VARIANTS : []) {
    const merged = { ...compress, ...variant };
    const text = await layoutWith(merged).catch(() => null);
    // Not every minifier knows every option.
    if (!text || seen.has(text.program.code)) continue;
    variants.push({ layout: text, compress: merged });
    seen.add(text.program.code);
  }
  const share = 0.15 / (variants.length + 2);
  const trial = async (index: number, one: { layout: Layout; compress: Compress }): Promise<Candidate> => {
    const known = describePlan(best.layout, best.plan);
    const plan = one.layout === best.layout ? best.plan : adoptPlan(one.layout, known, firstPlan(one.layout));
    const from = 0.6 + index * share;
    return (await phase("the minifier's options", { ...one, plan }, [from, from + share], 0.1))[0]!;
  };
  const control = await trial(0, best);
  const better: { variant: Compress; score: number }[] = [];
  let winner = control;
  for (const [index, variant] of variants.entries()) {
    const tried = await trial(index + 1, variant);
    const option = Object.entries(variant.compress).filter(([name, value]) => compress[name] !== value);
    rows.push({
      option: option.map((pair) => pair.join(": ")).join(", "),
      change: tried.score - control.score,
    });
    // Fewer options are easier to explain: a difference that is chance changes none.
    if (tried.score > control.score - 0.5) continue;
    better.push({ variant: variant.compress, score: tried.score });
    if (tried.score < winner.score) winner = tried;
  }
  if (better.length > 1) {
    const both = Object.assign({}, ...better.sort((a, b) => b.score - a.score).map(({ variant }) => variant));
    const combined = await trial(variants.length + 1, { layout: await layoutWith(both), compress: both });
    if (combined.score < winner.score) winner = combined;
  }
  const last = await phase("names and orders again", winner, [0.75, 1], 0.4);

  // The last word: the worst of several build numbers, first by a part of what the shipping compressors try, then by all.
  // When time is up, fewer of both: whoever pressed Ctrl-C is waiting.
  const over = clock() >= 1;
  const confirming = over ? numbers.slice(0, 2) : numbers;
  const candidates: Candidate[] = over ? [last[0]!, winner, best] : [...last.slice(0, 8), winner, best];
  const left = ({ worst, mean }: Measured): number =>
    distance(worst, goal, evenly) + 0.1 * distance(mean, goal, evenly);
  let chosen = candidates[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of candidates.entries()) {
    progress(`confirming ${index + 1} of ${candidates.length}`, 1);
    const now = left(await measured(candidate.code, COMPARING));
    if (now < least) [chosen, least] = [candidate, now];
  }
  progress("measuring", 1);
  let after = await measured(chosen.code);
  const old = committed && (await existing(committed));
  if (old) {
    const known = await measured(old.code);
    if (left(known) <= left(after)) [chosen, after] = [old, known];
  }
  checkEquivalent(chosen.layout.program.code, chosen.code, chosen.plan.orders, dialect);

  return {
    entry: {
      fits: shapeOf(chosen.layout),
      found: chosen === old ? committed!.found : { seed, steps, ...after.worst },
      compress: chosen.compress,
      ...describePlan(chosen.layout, chosen.plan),
    },
    kept: chosen === old,
    numbers: confirming,
    before: await measured((await minify(target, input, minifyOptions(target))).code),
    after,
    options: rows.sort((a, b) => a.change - b.change),
  };

  async function measured(code: string, sweep?: Sweep): Promise<Measured> {
    const sizes = await shippingSizes(code, confirming, sweep);
    return { worst: worstOf(sizes), mean: meanOf(sizes) };
  }

  async function existing(entry: Entry): Promise<Candidate | undefined> {
    const text = await layoutWith(entry.compress);
    if (shapeOf(text) !== entry.fits) return undefined;
    const plan: Plan = adoptPlan(text, entry, unchanged(text));
    return { layout: text, compress: entry.compress, plan, code: render(text, plan), score: 0 };
  }
}

/** What the search starts from: the target compiled for production. */
export function compileFor(target: Target): Promise<Code> {
  return compile(target, PRODUCTION);
}
