/** The minified artifacts, as they ship, made once a process. */

import { prepare } from "../../scripts/build/index.ts";
import { stamp } from "../../scripts/build/stamp.ts";
import { transform } from "../../scripts/build/transform.ts";
import { PRODUCTION, STAMP, type Target, type Tier } from "../../scripts/config.ts";

const made = new Map<string, Promise<string>>();

/** The build number of artifacts under test. */
export const TEST_BUILD = "1000.test";

async function shipped(target: Target, tier: Tier): Promise<string> {
  return stamp(await prepare(target, { tier }), TEST_BUILD).code;
}

/**
 * `npm run test:mutation`: the source holds all mutants, and Stryker's functions that choose one. It is not minified: no table has
 * letters for those, and terser takes `a.b()` and `a?.b()` in the branches of one condition for the same. The build
 * number is there more than once. The hosted script's functions must be no globals of the page's.
 */
async function instrumented(target: Target, tier: Tier): Promise<string> {
  const { code } = await transform(target, tier);
  const whole = target.format === "iife" ? `(function () {${code}})();` : code;
  return whole.replaceAll(STAMP, TEST_BUILD);
}

/** The text of `target` built for `tier`: the bytes that ship, but for the build number. */
export function artifactText(target: Target, tier: Tier = PRODUCTION): Promise<string> {
  const key = `${target.name} ${tier.loginOrigin} ${tier.apiUrl}`;
  if (!made.has(key)) made.set(key, (process.env.MUTATION ? instrumented : shipped)(target, tier));
  return made.get(key)!;
}
