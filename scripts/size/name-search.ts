/** Searches letters for the variables of one artifact that make it compress well. It only reads the build. */
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { brotli, gzip } from "../build/compress.ts";
import type { Sizes } from "../build/index.ts";
import { minify } from "../build/minify.ts";
import { ALPHABET, type Letters } from "../build/names.ts";
import { transform } from "../build/transform.ts";
import { conflict, findVariables } from "../build/variables.ts";
import { PRODUCTION, STAMP, type Target } from "../config.ts";
import { FIXED_NUMBER, SAMPLE } from "./settings.ts";

/** One letter a variable, in the order of the variables. */
type Choice = readonly string[];

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

/** The artifact's text with a gap for each name, and the choices that fill them. */
export async function templateOf(target: Target) {
  const input = await transform(target, PRODUCTION);
  const { variables, globals } = findVariables(target, input.code);
  /** For each variable, those that must have another letter. */
  const rivals = variables.map((one) =>
    variables.flatMap((other, index) => (other !== one && conflict(one, other) ? [index] : [])),
  );
  /** For each variable, what it may become. `{name}` needs no key where the variable keeps its name. */
  const candidates = variables.map(({ name, places }) => {
    const own = places.some(({ shorthand }) => shorthand) ? [name] : [];
    return [...ALPHABET, ...own].filter((letter) => !globals.has(letter));
  });

  const lettersOf = (choice: Choice): Letters => {
    const letters: Letters = {};
    variables.forEach(({ path, name }, index) => {
      letters[path] = { ...letters[path], [name]: choice[index]! };
    });
    return letters;
  };
  const choiceOf = (letters: Letters): Choice => variables.map(({ path, name }) => letters[path]![name]!);

  const gaps = lettersOf(variables.map((_, index) => `$${index}$`));
  const parts = (await minify(target, input, gaps)).code.split(/\$(\d+)\$/);
  const render = (choice: Choice): string => {
    const text = parts.map((part, index) => (index % 2 ? choice[Number(part)] : part)).join("");
    return text.replace(/\b(\w\w+):\1(?=[,}])/g, "$1");
  };

  /** Letters chosen as minifiers do, each variable the first that is free, in a random order of the alphabet. */
  const randomChoice = (random: () => number): Choice => {
    const order = ALPHABET.map((letter) => ({ letter, at: random() })).sort((a, b) => a.at - b.at);
    const choice: string[] = [];
    for (const [index, allowed] of candidates.entries()) {
      const taken = rivals[index]!.map((other) => choice[other]);
      choice.push(order.find(({ letter }) => allowed.includes(letter) && !taken.includes(letter))!.letter);
    }
    return choice;
  };

  /** `choice` with one variable renamed, what is in its way taking its old letter, or with two letters swapped everywhere. */
  const neighbour = (choice: Choice, random: () => number): Choice | null => {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const index = Math.floor(random() * choice.length);
    const old = choice[index]!;
    // Half of the time a letter that is in use: few different letters make short codes.
    const wanted = random() < 0.5 ? pick(choice) : pick(candidates[index]!);
    if (wanted === old || !candidates[index]!.includes(wanted)) return null;
    if (random() < 0.2) {
      if (old.length > 1 || wanted.length > 1) return null;
      return choice.map((letter) => (letter === old ? wanted : letter === wanted ? old : letter));
    }
    const changed = [index, ...rivals[index]!.filter((other) => choice[other] === wanted)];
    if (changed.length > 1 && old.length > 1) return null;
    const next = [...choice];
    for (const other of changed) next[other] = old;
    next[index] = wanted;
    const fits = (at: number): boolean => rivals[at]!.every((other) => next[other] !== next[at]);
    return changed.every(fits) ? next : null;
  };
  return { lettersOf, choiceOf, render, randomChoice, neighbour };
}

/*
 * What the search makes small is gzip and brotli together, by quick forms of the encoders that ship. zlib is five bytes above
 * zopfli, which is forty times as slow, and one start of brotli a byte or two above the best of many.
 */
