import { decode, encode } from "@jridgewell/sourcemap-codec";
import { BuildError, type Code } from "./artifact.ts";

/** The build number's placeholder. It is a string in the source, so that every format of number stays possible. */
export const STAMP = "@@BuildNumber@@";

/** Returns `buildNumber` when it is safe inside a string literal, a path and an HTML attribute; throws BuildError otherwise. */
export function checkBuildNumber(buildNumber: string): string {
  if (buildNumber === "") throw new BuildError("the build number is empty");
  if (!/^[A-Za-z0-9._-]+$/.test(buildNumber) || /^\.+$/.test(buildNumber)) {
    throw new BuildError(
      `the build number ${JSON.stringify(buildNumber)} is refused: it takes letters, digits, ".", "_" and "-" only`,
    );
  }
  return buildNumber;
}

/** Moves what `map` says of the columns behind the placeholder by `shift`, on the placeholder's line. */
function shiftMap(map: string, line: number, column: number, shift: number): string {
  const parsed = JSON.parse(map) as { mappings: string };
  const lines = decode(parsed.mappings);
  for (const segment of lines[line] ?? []) {
    if (segment[0] > column) segment[0] += shift;
  }
  return JSON.stringify({ ...parsed, mappings: encode(lines) });
}

/**
 * Puts the build number in place of the placeholder, which must be there exactly once.
 *
 * It comes after the minifier, so that the number can move no name and no other byte.
 */
export function stamp({ code, map }: Code, buildNumber: string): Code {
  const [before, after, more] = code.split(STAMP);
  if (after === undefined || more !== undefined) {
    const times = code.split(STAMP).length - 1;
    throw new BuildError(`the build number's placeholder is in the artifact ${times} times, not once`);
  }
  checkBuildNumber(buildNumber);
  const lines = before!.split("\n");
  return {
    code: before + buildNumber + after,
    map: shiftMap(map, lines.length - 1, lines.at(-1)!.length, buildNumber.length - STAMP.length),
  };
}
