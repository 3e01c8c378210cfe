/**
 * `npm test`: the checks that a change must pass, in two minutes. `npm run test:all`: everything, in every engine.
 *
 * The last line is "N passed, N failed": each check counts once, each uvu test once.
 */

import { availableParallelism } from "node:os";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { isMain, newCommand, runCommand, UsageError } from "../scripts/cli.ts";
import { engines, STEPS, type Step } from "./steps.ts";
import { pool, type Result, runJob } from "./support/jobs.ts";
import { installMissing } from "./support/missing.ts";
import { Progress } from "./support/progress.ts";
import type { Left } from "./support/tally.ts";

interface Options {
  all?: boolean;
  times: number;
}

/** A flake may pass this often, in a run of ten; once more is a failure. */
const FLAKES_ALLOWED = 2;

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("It takes a whole number from 1 on.");
  return Number(text);
}

function readArguments(argv: string[]): { steps: Step[] } & Options {
  const names = STEPS.map(({ name }) => name);
  const program = newCommand("npm test --")
    .description(
      "Runs the quick checks, or those named. npm run test:all -- runs everything, or all of those named.",
    )
    .argument("[steps...]", names.join(", "))
    .option("--all", "everything, in every engine: what npm run test:all says")
    .option("--times <count>", "run that often, and count the tests that pass only sometimes", wholeNumber, 1)
    .addHelpText("after", ({ command }) => {
      const help = command.createHelp();
      const line = ({ name, what, onlyAll }: Step): string =>
        help.formatItem(name, 10, onlyAll ? `${what} (npm run test:all)` : what, help);
      return `\nSteps:\n${STEPS.map(line).join("\n")}\n\nENGINES=firefox,webkit chooses the browsers.`;
    })
    .parse(argv, { from: "user" });
  const unknown = program.args.find((name) => !names.includes(name));
  if (unknown) throw new UsageError(`there is no step "${unknown}"; the steps are ${names.join(", ")}`);
  const steps = STEPS.filter(({ name }) => program.args.length === 0 || program.args.includes(name));
  const options = program.opts<Options>();
  const { all = false } = options;
  const left = steps.filter(({ onlyAll }) => onlyAll && !all).map(({ name }) => name);
  if (left.length === steps.length)
    throw new UsageError(`npm test leaves ${left.join(", ")} to: npm run test:all -- ${left.join(" ")}`);
  return { steps: steps.filter(({ name }) => !left.includes(name)), ...options };
}

const seconds = (time: number): string => `${time.toFixed(1)} s`;

function report({ what, hint }: Step, name: string, { failed, text, seconds: time }: Result): string {
  const verdict = failed ? pc.red(`${failed} failed`) : pc.green("passed");
  const lines = [`\n${pc.bold(pc.cyan(name))}: ${what}`, text.trim(), failed ? (hint ?? "") : ""];
  return [...lines, `${name}: ${verdict}, ${seconds(time)}`].filter(Boolean).join("\n");
}

/** Runs the steps' programs side by side, and shows what each one printed once it has ended. */
async function runSteps(steps: readonly Step[], all: boolean): Promise<[Step, Result][]> {
  const jobs = steps.flatMap((step) => step.jobs(all).map((job) => ({ step, job })));
  const results: [Step, Result][] = [];
  const progress = new Progress(jobs.length);
  await pool(jobs, availableParallelism(), async ({ step, job }) => {
    const name = job.part ? `${step.name} (${job.part})` : step.name;
    progress.starts(name);
    const result = await runJob(job);
    results.push([step, result]);
    progress.ends(name);
    progress.print(report(step, name, result));
  });
  progress.done();
  return results;
}

const sum = (results: readonly Result[], figure: "passed" | "failed" | "seconds"): number =>
  results.reduce((total, result) => total + result[figure], 0);

/** The suites that ran in no engine. */
function leftOut(results: readonly Result[]): string[] {
  const ran = ({ title }: Left): boolean => results.some(({ text }) => text.includes(` ${title} (`));
  const lines = results.flatMap(({ left }) => left.filter((one) => !ran(one)).map(({ line }) => line));
  return [...new Set(lines)];
}

async function main(argv: string[]): Promise<void> {
  const { steps, all = false, times } = readArguments(argv);
  try {
    engines(all);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const start = Date.now();
  installMissing(steps.flatMap((step) => step.missing?.(all) ?? []));
  const installing = Date.now() - start;
  if (installing > 5_000)
    console.log(`installed in ${seconds(installing / 1000)}, which the times below leave out`);

  const began = Date.now();
  const results: [Step, Result][] = [];
  for (let round = 1; round <= times; round++) {
    if (times > 1) console.log(pc.bold(`\nrun ${round} of ${times}`));
    results.push(...(await runSteps(steps, all)));
  }

  const flakes = new Map<string, number>();
  for (const [, { flaky }] of results)
    for (const name of flaky) flakes.set(name, (flakes.get(name) ?? 0) + 1);
  const unstable = [...flakes].filter(([, count]) => count > FLAKES_ALLOWED);

  console.log(`\n${seconds((Date.now() - began) / 1000)}, of which (work side by side counts each):`);
  for (const step of steps) {
    const own = results.filter(([one]) => one === step).map(([, result]) => result);
    const failed = sum(own, "failed");
    const figures = `${sum(own, "passed")} passed${failed ? pc.red(`, ${failed} failed`) : ""}`;
    console.log(`  ${step.name.padEnd(12)}${seconds(sum(own, "seconds")).padStart(8)}  ${figures}`);
  }
  for (const line of leftOut(results.map(([, result]) => result))) console.log(pc.yellow(line));
  for (const [name, count] of flakes)
    console.log(pc.yellow(`flaky: ${name} failed and then passed, ${count} of ${times} times`));
  for (const [{ name, hint }, { failed, red }] of results) {
    if (failed === 0) continue;
    for (const one of red.length > 0 ? red : [hint ?? "see above"])
      console.log(pc.red(`failed: ${name}: ${one}`));
  }
  if (flakes.size > 0) console.log(`${flakes.size} flaky: find the cause, a busy machine is none`);

  const every = results.map(([, result]) => result);
  const failed = sum(every, "failed") + unstable.length;
  const passed = sum(every, "passed");
  console.log(`\n${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) await runCommand(main);
