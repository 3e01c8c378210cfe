/** Runs the model test on one artifact. */
import * as fc from "fast-check";
import type { ArtifactName } from "./client.ts";
import { ARTIFACTS } from "./contract.ts";
import { play, steps } from "./model.ts";

/** A host like IE 9: its answers come through the frame alone. */
const IE9 = { file: false };

export interface FuzzOptions {
  artifact: ArtifactName;
  runs: number;
  /** Replays a failure: fast-check prints both. */
  seed?: number | undefined;
  path?: string | undefined;
  progress?: (done: number) => void;
}

/** Throws an Error with fast-check's report, the seed and path to replay included, when an interleaving breaks the invariant. */
export async function fuzz({ artifact, runs, seed, path, progress }: FuzzOptions): Promise<void> {
  let done = 0;
  // Half of the runs on all.js are in a page that old IE shows.
  const oldIE = artifact === "all.js" ? fc.boolean() : fc.constant(false);
  const property = fc.asyncProperty(steps, oldIE, async (happenings, frames) => {
    await play(await ARTIFACTS[artifact](frames ? IE9 : {}), frames, happenings);
    progress?.(++done);
  });
  const report = await fc.check(property, {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed }),
    ...(path ? { path } : {}),
  });
  if (report.failed) {
    throw new Error(
      `${fc.defaultReportMessage(report)}\n\nReplay: npm run test:fuzz -- --artifact ${artifact} --seed ${report.seed} --path ${report.counterexamplePath}`,
    );
  }
}
