/** Searches letters for the variables of one artifact that make it compress well. It only reads the build. */
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Sizes } from "../build/artifact.ts";
import { brotli, gzip } from "../build/compress.ts";
import { completeNames, minify } from "../build/minify.ts";
import { ALPHABET, type Letters } from "../build/names.ts";
import { transform } from "../build/transform.ts";
import { conflict, findVariables, type Variable } from "../build/variables.ts";
import { PRODUCTION, STAMP, type Target } from "../config.ts";
import { FIXED_NUMBER, SAMPLE } from "./settings.ts";

/** What is renamed together: every variable with this path and name. */
interface VariableKey {
  path: string;
  name: string;
}

/** One letter an entry, in the order of the entries. */
type Choice = readonly string[];

export interface Progress {
  steps: number;
  /** Score of the committed letters and of the best found, in bytes. */
  before: number;
  best: number;
}

export interface SearchOptions {
  /** The seed of the random numbers. */
  seed: number;
  /** How much worse a step may be at first, in bytes. */
  heat: number;
  /** How much of the time is used, from 0 to 1; the search ends at 1. */
  clock: () => number;
  onStep?: (progress: Progress) => void;
}

/** Seeded random numbers from 0 to below 1: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The artifact's text with a gap for each name. */
export class Template {
  readonly entries: VariableKey[] = [];
  /** For each entry, those that must have another letter. */
  readonly conflicts: Set<number>[] = [];
  /** For each entry, what it may become. */
  readonly candidates: string[][] = [];
  private pieces: string[] = [];
  private gaps: number[] = [];

  static async of(target: Target): Promise<Template> {
    const template = new Template();
    const input = await transform(target, PRODUCTION);
    const { variables, globals } = findVariables(target, input.code);
    const keyOf = ({ path, name }: VariableKey): string => `${path} ${name}`;
    const groups = new Map<string, Variable[]>();
    for (const variable of variables) {
      groups.set(keyOf(variable), [...(groups.get(keyOf(variable)) ?? []), variable]);
    }
    const all = [...groups.values()];
    const entries = all.map(([first]): VariableKey => ({ path: first!.path, name: first!.name }));
    template.entries.push(...entries);
    for (const [index, mine] of all.entries()) {
      const rivals = all.flatMap((theirs, at) =>
        at !== index && mine.some((one) => theirs.some((two) => conflict(one, two))) ? [at] : [],
      );
      template.conflicts.push(new Set(rivals));
      // `{name}` needs no key where the variable keeps its name.
      const word = mine.some(({ places }) => places.some(({ shorthand }) => shorthand))
        ? [mine[0]!.name]
        : [];
      template.candidates.push([...ALPHABET, ...word].filter((letter) => !globals.has(letter)));
    }
    const letters = template.lettersOf(entries.map((_, index) => `$${index}$`));
    const { code } = await minify(target, input, letters);
    code.split(/\$(\d+)\$/).forEach((part, index) => {
      if (index % 2) template.gaps.push(Number(part));
      else template.pieces.push(part);
    });
    return template;
  }

  lettersOf(choice: Choice): Letters {
    const letters: Letters = {};
    this.entries.forEach(({ path, name }, index) => {
      letters[path] = { ...letters[path], [name]: choice[index]! };
    });
    return letters;
  }

  choiceOf(letters: Letters): Choice {
    return this.entries.map(({ path, name }) => letters[path]![name]!);
  }

  render(choice: Choice): string {
    const text = this.pieces.map((piece, index) => piece + (choice[this.gaps[index]!] ?? "")).join("");
    return text.replace(/\b(\w\w+):\1(?=[,}])/g, "$1");
  }

  fits(choice: Choice, index: number): boolean {
    return ![...this.conflicts[index]!].some((other) => choice[other] === choice[index]);
  }

  /** Letters chosen as minifiers do, each entry the first that is free, in a random order of the alphabet. */
  randomChoice(random: () => number): Choice {
    const order = ALPHABET.map((letter) => ({ letter, at: random() })).sort(
      (one, other) => one.at - other.at,
    );
    const choice: string[] = [];
    for (const [index, candidates] of this.candidates.entries()) {
      const taken = new Set([...this.conflicts[index]!].map((other) => choice[other]));
      const free = order.find(({ letter }) => candidates.includes(letter) && !taken.has(letter));
      choice.push(free!.letter);
    }
    return choice;
  }

  /** `choice` with one entry renamed, what is in its way taking its old letter, or with two letters swapped everywhere. */
  neighbour(choice: Choice, random: () => number): Choice | null {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const index = Math.floor(random() * choice.length);
    const old = choice[index]!;
    // Half of the time a letter that is in use: few different letters make short codes.
    const wanted = random() < 0.5 ? pick(choice) : pick(this.candidates[index]!);
    if (wanted === old || !this.candidates[index]!.includes(wanted)) return null;
    if (random() < 0.2) {
      if (old.length > 1 || wanted.length > 1) return null;
      return choice.map((letter) => (letter === old ? wanted : letter === wanted ? old : letter));
    }
    const changed = [index, ...[...this.conflicts[index]!].filter((other) => choice[other] === wanted)];
    if (changed.length > 1 && old.length > 1) return null;
    const next = [...choice];
    for (const other of changed) next[other] = old;
    next[index] = wanted;
    return changed.every((other) => this.fits(next, other)) ? next : null;
  }
}

