import { guard } from "../build/guard.ts";
import { prepare } from "../build/index.ts";
import { checkBuildNumber, stamp } from "../build/stamp.ts";
import { localTier, type Target } from "../config.ts";
import type { Origins } from "./world.ts";

/**
 * An artifact as the build makes it, but for the compressed forms, talking to the dev tier at `origins`. Throws BuildError when
 * it will not build.
 */
export async function devSdk(target: Target, origins: Origins, buildNumber: string): Promise<string> {
  const tier = localTier(origins.login, origins.api);
  checkBuildNumber(buildNumber);
  const { code } = stamp(await prepare(target, { tier }), buildNumber);
  guard(target, tier, code);
  return code;
}
