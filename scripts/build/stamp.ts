import { decode, encode } from "@jridgewell/sourcemap-codec";
import { NUMBERED, STAMP } from "../config.ts";
import { BuildError, type Code } from "./artifact.ts";

/** Puts `text` in the place of `length` characters of a line. */
interface Edit {
  at: number;
  length: number;
  text: string;
}

/** `code` with all of `edits`; the map moves with what is behind them. */
export function applyEdits({ code, map }: Code, edits: readonly Edit[]): Code {
  const parsed = JSON.parse(map) as { mappings: string };
  const lines = decode(parsed.mappings);
  let start = 0;
  for (const [index, line] of code.split("\n").entries()) {
    const here = edits.filter(({ at }) => at >= start && at <= start + line.length);
    for (const segment of lines[index] ?? []) {
      const column = segment[0];
      for (const { at, length, text } of here) if (at - start < column) segment[0] += text.length - length;
    }
    start += line.length + 1;
  }
  let edited = code;
  for (const { at, length, text } of edits.toSorted((one, other) => other.at - one.at))
    edited = edited.slice(0, at) + text + edited.slice(at + length);
  return { code: edited, map: JSON.stringify({ ...parsed, mappings: encode(lines) }) };
}

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

/**
 * Puts the build number in place of the placeholder, which must be there exactly once; not at all where files carry no number.
 *
 * It comes after the minifier, so that the number can move no name and no other byte.
 */
export function stamp(prepared: Code, buildNumber: string): Code {
  checkBuildNumber(buildNumber);
  const [before, ...after] = prepared.code.split(STAMP);
  if (after.length !== Number(NUMBERED)) {
    const wanted = NUMBERED ? "once" : "never";
    throw new BuildError(
      `the build number's placeholder is in the artifact ${after.length} times, not ${wanted}`,
    );
  }
  const edit = { at: before!.length, length: STAMP.length, text: buildNumber };
  return applyEdits(prepared, NUMBERED ? [edit] : []);
}