const quickGzip = (text: string): number => gzipSync(text, { level: 9 }).length;

const BROTLI = { params: { [constants.BROTLI_PARAM_LGWIN]: 16, [constants.BROTLI_PARAM_NPOSTFIX]: 1 } };

const numbered = (text: string): string => text.replace(STAMP, FIXED_NUMBER);

/** Mean sizes over `count` choices of letters, in bytes, with zlib: the cost of a way of writing, without the luck of letters. */
export async function meanSizes(target: Target, count: number): Promise<Sizes> {
  const template = await templateOf(target);
  const random = randomFrom(1);
  const sum: Sizes = { raw: 0, gzip: 0, brotli: 0 };
  for (let each = 0; each < count; each++) {
    const text = numbered(template.render(template.randomChoice(random)));
    sum.raw += text.length / count;
    sum.gzip += quickGzip(text) / count;
    sum.brotli += brotliCompressSync(text).length / count;
  }
  return sum;
}

/** How many of the best are compressed as they would ship, in the end, at each of these build numbers. */
const KEPT = 10;
const NUMBERS = [FIXED_NUMBER, SAMPLE.at(-1)!];

/** Of the committed letters and of the best found: gzip and brotli together, in bytes. */
export interface Progress {
  steps: number;
  before: number;
  best: number;
}

/**
 * Simulated annealing from the committed letters. Its letters never make the file that ships larger: the
 * encoders that ship decide in the end. `seed` begins the random numbers, a step may be `heat` bytes worse at first, and `clock`,
 * which hears how it goes, says how much of the time is used: the search ends at 1.
 */
export async function searchNames(
  target: Target,
  { seed, heat, clock }: { seed: number; heat: number; clock: (progress: Progress) => number },
): Promise<Progress & { letters: Letters }> {
  const random = randomFrom(seed);
  const template = await templateOf(target);
  const { letters: committed } = await minify(target, await transform(target, PRODUCTION));
  const start = template.choiceOf(committed);
  const measure = (choice: Choice, text: string, gzip: number) => {
    return { choice, gzip, size: gzip + brotliCompressSync(text, BROTLI).length };
  };
  const begin = numbered(template.render(start));
  let current = measure(start, begin, quickGzip(begin));
  let best = [current];
  const progress: Progress = { steps: 0, before: current.size, best: current.size };
  for (let gone = clock(progress); gone < 1; gone = clock(progress)) {
    const choice = template.neighbour(current.choice, random);
    if (!choice) continue;
    const temperature = heat * (0.02 / heat) ** gone;
    const isTooMuch = (bytes: number): boolean => bytes > -temperature * Math.log(1 - random());
    progress.steps++;
    // Lets Ctrl-C in.
    if (progress.steps % 64 === 0) await setImmediate();
    const text = numbered(template.render(choice));
    const gzip = quickGzip(text);
    // Most steps are refused by gzip alone, which takes a twentieth of brotli's time.
    if (isTooMuch(gzip - current.gzip)) continue;
    const next = measure(choice, text, gzip);
    if (isTooMuch(next.size - current.size)) continue;
    current = next;
    best = [...best, current].sort((one, other) => one.size - other.size).slice(0, KEPT);
    progress.best = best[0]!.size;
  }

  const shipping = async (choice: Choice) => {
    let size = 0;
    for (const number of NUMBERS) {
      const code = template.render(choice).replace(STAMP, number);
      const [gz, br] = await Promise.all([gzip(code), brotli(code)]);
      size += (gz.length + br.length) / NUMBERS.length;
    }
    return { choice, size };
  };
  const before = await shipping(start);
  let winner = before;
  for (const { choice } of best) {
    const found = await shipping(choice);
    if (found.size < winner.size) winner = found;
  }
  const letters = template.lettersOf(winner.choice);
  return { letters, steps: progress.steps, before: before.size, best: winner.size };
}
