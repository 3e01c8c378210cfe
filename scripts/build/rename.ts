import { decode, encode } from "@jridgewell/sourcemap-codec";
import { BuildError, type Code } from "./artifact.ts";
import { type Letters, letterOf } from "./names.ts";
import { conflict, isSameEntry, type Variables } from "./variables.ts";

interface Edit {
  /** Offset and length of what goes. */
  at: number;
  length: number;
  text: string;
}

/** Moves what `map` says of columns behind each edit. An edit replaces text within a line. */
function shiftMap(map: string, code: string, edits: readonly Edit[]): string {
  const parsed = JSON.parse(map) as { mappings: string };
  const lines = decode(parsed.mappings);
  const starts = [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)];
  lines.forEach((segments, line) => {
    const here = edits.filter(({ at }) => at >= starts[line]! && at < (starts[line + 1] ?? Infinity));
    for (const segment of segments) {
      const at = starts[line]! + segment[0];
      for (const edit of here) if (edit.at < at) segment[0] += edit.text.length - edit.length;
    }
  });
  return JSON.stringify({ ...parsed, mappings: encode(lines) });
}

/** Throws BuildError, naming both, when a letter would make one variable hide another. */
function checkConflicts({ variables, globals }: Variables, letters: Letters): void {
  for (const [index, one] of variables.entries()) {
    const letter = letterOf(letters, one)!;
    const sharing = variables
      .slice(index + 1)
      .find(
        (other) => letterOf(letters, other) === letter && !isSameEntry(one, other) && conflict(one, other),
      );
    const rival = sharing ? `"${sharing.name}" of ${sharing.path}` : globals.has(letter) ? "a global" : null;
    if (rival) throw new BuildError(`"${one.name}" of ${one.path} and ${rival} cannot both be "${letter}"`);
  }
}

/** Gives each variable the letter that `letters` has for it. Throws BuildError, naming the variable, when it cannot have it. */
export function rename({ code, map }: Code, program: Variables, letters: Letters): Code {
  const edits = program.variables.flatMap((variable) => {
    const { path, name, places } = variable;
    const letter = letterOf(letters, variable);
    if (!letter) throw new BuildError(`"${name}" of ${path} has no letter`);
    return places.map(({ start, shorthand }): Edit => {
      return { at: start, length: name.length, text: shorthand ? `${name}:${letter}` : letter };
    });
  });
  checkConflicts(program, letters);
  edits.sort((one, other) => one.at - other.at);
  let text = "";
  let from = 0;
  for (const { at, length, text: letter } of edits) {
    text += code.slice(from, at) + letter;
    from = at + length;
  }
  return { code: text + code.slice(from), map: shiftMap(map, code, edits) };
}
