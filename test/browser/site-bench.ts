/** The documentation and the playground over HTTP, as `npm start` runs them, for the tests in a browser. */
import { manifestOf } from "../../scripts/build/emit.ts";
import { localTier } from "../../scripts/config.ts";
import { type RunningTier, startDevTier } from "../../scripts/dev-tier/server.ts";
import { type Figures, measureFigures } from "../../scripts/site/blocks.ts";
import { livePages } from "../../scripts/site/live.ts";
import type { SiteOptions } from "../../scripts/site/pages.ts";
import { artifactText } from "../support/artifact.ts";
import { REPORT } from "../support/feature-report.ts";

let measured: Promise<Figures> | undefined;

/** Built and measured once a process. */
export function figures(): Promise<Figures> {
  measured ??= measureFigures();
  return measured;
}

/** The dev tier as `npm start` runs it. */
export async function startSite(options: Partial<SiteOptions> = {}): Promise<RunningTier> {
  const manifest = manifestOf((await figures()).artifacts, null);
  return startDevTier({
    port: 0,
    pages: livePages(manifest, { measure: figures, features: async () => REPORT, ...options }),
    sdk: (target, { login, api }) => artifactText(target, localTier(login, api)),
  });
}
