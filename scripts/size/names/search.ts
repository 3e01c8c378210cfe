/** Simulated annealing over the plans of one layout: names and orders that compress well. */
import type { Layout, Plan } from "./layout.ts";
import { render } from "./layout.ts";
import type { QuickMeasure } from "./objective.ts";
import { isAllowed } from "./orders.ts";
import type { Random } from "./random.ts";

const LETTERS = [..."etanoirscludpmhfgvbwykxjqzETANOIRSCLUDPMHFGVBWYKXJQZ_$"];

/** The letters that this program may use. */
export function alphabet(layout: Layout): string[] {
  return LETTERS.filter((letter) => !layout.globals.has(letter));
}

/** A plan to begin with: every binding, in the order of the text, takes the first letter that is free. */
export function firstPlan(layout: Layout): Plan {
  const letters = alphabet(layout);
  const names: string[] = [];
  layout.bindings.forEach((_, index) => {
    const used = new Set([...layout.conflicts[index]!].map((other) => names[other]));
    // More variables in one scope than letters: no file of a kilobyte has them.
    names.push(letters.find((letter) => !used.has(letter)) ?? `${letters[0]}${index}`);
  });
  return { names, orders: layout.choices.map(({ labels }) => labels.map((_, index) => index)) };
}

const fits = (layout: Layout, names: string[], index: number, name: string): boolean => {
  for (const other of layout.conflicts[index]!) if (names[other] === name) return false;
  return true;
};

/** One binding takes another letter; bindings in its way take its old one, if they can. */
function rename(layout: Layout, plan: Plan, letters: readonly string[], random: Random): Plan | null {
  const index = random.below(layout.bindings.length);
  const old = plan.names[index]!;
  const keys = [...layout.keys[index]!].filter((key) => !layout.globals.has(key));
  let name: string;
  // A word only for what it spares a property's key: `{state}`.
  if (keys.length > 0 && random.next() < 0.3) name = random.pick(keys);
  // Half of the time a letter that is already in the text: few different letters make short codes.
  else name = random.next() < 0.5 ? random.pick(plan.names) : random.pick(letters);
  if (name === old || (name.length > 1 && !keys.includes(name))) return null;
  const names = [...plan.names];
  const inTheWay = [...layout.conflicts[index]!].filter((other) => names[other] === name);
  names[index] = name;
  // What is in the way takes this binding's old name, which must not be a word.
  if (inTheWay.length > 0 && old.length > 1) return null;
  for (const other of inTheWay) names[other] = old;
  return [index, ...inTheWay].every((changed) => fits(layout, names, changed, names[changed]!))
    ? { ...plan, names }
    : null;
}

/** Two letters change places everywhere: always allowed. */
function swapLetters(plan: Plan, letters: readonly string[], random: Random): Plan | null {
  const one = random.pick(plan.names);
  const other = random.pick(letters);
  if (one === other || one.length > 1) return null;
  const names = plan.names.map((name) => (name === one ? other : name === other ? one : name));
  return { ...plan, names };
}

/** One item of a list moves to another place. */
function reorder(layout: Layout, plan: Plan, random: Random): Plan | null {
  if (layout.choices.length === 0) return null;
  const index = random.below(layout.choices.length);
  const order = [...plan.orders[index]!];
  const [item] = order.splice(random.below(order.length), 1);
  order.splice(random.below(order.length + 1), 0, item!);
  if (String(order) === String(plan.orders[index]) || !isAllowed(layout.choices[index]!, order)) return null;
  return { ...plan, orders: plan.orders.with(index, order) };
}

/** `plan` with one step taken at random: a name, a pair of letters, or an order. */
export function neighbour(layout: Layout, plan: Plan, letters: readonly string[], random: Random): Plan {
  for (;;) {
    const kind = random.next();
    let next: Plan | null;
    if (kind < 0.2) next = reorder(layout, plan, random);
    else if (kind < 0.35) next = swapLetters(plan, letters, random);
    else next = rename(layout, plan, letters, random);
    if (next) return next;
  }
}

export interface Found {
  plan: Plan;
  code: string;
  score: number;
}

export interface SearchOptions {
  measure: QuickMeasure;
  random: Random;
  /** How many plans are tried. */
  steps: number;
  /** The first temperature, in bytes of distance; the last is a hundredth of a byte. */
  heat: number;
  /** How many of the best are kept. */
  keep: number;
  /** Says how much of the time allowed is gone, from 0 to 1; the search ends at 1. */
  clock: () => number;
  onStep?: (step: number, best: Found) => void;
}

/** The best plans found from `start`, the best first. */
export async function anneal(layout: Layout, start: Plan, options: SearchOptions): Promise<Found[]> {
  const { measure, random, steps, heat, keep, clock, onStep } = options;
  const letters = alphabet(layout);
  const seen = new Set<string>();
  let current: Found = await found(start);
  let best: Found[] = [current];

  async function found(plan: Plan): Promise<Found> {
    const code = render(layout, plan);
    return { plan, code, score: await measure.score(code) };
  }

  for (let step = 0; step < steps; step++) {
    const progress = Math.max(step / steps, clock());
    if (progress >= 1) break;
    const temperature = heat * (0.01 / heat) ** progress;
    const limit = current.score - temperature * Math.log(1 - random.next());

    const plan = neighbour(layout, current.plan, letters, random);
    const code = render(layout, plan);
    const score = await measure.score(code, limit);
    if (score <= limit) {
      current = { plan, code, score };
      if (score < (best.at(-1)?.score ?? 0) + 1e-9 || best.length < keep) {
        if (!seen.has(code)) best = [...best, current].sort((a, b) => a.score - b.score).slice(0, keep);
        seen.add(code);
      }
    }
    if (step % 20 === 0) {
      onStep?.(step, best[0]!);
      // Lets Ctrl-C through.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return best;
}