/** These build numbers decide in the end. */
const NUMBERS = [FIXED_NUMBER, SAMPLE.at(-1)!] as const;

/*
 * What the search makes small is gzip and brotli together, by quick forms of the encoders that ship. zlib is five bytes above
 * zopfli, which is forty times as slow, and one start of brotli a byte or two above the best of many.
 */
const quickGzip = (text: string): number => gzipSync(text.replace(STAMP, NUMBERS[0]), { level: 9 }).length;

const BROTLI = { params: { [constants.BROTLI_PARAM_LGWIN]: 16, [constants.BROTLI_PARAM_NPOSTFIX]: 1 } };

const quickBrotli = (text: string): number =>
  brotliCompressSync(text.replace(STAMP, NUMBERS[0]), BROTLI).length;

/** Mean sizes over `count` choices of letters, in bytes, with zlib: the cost of a way of writing, without the luck of letters. */
export async function meanSizes(target: Target, count: number): Promise<Sizes> {
  const template = await Template.of(target);
  const random = randomFrom(1);
  const sum: Sizes = { raw: 0, gzip: 0, brotli: 0 };
  for (let each = 0; each < count; each++) {
    const text = template.render(template.randomChoice(random)).replace(STAMP, NUMBERS[0]);
    sum.raw += text.length / count;
    sum.gzip += gzipSync(text, { level: 9 }).length / count;
    sum.brotli += brotliCompressSync(text).length / count;
  }
  return sum;
}

interface Found {
  choice: Choice;
  gzip: number;
  /** gzip and brotli. */
  size: number;
}

/** How many of the best are compressed as they would ship, in the end. */
const KEPT = 10;

async function shippingScore(text: string): Promise<number> {
  let sum = 0;
  for (const number of NUMBERS) {
    const code = text.replace(STAMP, number);
    const [gz, br] = await Promise.all([gzip(code), brotli(code)]);
    sum += gz.length + br.length;
  }
  return sum / NUMBERS.length;
}

/**
 * Simulated annealing from the committed letters. Its letters never make the file that ships larger: the
 * encoders that ship decide in the end.
 */
export async function searchNames(
  target: Target,
  { seed, heat, clock, onStep }: SearchOptions,
): Promise<Progress & { letters: Letters }> {
  const random = randomFrom(seed);
  const template = await Template.of(target);
  const start = template.choiceOf(await completeNames(target, await transform(target, PRODUCTION)));
  const measure = (choice: Choice, text: string, gzip: number): Found => {
    return { choice, gzip, size: gzip + quickBrotli(text) };
  };
  const begin = template.render(start);
  let current = measure(start, begin, quickGzip(begin));
  let best = [current];
  const progress: Progress = { steps: 0, before: current.size, best: current.size };
  for (;;) {
    const gone = clock();
    if (gone >= 1) break;
    const choice = template.neighbour(current.choice, random);
    if (!choice) continue;
    const temperature = heat * (0.02 / heat) ** gone;
    const isTooMuch = (bytes: number): boolean => bytes > -temperature * Math.log(1 - random());
    progress.steps++;
    // Lets Ctrl-C in.
    if (progress.steps % 64 === 0) await setImmediate();
    onStep?.(progress);
    const text = template.render(choice);
    const gzip = quickGzip(text);
    // Most steps are refused by gzip alone, which takes a twentieth of brotli's time.
    if (isTooMuch(gzip - current.gzip)) continue;
    const next = measure(choice, text, gzip);
    if (isTooMuch(next.size - current.size)) continue;
    current = next;
    best = [...best, current].sort((one, other) => one.size - other.size).slice(0, KEPT);
    progress.best = best[0]!.size;
  }

  const shipping = async (choice: Choice) => ({ choice, size: await shippingScore(template.render(choice)) });
  const before = await shipping(start);
  let winner = before;
  for (const { choice } of best) {
    const found = await shipping(choice);
    if (found.size < winner.size) winner = found;
  }
  return {
    letters: template.lettersOf(winner.choice),
    steps: progress.steps,
    before: before.size,
    best: winner.size,
  };
}
