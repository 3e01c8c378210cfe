/** `npm run size -- names`: searches letters that compress well, and writes `scripts/build/names.json`, which the build applies. */
import { writeFileSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import { NAMES_PATH, type NamesTable, readNames } from "../build/names.ts";
import { newCommand } from "../cli.ts";
import { TARGETS } from "../config.ts";
import { showProgress } from "../print.ts";
import { meanSizes, type Progress, searchNames } from "./name-search.ts";

function above(least: number): (text: string) => number {
  return (text) => {
    if (!(Number(text) >= least)) throw new InvalidArgumentError(`It takes a number from ${least}.`);
    return Number(text);
  };
}

export async function main(argv: string[]): Promise<void> {
  const names = TARGETS.map(({ name }) => name);
  const options = newCommand("npm run size -- names")
    .description(
      "Searches for letters that make each artifact compress well, starting from the committed ones, and writes " +
        "scripts/build/names.json. A variable that has no letter yet gets one; those that are gone are dropped. " +
        "Ctrl-C ends the search and keeps the best.",
    )
    .addOption(new Option("--target <name>", "default: every artifact").choices(names))
    .option("--seed <number>", "begins the random numbers", above(0), 1)
    .option("--seconds <count>", "how long to search, for all artifacts together", above(0), 100)
    .option("--heat <bytes>", "how much larger a step may be at first", above(0.05), 1.5)
    .option("--dry-run", "write nothing")
    .option(
      "--mean <count>",
      "search nothing: print the mean sizes over so many choices of letters, to compare two ways of writing",
      above(1),
    )
    .option("--json", "print the result as JSON")
    .parse(argv, { from: "user" })
    .opts<{
      target?: string;
      seed: number;
      seconds: number;
      heat: number;
      dryRun?: boolean;
      mean?: number;
      json?: boolean;
    }>();
  const targets = TARGETS.filter(({ name }) => !options.target || name === options.target);
  const results: Record<string, unknown> = {};
  const tell = (name: string, result: object, text: string): void => {
    results[name] = result;
    if (!options.json) console.log(`${name}: ${text}`);
  };

  let stopped = false;
  // A second Ctrl-C ends the process as usual.
  process.once("SIGINT", () => {
    stopped = true;
    console.error("\nends with the best so far");
  });
  const committed = readNames();
  // Without artifacts that are gone.
  const table: NamesTable = Object.fromEntries(names.map((name) => [name, committed[name] ?? {}]));
  const { seed, heat, mean } = options;
  for (const target of targets) {
    const { name } = target;
    if (mean) {
      const sizes = await meanSizes(target, Math.floor(mean));
      const { raw, gzip, brotli } = sizes;
      tell(name, sizes, `${raw.toFixed(1)} raw, ${gzip.toFixed(1)} gzip, ${brotli.toFixed(1)} brotli`);
      continue;
    }
    const allowed = (options.seconds * 1000) / targets.length;
    // It starts when the search first asks: to take the program apart is not part of the time.
    let started = 0;
    const clock = ({ steps, before, best }: Progress): number => {
      started ||= Date.now();
      const gone = stopped || !allowed ? 1 : (Date.now() - started) / allowed;
      showProgress(`${name}: ${Math.floor(gone * 100)} %, ${steps} tried, ${(best - before).toFixed(1)} B`);
      return gone;
    };
    const { letters, ...result } = await searchNames(target, { seed, heat, clock });
    showProgress("");
    table[name] = letters;
    if (!options.dryRun) writeFileSync(NAMES_PATH, `${JSON.stringify(table, null, 2)}\n`);
    const { steps, before, best } = result;
    tell(name, result, `gzip + brotli ${before.toFixed(1)} -> ${best.toFixed(1)} B, ${steps} choices tried`);
  }
  if (options.json) console.log(JSON.stringify(results, null, 2));
}
