/**
 * How long a page takes to evaluate the artifact, beside the original's algorithm through the same minifier, in one run.
 *
 * The original had two thirds of today's behaviour. The ratio shows that small is not paid for with slow.
 */
import * as assert from "uvu/assert";
import { minifyPlain } from "../../scripts/build/minify.ts";
import { ALL_JS, apiOriginOf, PRODUCTION } from "../../scripts/config.ts";
import { artifactText } from "../support/artifact.ts";
import { eachEngine } from "../support/browsers.ts";
import { html, openSite, type Site } from "../support/site.ts";
import { originalAlgorithm } from "./original.ts";

/** Rounds, and evaluations of each script in a round: a browser's clock is too coarse for a single one. */
const [ROUNDS, EVALUATIONS] = [60, 50];
/** The bound for the ratio. */
const WORST = 1.1;

/** What the page does. Each evaluation has a different text, or the browser would take its compiled code from a cache. */
const PAGE = `<body><script>
  let count = 0;
  const evaluate = (text) => {
    const script = document.createElement("script");
    script.textContent = text + "//" + ++count;
    document.body.append(script);
    script.remove();
  };
  const time = (text) => {
    const start = performance.now();
    for (let each = 0; each < ${EVALUATIONS}; each++) evaluate(text);
    return (performance.now() - start) / ${EVALUATIONS};
  };
  // The mean of the faster half: what the slower half adds is the machine's other work.
  const typical = (times) => times.sort((a, b) => a - b).slice(0, times.length / 2).reduce((a, b) => a + b) / (times.length >> 1);
  function compare(ours, theirs) {
    const [us, them] = [[], []];
    for (let round = 0; round < ${ROUNDS}; round++) {
      // In turn, and each first in half of the rounds, so that whatever else the machine does falls on both.
      if (round % 2) us.push(time(ours));
      them.push(time(theirs));
      if (!(round % 2)) us.push(time(ours));
    }
    return [typical(us), typical(them)];
  }
</script></body>`;

eachEngine(
  "evaluation",
  ({ test, engine }) => {
    let site: Site;
    test.before(async () => {
      site = await openSite(() => html(PAGE));
    });
    test.after(() => site?.close());

    test("the artifact is evaluated about as quickly as the original's algorithm", async () => {
      const ours = await artifactText(ALL_JS);
      const original = originalAlgorithm(PRODUCTION.loginOrigin, apiOriginOf(PRODUCTION));
      const theirs = await minifyPlain(ALL_JS, original);
      const page = await engine().newPage();
      await page.goto(`${site.origin}/`);
      const script = `compare(${JSON.stringify(ours)}, ${JSON.stringify(theirs)})`;
      const [us, them] = await page.evaluate<[number, number]>(script);
      await page.dispose();
      const ratio = us / them;
      console.log(
        `\n  ${engine().version}, evaluation: ${(us * 1000).toFixed(0)} µs for ${ours.length} B, ` +
          `the original's way ${(them * 1000).toFixed(0)} µs for ${theirs.length} B, ratio ${ratio.toFixed(2)}`,
      );
      assert.ok(ratio <= WORST, `${ratio} times as long`);
    });
  },
  ["chromium"],
);
