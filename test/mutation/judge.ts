/**
 * What judges a mutant: the contract, with a short model test, and the tests of what one artifact alone has. All run on the
 * minified artifacts.
 *
 * Started by Stryker (stryker.config.json), once for each mutant, so it is one process and stops at the first failure.
 */
import { parse } from "uvu/parse";
import { run } from "uvu/run";

process.env.MUTATION = "1";
process.env.MODEL_RUNS = "150";
const contract = await parse("test/contract", "\\.test\\.ts$");
const unit = await parse("test/unit", "^(all|module)-.*\\.test\\.ts$");
await run([...unit.suites, ...contract.suites], { bail: true });
