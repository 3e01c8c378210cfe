import { NUMBERED, STAMP } from "../config.ts";
import { BuildError, type Code } from "./artifact.ts";
import { applyEdits } from "./edit.ts";

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
  const times = prepared.code.split(STAMP).length - 1;
  if (times !== Number(NUMBERED)) {
    const wanted = NUMBERED ? "once" : "never";
    throw new BuildError(`the build number's placeholder is in the artifact ${times} times, not ${wanted}`);
  }
  if (!NUMBERED) return prepared;
  return applyEdits(prepared, [
    { at: prepared.code.indexOf(STAMP), length: STAMP.length, text: buildNumber },
  ]);
}
