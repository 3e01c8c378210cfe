/** The minified artifacts, as they ship, made once a process. */

import { prepare } from "../../scripts/build/index.ts";
import { STAMP, stamp } from "../../scripts/build/stamp.ts";
import { PRODUCTION, type Target, type Tier } from "../../scripts/config.ts";

const made = new Map<string, Promise<string>>();

/** The build number of artifacts under test. */
export const TEST_BUILD = "1000.test";

/** The text of `target` built for `tier`: the bytes that ship, but for the build number. */
export function artifactText(target: Target, tier: Tier = PRODUCTION): Promise<string> {
  const key = `${target.name} ${tier.loginOrigin} ${tier.apiOrigin}`;
  if (!made.has(key)) {
    made.set(
      key,
      prepare(target, { tier }).then((prepared) =>
        // `npm run test:mutation`: what Stryker writes into the source keeps both targets' code in each artifact.
        process.env.MUTATION ? prepared.code.replaceAll(STAMP, TEST_BUILD) : stamp(prepared, TEST_BUILD).code,
      ),
    );
  }
  return made.get(key)!;
}
