import { decode, encode } from "@jridgewell/sourcemap-codec";
import { NUMBERED, STAMP } from "../config.ts";
import { BuildError, type Code } from "./artifact.ts";

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
 * Puts the build number in place of the placeholder, which must be there exactly once; not at all where files carry no number.
 *
 * It comes after the minifier, so that the number can move no name and no other byte.
 */
export function stamp({ code, map }: Code, buildNumber: string): Code {
  checkBuildNumber(buildNumber);
  const [before, after] = code.split(STAMP);
  const times = code.split(STAMP).length - 1;
  if (times !== Number(NUMBERED)) {
    const wanted = NUMBERED ? "once" : "never";
    throw new BuildError(`the build number's placeholder is in the artifact ${times} times, not ${wanted}`);
  }
  if (after === undefined) return { code, map };
  const lines = before!.split("\n");
  return {
    code: before + buildNumber + after,
    map: shiftMap(map, lines.length - 1, lines.at(-1)!.length, buildNumber.length - STAMP.length),
  };
}
