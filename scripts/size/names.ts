/** `npm run size:names`: searches names, orders and minifier options that compress well, and writes the table that the build applies. */
import { Option } from "commander";
import pc from "picocolors";
import { minify, unnamedOptions } from "../build/minify.ts";
import { CheckError, isMain, newCommand, runCommand, UsageError } from "../cli.ts";
import { TARGETS } from "../config.ts";
import { layOut } from "./names/layout.ts";
import { compileFor, ENDING, type Measured, type RunResult, run } from "./names/run.ts";
import { dialectOf, readTable, shapeOf, type Table, writeTable } from "./names/table.ts";
import { type Table as TextTable, toText } from "./table.ts";

interface Options {
  target?: string;
  seed: string;
  steps: string;
  seconds: string;
  continue?: boolean;
  evenly?: boolean;
  heat?: string;
  dryRun?: boolean;
  check?: boolean;
  json?: boolean;
}

function number(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`--${name} takes a whole number from ${least}`);
  return value;
}

/** Shows the state of the search on stderr: one line that is written over, or one a tenth where there is no terminal. */
function progressOf(target: string): (message: string, done: number) => void {
  let shown = -1;
  return (message, done) => {
    const line = `${target}: ${String(Math.min(100, Math.floor(done * 100))).padStart(3)} %  ${message}`;
    const tenth = Math.floor(done * 10);
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
    else if (tenth !== shown) console.error(line);
    shown = tenth;
  };
}

function report(name: string, { before, after, options, kept, numbers }: RunResult, seconds: number): string {
  const row = (label: string, { worst, mean }: Measured): (string | number)[] => [
    label,
    worst.gzip,
    mean.gzip.toFixed(1),
    worst.brotli,
    mean.brotli.toFixed(1),
  ];
  const sizes: TextTable = {
    title: `${name}, over ${numbers.length} build numbers, in ${seconds.toFixed(0)} s`,
    head: ["names by", "gzip, worst", "mean", "brotli, worst", "mean"],
    rows: [row("the minifier", before), row(kept ? "the committed table" : "this search", after)],
  };
  const tried: TextTable = {
    title: "The minifier's options, change of the distance to the goal (B)",
    head: ["option", "change"],
    rows: options.map(({ option, change }) => [option, change.toFixed(2)]),
  };
  return options.length ? `${toText(sizes)}\n\n${toText(tried)}` : toText(sizes);
}

/** Throws CheckError unless the table has an entry for each target that fits today's source. */
export async function checkTable(table: Table, names: readonly string[]): Promise<void> {
  const stale: string[] = [];
  for (const target of TARGETS.filter(({ name }) => names.includes(name))) {
    const entry = table[target.name];
    const input = await compileFor(target);
    const text = entry && (await minify(target, input, unnamedOptions(target, entry.compress))).code;
    if (!entry || shapeOf(layOut(text!, dialectOf(target))) !== entry.fits) stale.push(target.name);
  }
  if (stale.length) {
    throw new CheckError(
      `scripts/size/names.json does not fit ${stale.join(", ")}; renew it: npm run size:names`,
    );
  }
}

async function main(argv: string[]): Promise<void> {
  const names = TARGETS.map(({ name }) => name);
  const options = newCommand("npm run size:names --")
    .description(
      "Searches for names, orders of lists and minifier options that compress well, and writes scripts/size/names.json, " +
        "which the build applies. The same seed and steps give the same table. Ctrl-C ends the search and keeps the best.",
    )
    .addOption(new Option("--target <name>", "default: every artifact").choices(names))
    .option("--seed <number>", "begins the random numbers", "1")
    .option("--steps <count>", "how many variants to try, for each artifact", "8000")
    .option("--seconds <count>", "ends the search by then, for all artifacts together", "110")
    .option(
      "--continue",
      "begin with the committed table, as far as it fits: renews it sooner after a small change",
    )
    .option("--evenly", "weigh gzip and brotli alike, not the one that is farther from its goal above all")
    .option("--heat <bytes>", "how much worse a step may be at first (default: 8, or 0.7 with --continue)")
    .option("--dry-run", "write nothing")
    .option("--check", "search nothing; exit 1 unless the committed table fits the source")
    .option("--json", "print the result as JSON")
    .parse(argv, { from: "user" })
    .opts<Options>();
  const seed = number("seed", options.seed, 0);
  const steps = number("steps", options.steps, 1);
  const seconds = number("seconds", options.seconds, 1);
  const heat = options.heat === undefined ? undefined : Number(options.heat);
  if (heat !== undefined && !(heat > 0)) throw new UsageError("--heat takes a number above 0");
  const table = readTable();
  const targets = TARGETS.filter(({ name }) => !options.target || name === options.target);
  if (options.check) {
    await checkTable(
      table,
      targets.map(({ name }) => name),
    );
    console.log("scripts/size/names.json fits the source");
    return;
  }

  let stopped = false;
  const stop = (): void => {
    // A second Ctrl-C ends the process as usual.
    stopped = true;
    console.error("\nending with the best so far");
  };
  process.once("SIGINT", stop);
  const results: Record<string, RunResult> = {};
  for (const [index, target] of targets.entries()) {
    const started = Date.now();
    const allowed = Math.max((seconds * 1000) / targets.length - ENDING, 1);
    let clockEnded = false;
    const result = await run(target, await compileFor(target), {
      seed,
      steps,
      committed: table[target.name],
      continues: options.continue === true,
      evenly: options.evenly === true,
      heat,
      progress: progressOf(target.name),
      clock: () => {
        const gone = (Date.now() - started) / allowed;
        if (gone >= 1) clockEnded = true;
        return stopped ? 1 : gone;
      },
    });
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    results[target.name] = result;
    if (!options.dryRun) {
      table[target.name] = result.entry;
      writeTable(table);
    }
    if (!options.json) {
      console.log(report(target.name, result, (Date.now() - started) / 1000));
      if (clockEnded)
        console.error(pc.yellow(`the clock ended the search: another run may find something else`));
      if (index < targets.length - 1) console.log();
    }
    if (stopped) break;
  }
  process.off("SIGINT", stop);
  if (options.json) console.log(JSON.stringify(results, null, 2));
  else if (!options.dryRun) console.log("\nwrote scripts/size/names.json; npm run build applies it");
}

if (isMain(import.meta.url)) void runCommand(main);
