/** Runs the model test `runs` times, half of them in a page that old IE shows. */
import * as fc from "fast-check";
import { openPage } from "./login.ts";
import { play, steps } from "./model.ts";

/** A host like IE 8, which hears no message: its answers come through the frame alone. */
const IE8 = { file: false, listeners: false };

export interface FuzzOptions {
  runs: number;
  /** Replays a failure: fast-check prints both. */
  seed?: number | undefined;
  path?: string | undefined;
  progress?: (done: number) => void;
}

/** Throws an Error with fast-check's report, the seed and path to replay included, when an interleaving breaks the invariant. */
export async function fuzz({ runs, seed, path, progress }: FuzzOptions): Promise<void> {
  let done = 0;
  const property = fc.asyncProperty(steps, fc.boolean(), async (happenings, oldIE) => {
    play(await openPage(oldIE ? IE8 : {}), oldIE, happenings);
    progress?.(++done);
  });
  const report = await fc.check(property, {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed }),
    ...(path ? { path } : {}),
  });
  if (report.failed) {
    throw new Error(
      `${fc.defaultReportMessage(report)}\n\nReplay: npm run test:fuzz -- --seed ${report.seed} --path ${report.counterexamplePath}`,
    );
  }
}
