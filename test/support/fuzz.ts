/** Runs the model test on one artifact. */
import * as fc from "fast-check";
import type { ArtifactName } from "./client.ts";
import { ARTIFACTS } from "./contract.ts";
import { play, steps } from "./model.ts";

/** A host like IE 9: its answers come through the frame alone. */
const IE9 = { file: false };

/**
 * Throws an Error with fast-check's report, when an interleaving breaks the invariant. `replay`: the seed and the path that it gave
 * then.
 */
export async function fuzz(
  artifact: ArtifactName,
  runs: number,
  replay: { seed?: number; path?: string } = {},
  progress = (_done: number): void => {},
): Promise<void> {
  let done = 0;
  // Half of the runs on all.js are in a page that old IE shows.
  const oldIE = artifact === "all.js" ? fc.boolean() : fc.constant(false);
  const property = fc.asyncProperty(steps, oldIE, async (happenings, frames) => {
    await play(await ARTIFACTS[artifact](frames ? IE9 : {}), frames, happenings);
    progress(++done);
  });
  const report = await fc.check(property, { numRuns: runs, ...replay });
  const { failed, seed, counterexamplePath: path } = report;
  if (failed)
    throw new Error(
      `${fc.defaultReportMessage(report)}\n\nReplay: npm run test:fuzz -- --artifact ${artifact} --seed ${seed} --path ${path}`,
    );
}
