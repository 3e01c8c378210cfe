/** The documentation as `npm start` serves it, with the dev tier behind it. */

import type { Manifest } from "../build/emit.ts";
import type { DevTierOptions } from "../dev-tier/index.ts";
import { keptFeatures, measureFeaturesFor } from "./kept-features.ts";
import { policyOf } from "./page-frame.ts";
import { openSite, type SiteOptions } from "./pages.ts";

/** Measures in the background, on demand; null until that is done. */
function inBackground(): SiteOptions["features"] {
  let measuring = false;
  return async (code) => {
    const kept = keptFeatures(code);
    if (!kept && !measuring) {
      measuring = true;
      void measureFeaturesFor(code)
        .catch((error: Error) => console.error(error.message))
        .finally(() => {
          measuring = false;
        });
    }
    return kept;
  };
}

/** The pages of the site, speaking of the build `manifest`. */
export function livePages(
  manifest: Manifest,
  options: Partial<SiteOptions> = {},
): NonNullable<DevTierOptions["pages"]> {
  const site = openSite({ manifest, features: inBackground(), ...options });
  return async (name, origins) => {
    const file = await site.file(name);
    return file && { ...file, headers: { "Content-Security-Policy": policyOf(origins.api) } };
  };
}
