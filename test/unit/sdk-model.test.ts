import { fuzz } from "../support/fuzz.ts";
import { suite } from "../support/suite.ts";

const test = suite("model");

const runs = Number(process.env.MODEL_RUNS ?? 1500);

test(`no interleaving of ${runs} breaks the invariant`, () => fuzz({ runs }));

test.run();
