/** The table of names: which letter each variable of an artifact becomes. Only `npm run size -- names` writes it. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Target } from "../config.ts";
import { BuildError } from "./artifact.ts";
import { conflict, isSameEntry, type Variable, type Variables } from "./variables.ts";

/** By function path and name in the source, the name that ships. */
export type Letters = Record<string, Record<string, string>>;

/** By artifact. */
export type NamesTable = Record<string, Letters>;

export const NAMES_PATH = fileURLToPath(new URL("names.json", import.meta.url));

/** What a variable may become, the most frequent letters of JavaScript first. */
export const ALPHABET = [..."etnaoirscludpmhfgvbwykxjqzETNAOIRSCLUDPMHFGVBWYKXJQZ_$"];

/** The committed table, empty before the first. Throws BuildError when it cannot be read. */
export function readNames(path = NAMES_PATH): NamesTable {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, "utf8")) as NamesTable;
  } catch (error) {
    throw new BuildError(`the table of names cannot be read: ${(error as Error).message}`);
  }
}

export const letterOf = (letters: Letters, { path, name }: Variable): string | undefined =>
  letters[path]?.[name];

/** `letters` with one more entry. */
const withLetter = (letters: Letters, { path, name }: Variable, letter: string): Letters => ({
  ...letters,
  [path]: { ...letters[path], [name]: letter },
});

/** Single letters that `name` of `path` may become beside the letters of all others. */
export function freeLetters({ variables, globals }: Variables, letters: Letters, wanted: Variable): string[] {
  const places = variables.filter((one) => isSameEntry(one, wanted));
  const taken = new Set(globals);
  for (const other of variables) {
    const letter = letterOf(letters, other);
    if (letter && !isSameEntry(other, wanted) && places.some((place) => conflict(place, other)))
      taken.add(letter);
  }
  return ALPHABET.filter((letter) => !taken.has(letter));
}

/** In bytes: enough to compare letters, and quick. */
const weigh = (code: string) => ({
  gzip: gzipSync(code, { level: 9 }).length,
  brotli: brotliCompressSync(code).length,
});

/** A variable that the table does not know, with the free letter that it took. */
export interface Taken {
  path: string;
  name: string;
  letter: string;
  /** How far another free letter would move the file, in bytes. */
  luck: { gzip: number; brotli: number };
}

const range = (numbers: number[]): number => Math.max(...numbers) - Math.min(...numbers);

const taken = new Map<string, Taken[]>();

/** The variables of the artifact `name` that took a free letter when it was made last. */
export const takenIn = (name: string): readonly Taken[] => taken.get(name) ?? [];

/** Chosen already in this process, so that the notice is printed once. */
const chosen = new Map<string, Letters>();

/**
 * `letters`, with the best free letter for each variable that has none. Every other variable keeps its letter, so that a new
 * or renamed variable costs its own bytes and no more.
 *
 * `minify` gives the text that ships for a complete table.
 */
export async function completeLetters(
  target: Target,
  program: Variables,
  letters: Letters,
  minify: (letters: Letters) => Promise<string>,
): Promise<Letters> {
  const missing = program.variables.filter((variable) => letterOf(letters, variable) === undefined);
  if (missing.length === 0) return letters;
  // Names that no source uses are placeholders until each has a letter.
  const placeholder = (variable: Variable): string => `$${missing.indexOf(variable)}$`;
  let complete = missing.reduce((all, one) => withLetter(all, one, placeholder(one)), letters);
  let text = await minify(complete);
  const key = `${target.name} ${text}`;
  const known = chosen.get(key);
  if (known) return known;

  const found: Taken[] = [];
  for (const variable of missing) {
    const own = placeholder(variable);
    // A second variable of the same name and path: the first one's letter is its own.
    if (!text.includes(own)) continue;
    const sizes = freeLetters(program, complete, variable).map((letter) => {
      const named = text.replaceAll(own, letter);
      return { letter, named, ...weigh(named) };
    });
    const best = sizes.reduce((one, other) =>
      other.gzip + other.brotli < one.gzip + one.brotli ? other : one,
    );
    complete = withLetter(complete, variable, best.letter);
    text = best.named;
    const luck = {
      gzip: range(sizes.map(({ gzip }) => gzip)),
      brotli: range(sizes.map(({ brotli }) => brotli)),
    };
    found.push({ path: variable.path, name: variable.name, letter: best.letter, luck });
    console.error(
      `${target.name}: "${variable.name}" of ${variable.path} has no letter yet and takes "${best.letter}" (npm run size -- names keeps it)`,
    );
  }
  taken.set(target.name, found);
  chosen.set(key, complete);
  return complete;
}
