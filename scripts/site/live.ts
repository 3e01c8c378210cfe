/** The documentation as `npm start` serves it, with the dev tier. */

import type { Manifest } from "../build/emit.ts";
import type { DevTierOptions } from "../dev-tier/index.ts";
import { keptFeatures, measureFeaturesFor } from "./kept-features.ts";
import { policyOf } from "./page-frame.ts";
import { NOT_FOUND, openSite, type SiteOptions } from "./pages.ts";

/** Measures in the background, on demand; null until that is done. */
function inBackground(): SiteOptions["features"] {
  let measuring = false;
  return async (code) => {
    const kept = keptFeatures(code);
    if (!kept && !measuring) {
      measuring = true;
      void measureFeaturesFor(code)
        .catch(({ message }: Error) => console.error(message))
        .finally(() => (measuring = false));
    }
    return kept;
  };
}

/** The pages of the site, for the build `manifest`. */
export function livePages(
  manifest: Manifest,
  options: Partial<SiteOptions> = {},
): NonNullable<DevTierOptions["pages"]> {
  const site = openSite({ manifest, features: inBackground(), ...options });
  return async (name, origins) => {
    const headers = { "Content-Security-Policy": policyOf(origins.api) };
    // "/playground" is playground.html, as static hosts have it.
    const file = (await site.file(name)) ?? (await site.file(`${name}.html`));
    if (file) return { ...file, headers };
    return { ...(await site.file(NOT_FOUND))!, status: 404, headers };
  };
}
