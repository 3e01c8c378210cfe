import { contract } from "../support/contract.ts";
import { fuzz } from "../support/fuzz.ts";

const test = contract("model");

const runs = Number(process.env.MODEL_RUNS ?? 1500);

test(`no interleaving of ${runs} breaks the invariant`, async (open) => {
  const { name: artifact } = await open();
  await fuzz(artifact, runs);
});

test.run();
