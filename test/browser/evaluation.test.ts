/**
 * How long a page takes to evaluate the artifact, beside the original's algorithm through the same minifier, in one run.
 *
 * The original had two thirds of today's behaviour. The ratio shows that small is not paid for with slow.
 */
import { minify } from "terser";
import * as assert from "uvu/assert";
import { ALL_JS, apiOriginOf, PRODUCTION } from "../../scripts/config.ts";
import { artifactText } from "../support/artifact.ts";
import { eachEngine } from "../support/browsers.ts";
import { originalAlgorithm } from "./original.ts";

/** The issue's bound for the ratio. */
const WORST = 1.1;

/** Evaluates both texts in turn, so that whatever else the machine does falls on both, and gives the microseconds of each. */
function compare(ours: string, theirs: string): number[] {
  // A browser's clock is too coarse for a single evaluation.
  const [rounds, evaluations] = [60, 50];
  let count = 0;
  const time = (text: string): number => {
    const start = performance.now();
    for (let each = 0; each < evaluations; each++) {
      const script = document.createElement("script");
      // Each has a different text, or the browser would take its compiled code from a cache.
      script.textContent = `${text}//${++count}`;
      document.body.append(script);
      script.remove();
    }
    return ((performance.now() - start) / evaluations) * 1000;
  };
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++)
    // Each is the first in half of the rounds.
    for (const way of [round % 2, 1 - (round % 2)]) times[way]!.push(time(way ? theirs : ours));
  // The mean of the faster half: what the slower half adds is the machine's other work.
  return times.map((all) => {
    const faster = all.sort((a, b) => a - b).slice(0, rounds / 2);
    return faster.reduce((sum, one) => sum + one, 0) / faster.length;
  });
}

eachEngine(
  "evaluation",
  ({ test, engine }) => {
    test("the artifact is evaluated about as quickly as the original's algorithm", async () => {
      const ours = await artifactText(ALL_JS);
      const original = originalAlgorithm(PRODUCTION.loginOrigin, apiOriginOf(PRODUCTION));
      const compress = { ...ALL_JS.compress, unused: true };
      const { code: theirs } = await minify(original, { ie8: true, toplevel: true, compress });
      const page = await engine().newPage();
      const [us, them] = await page.evaluate(compare, ours, theirs!);
      await page.dispose();
      console.log(`\n  ${engine().version}: ${us!.toFixed(0)} µs, the original's way ${them!.toFixed(0)} µs`);
      assert.ok(us! / them! <= WORST, `${us! / them!} times as long`);
    });
  },
  ["chromium"],
);
