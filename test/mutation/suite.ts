/**
 * What judges a mutant: the unit tests of src/sdk.ts, on the minified artifact, with a short model test.
 *
 * Started by Stryker (stryker.config.json), once for each mutant, so it is one process and stops at the first failure.
 */
import { parse } from "uvu/parse";
import { run } from "uvu/run";

process.env.MUTATION = "1";
process.env.MODEL_RUNS = "150";
const { suites } = await parse("test/unit", "^(sdk|module)-.*\\.test\\.ts$");
await run(suites, { bail: true });
