import { BuildError, type Code } from "./artifact.ts";
import { applyEdits } from "./edit.ts";
import { type Letters, letterOf } from "./names.ts";
import { conflict, isSameEntry, type Variables } from "./variables.ts";

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
export function rename(input: Code, program: Variables, letters: Letters): Code {
  const edits = program.variables.flatMap((variable) => {
    const { path, name, places } = variable;
    const letter = letterOf(letters, variable);
    if (!letter) throw new BuildError(`"${name}" of ${path} has no letter`);
    return places.map(({ start, shorthand }) => {
      return { at: start, length: name.length, text: shorthand ? `${name}:${letter}` : letter };
    });
  });
  checkConflicts(program, letters);
  return applyEdits(input, edits);
}
