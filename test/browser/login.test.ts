import { eachEngine } from "../support/browsers.ts";
import { type Bench, openBench } from "./bench.ts";
import { writeOrdinaryFlows } from "./flows.ts";

eachEngine("login on the dev tier", (each) => {
  let bench: Bench;
  each.test.before(async () => {
    bench = await openBench();
  });
  each.test.after(() => bench?.close());
  writeOrdinaryFlows(each, () => bench);
});
