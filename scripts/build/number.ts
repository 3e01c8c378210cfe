/** The build's number: the one given, else the variable BUILD_NUMBER, else how many commits lead to this one. */
import pc from "picocolors";
import { CheckError } from "../cli.ts";
import { gitOrNull } from "../git.ts";
import { BuildError } from "./artifact.ts";
import { checkBuildNumber } from "./stamp.ts";

/** What `build` and `start` call a build that has no number. */
export const UNNUMBERED = "dev";

/** Throws CheckError when this clone is shallow, and so lacks `wanted`. */
export function refuseShallow(wanted: string): void {
  if (gitOrNull("rev-parse", "--is-shallow-repository") === "true") {
    throw new CheckError(
      `this clone is shallow and lacks ${wanted}: run "git fetch --unshallow" (in GitHub Actions: fetch-depth: 0)`,
    );
  }
}

/** A number that may be published. Throws CheckError in a shallow clone, BuildError where there is no git. */
export function chooseBuildNumber(given?: string): string {
  const told = given ?? (process.env.BUILD_NUMBER || undefined);
  if (told !== undefined) return checkBuildNumber(told);
  refuseShallow("the commits that the build number counts");
  const count = gitOrNull("rev-list", "--count", "HEAD");
  if (!count)
    throw new BuildError("no build number: this is no git checkout, so give --build-number or BUILD_NUMBER");
  return checkBuildNumber(count);
}

/** As `chooseBuildNumber`, but "dev", with a warning, where the commits cannot be counted: for builds that stay here. */
export function chooseLocalNumber(given?: string): string {
  try {
    return chooseBuildNumber(given);
  } catch (error) {
    if (given !== undefined || process.env.BUILD_NUMBER) throw error;
    console.error(pc.yellow(`this build is called "${UNNUMBERED}": ${(error as Error).message}`));
    return UNNUMBERED;
  }
}
