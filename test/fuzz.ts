/** `npm run test:fuzz`: the model test at length, 100,000 interleavings unless told otherwise. */
import { InvalidArgumentError } from "commander";
import { newCommand, runCommand } from "../scripts/cli.ts";
import { fuzz } from "./support/fuzz.ts";

function whole(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError("it takes a whole number.");
  return Number(text);
}

async function main(argv: string[]): Promise<void> {
  const { runs, seed, path } = newCommand("npm run test:fuzz --")
    .description(
      "Plays random interleavings of messages, closings, timers and API answers against the minified artifact.",
    )
    .option("--runs <number>", "how many", whole, 100_000)
    .option("--seed <number>", "replay: the seed that a failure printed", whole)
    .option("--path <path>", "replay: the path that a failure printed")
    .parse(argv, { from: "user" })
    .opts<{ runs: number; seed?: number; path?: string }>();

  const start = Date.now();
  const progress = (done: number): void => {
    if (done % 5000 === 0) process.stderr.write(`\r${done} of ${runs}`);
  };
  await fuzz({ runs, seed, path, progress });
  process.stderr.write("\n");
  console.log(
    `${runs} interleavings, none broke the invariant (${Math.round((Date.now() - start) / 1000)} s)`,
  );
}

await runCommand(main);
