/** `npm run test:fuzz`: the model test at length, on both artifacts, 100,000 interleavings each by default. */
import { InvalidArgumentError, Option } from "commander";
import { newCommand, runCommand } from "../scripts/cli.ts";
import type { ArtifactName } from "./support/client.ts";
import { ARTIFACTS } from "./support/contract.ts";
import { fuzz } from "./support/fuzz.ts";

function whole(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError("it takes a whole number.");
  return Number(text);
}

function count(text: string): number {
  const number = whole(text);
  if (number < 1) throw new InvalidArgumentError("it takes a whole number from 1.");
  return number;
}

const NAMES = Object.keys(ARTIFACTS) as ArtifactName[];

async function main(argv: string[]): Promise<void> {
  const { artifact, runs, ...replay } = newCommand("npm run test:fuzz --")
    .description(
      "Plays random interleavings of messages, closings, timers and API answers against the minified artifacts.",
    )
    .addOption(new Option("--artifact <name>", "one of the two alone").choices(NAMES))
    .option("--runs <number>", "how many on each", count, 100_000)
    .option("--seed <number>", "replay: the seed that a failure printed", whole)
    .option("--path <path>", "replay: the path that a failure printed")
    .parse(argv, { from: "user" })
    .opts<{ artifact?: ArtifactName; runs: number; seed?: number; path?: string }>();

  for (const name of artifact ? [artifact] : NAMES) {
    const start = Date.now();
    await fuzz(name, runs, replay, (done) => {
      if (done % 5000 === 0) process.stderr.write(`\r${done} of ${runs}`);
    });
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`\n${name}: ${runs} interleavings, none broke the invariant (${seconds} s)`);
  }
}

await runCommand(main);
