import { buildArtifact } from "../build/index.ts";
import { ALL_JS, localTier } from "../config.ts";
import type { Origins } from "./world.ts";

/** `all.js` as the build makes it, talking to the dev tier at `origins`. Throws BuildError when it will not build. */
export async function devSdk(origins: Origins, buildNumber: string): Promise<string> {
  const tier = localTier(origins.login, origins.api);
  return (await buildArtifact(ALL_JS, { tier, buildNumber })).code;
}
