/**
 * What judges a mutant: the contract, with a short model test, and the tests of what one artifact alone has. They run on the
 * artifact whose source has the mutant.
 *
 * Started by Stryker (stryker.config.json), once for each mutant, so it is one process and stops at the first failure.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "uvu/parse";
import { run } from "uvu/run";
import { ROOT, TARGETS } from "../../scripts/config.ts";

process.env.MUTATION = "1";
process.env.MODEL_RUNS = "150";

/** Stryker's first run has no mutant, and both artifacts. */
const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
const target = TARGETS.find(
  ({ entry }) => mutant && readFileSync(join(ROOT, entry), "utf8").includes(`("${mutant}")`),
);
if (target) process.env.ARTIFACT = target.name;
const own = target ? { "all.js": "all", "index.mjs": "module" }[target.name] : "all|module";

const contract = await parse("test/contract", "\\.test\\.ts$");
const unit = await parse("test/unit", `^(${own})-.*\\.test\\.ts$`);
await run([...unit.suites, ...contract.suites], { bail: true });
