/** The documentation and the playground over HTTP, as `npm start` runs them, for the tests in a browser. */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { manifestOf } from "../../scripts/build/emit.ts";
import { prepare } from "../../scripts/build/index.ts";
import { stamp } from "../../scripts/build/stamp.ts";
import { ALL_JS, INDEX_MJS, localTier, PRODUCTION, TARGETS } from "../../scripts/config.ts";
import { type RunningTier, startDevTier } from "../../scripts/dev-tier/server.ts";
import { type Figures, figuresOf } from "../../scripts/site/blocks.ts";
import { livePages } from "../../scripts/site/live.ts";
import type { SiteOptions } from "../../scripts/site/pages.ts";
import { artifactText } from "../support/artifact.ts";
import { REPORT } from "../support/feature-report.ts";

export const BUILD = "1000";

/** Measures the artifacts as they ship, but for the compressors' long searches: nothing here is a figure. */
async function measure(): Promise<Figures> {
  const artifacts = await Promise.all(
    TARGETS.map(async (target) => {
      const stamped = stamp(await prepare(target, { tier: PRODUCTION }), BUILD);
      const [gzip, brotli] = [gzipSync(stamped.code), brotliCompressSync(stamped.code)];
      return { ...stamped, target, name: target.name, tier: PRODUCTION, buildNumber: BUILD, gzip, brotli };
    }),
  );
  return figuresOf(artifacts);
}

let figures: Promise<Figures> | undefined;

export function quickFigures(): Promise<Figures> {
  figures ??= measure();
  return figures;
}

/** The dev tier as `npm start` runs it. */
export async function startSite(options: Partial<SiteOptions> = {}): Promise<RunningTier> {
  const manifest = manifestOf((await quickFigures()).artifacts, null);
  return startDevTier({
    port: 0,
    pages: livePages(manifest, { measure: quickFigures, features: async () => REPORT, ...options }),
    sdk: ({ login, api }) => artifactText(ALL_JS, localTier(login, api)),
    module: ({ login, api }) => artifactText(INDEX_MJS, localTier(login, api)),
  });
}
