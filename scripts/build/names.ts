/** The table of names: which letter each variable of an artifact becomes. Only `npm run size -- names` writes it. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { BuildError } from "./artifact.ts";
import { conflict, type Variable, type Variables } from "./variables.ts";

/** By function path and name in the source, the name that ships. */
export type Letters = Record<string, Record<string, string>>;

/** By artifact. */
export type NamesTable = Record<string, Letters>;

export const NAMES_PATH = fileURLToPath(new URL("names.json", import.meta.url));

/** What a variable may become, the most frequent letters of JavaScript first. */
export const ALPHABET = [..."etnaoirscludpmhfgvbwykxjqzETNAOIRSCLUDPMHFGVBWYKXJQZ_$"];

/** The committed table, empty before the first. Throws BuildError when it cannot be read. */
export function readNames(): NamesTable {
  if (!existsSync(NAMES_PATH)) return {};
  try {
    return JSON.parse(readFileSync(NAMES_PATH, "utf8")) as NamesTable;
  } catch (error) {
    throw new BuildError(`the table of names cannot be read: ${(error as Error).message}`);
  }
}

/** A variable that took a free letter: the table does not know it, or has a letter that would hide another variable. */
export interface Taken {
  path: string;
  name: string;
  letter: string;
  /** How far another free letter would move the file, in bytes. */
  luck: { gzip: number; brotli: number };
}

const taken = new Map<string, readonly Taken[]>();
const said = new Set<string>();

/** The variables of the artifact `name` that took a free letter when it was made last. */
export const takenIn = (name: string): readonly Taken[] => taken.get(name) ?? [];

/** Keeps for `takenIn` which variables of the artifact `target` took a free letter, and says it, once a process. */
export function announce(target: string, found: readonly Taken[]): void {
  taken.set(target, found);
  for (const { path, name, letter } of found) {
    const notice = `"${name}" of ${path} has no letter yet and takes "${letter}"`;
    if (!said.has(notice)) console.error(`${target}: ${notice} (npm run size -- names keeps it)`);
    said.add(notice);
  }
}

/**
 * `letters`, with the best free letter for each variable that has none, or one that it can no longer have. Every other variable keeps
 * its letter, so that a new or renamed variable costs its own bytes and no more.
 *
 * `minify` gives the text that ships for a complete table.
 */
export async function completeLetters(
  { variables, globals }: Variables,
  letters: Letters,
  minify: (letters: Letters) => Promise<string>,
): Promise<{ letters: Letters; taken: Taken[] }> {
  const complete = structuredClone(letters);
  const letterOf = ({ path, name }: Variable): string | undefined => complete[path]?.[name];
  const give = ({ path, name }: Variable, letter: string): void => {
    complete[path] = { ...complete[path], [name]: letter };
  };
  const missing = variables.filter((one, index) => {
    const letter = letterOf(one);
    const hides = (other: Variable): boolean => letterOf(other) === letter && conflict(one, other);
    return letter === undefined || globals.has(letter) || variables.slice(0, index).some(hides);
  });
  const found: Taken[] = [];
  if (missing.length === 0) return { letters, taken: found };
  // Names that no source uses are placeholders until each has a letter.
  missing.forEach((variable, index) => {
    give(variable, `$${index}$`);
  });
  let text = await minify(complete);
  for (const [index, variable] of missing.entries()) {
    const rivals = variables.filter((other) => other !== variable && conflict(other, variable)).map(letterOf);
    const free = ALPHABET.filter((letter) => !globals.has(letter) && !rivals.includes(letter));
    // Sizes that are enough to compare letters, and quick.
    const choices = free.map((letter) => {
      const named = text.replaceAll(`$${index}$`, letter);
      const gzip = gzipSync(named, { level: 9 }).length;
      return { letter, named, gzip, brotli: brotliCompressSync(named).length };
    });
    const best = choices.reduce((one, other) =>
      other.gzip + other.brotli < one.gzip + one.brotli ? other : one,
    );
    give(variable, best.letter);
    text = best.named;
    const range = (format: "gzip" | "brotli"): number => {
      const sizes = choices.map((choice) => choice[format]);
      return Math.max(...sizes) - Math.min(...sizes);
    };
    const { path, name } = variable;
    found.push({ path, name, letter: best.letter, luck: { gzip: range("gzip"), brotli: range("brotli") } });
  }
  return { letters: complete, taken: found };
}
