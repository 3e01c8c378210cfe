import { type MinifyOptions, minify as terser } from "terser";
import type { Target } from "../config.ts";
import { BuildError, type Code } from "./artifact.ts";
import { completeLetters, type Letters, readNames, type Taken } from "./names.ts";
import { applyEdits } from "./stamp.ts";
import { findVariables, type Variables } from "./variables.ts";

/** What terser is asked for: config.ts says how to compress; names are not its business. */
function optionsOf(target: Target): MinifyOptions {
  const { ecmaVersion } = target;
  return {
    ecma: ecmaVersion === 3 ? 5 : ecmaVersion,
    // Quotes property names that ES3 reserves.
    ie8: ecmaVersion === 3,
    module: target.format === "esm",
    toplevel: true,
    // A copy, because terser writes its own defaults into it.
    compress: { ...target.compress },
    mangle: false,
    format: { ascii_only: true },
  };
}

async function runTerser(target: Target, input: Code): Promise<Code> {
  try {
    const sourceMap = { content: input.map, filename: target.name, includeSources: true };
    const { code, map } = await terser({ [target.entry]: input.code }, { ...optionsOf(target), sourceMap });
    // The last statement needs no semicolon in a module; in a script, a file that is joined to it could need it.
    return { code: target.format === "esm" ? code!.replace(/;$/, "") : code!, map: String(map) };
  } catch (error) {
    const { message, line, col } = error as Error & { line?: number; col?: number };
    throw new BuildError(`terser cannot read ${target.name}:${line ?? "?"}:${col ?? "?"}: ${message}`);
  }
}

/** The same text for the same program, whatever its variables are called. */
async function canonical(target: Target, code: string): Promise<string> {
  const byNumber = { get: (index: number) => `$${index}` };
  const mangle = { toplevel: true, nth_identifier: byNumber as never };
  return (await terser(code, { ...optionsOf(target), ie8: false, compress: false, mangle })).code!;
}

/**
 * Throws BuildError unless `short` and `long` are one program. The proof does not lean on the analysis that renamed `short`: with
 * canonical names, a name that means another variable gives another text.
 */
async function checkSameProgram(target: Target, short: string, long: string): Promise<void> {
  const [one, other] = await Promise.all([canonical(target, short), canonical(target, long)]);
  if (one !== other) throw new BuildError(`scripts/build/names.json makes another program of ${target.name}`);
}

/** Gives each variable the letter that `letters` has for it. */
function rename(input: Code, { variables }: Variables, letters: Letters): Code {
  const edits = variables.flatMap(({ path, name, places }) => {
    const letter = letters[path]![name]!;
    return places.map(({ start, shorthand }) => {
      return { at: start, length: name.length, text: shorthand ? `${name}:${letter}` : letter };
    });
  });
  return applyEdits(input, edits);
}

export interface Minified extends Code {
  /** The names that it has, those of variables without a letter included: these are `taken`, too. */
  letters: Letters;
  taken: Taken[];
}

/**
 * Minifies `input` with the names of `letters`, by default the committed table's. Composes source maps.
 *
 * Throws BuildError when the input does not parse, or when the letters would change what it does.
 */
export async function minify(
  target: Target,
  input: Code,
  letters: Letters = readNames()[target.name] ?? {},
): Promise<Minified> {
  const program = findVariables(target, input.code);
  const run = (names: Letters): Promise<Code> => runTerser(target, rename(input, program, names));
  const named = await completeLetters(program, letters, async (names) => (await run(names)).code);
  const [short, long] = await Promise.all([run(named.letters), runTerser(target, input)]);
  await checkSameProgram(target, short.code, long.code);
  return { ...short, ...named };
}
