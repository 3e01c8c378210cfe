/**
 * `npm test`: the checks that a change must pass, in two minutes. `npm run test:all`: everything, in every engine.
 *
 * The last line is "N passed, N failed": each check counts once, each uvu test once.
 */

import { availableParallelism } from "node:os";
import { Argument, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { aptInstall } from "../scripts/apt.ts";
import { isMain, newCommand, runCommand, UsageError } from "../scripts/cli.ts";
import { STEPS, type Step } from "./steps.ts";
import { type Job, type Result, runJob } from "./support/jobs.ts";

/** A flake may pass this often, in a run of ten; once more is a failure. */
const FLAKES_ALLOWED = 2;
/** So often a line says what runs. */
const PROGRESS_MS = 15_000;

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("It takes a whole number from 1 on.");
  return Number(text);
}

function readArguments(argv: string[]): { steps: Step[]; all?: boolean; times: number } {
  const program = newCommand("npm test --")
    .description(
      "Runs the quick checks, or those named. npm run test:all -- runs everything, or all of those named.",
    )
    .addArgument(new Argument("[steps...]").choices(STEPS.map(({ name }) => name)))
    .option("--all", "everything, in every engine: what npm run test:all says")
    .option("--times <count>", "run that often, and count the tests that pass only sometimes", wholeNumber, 1)
    .addHelpText("after", ({ command }) => {
      const help = command.createHelp();
      const line = ({ name, what, onlyAll }: Step): string =>
        help.formatItem(name, 10, onlyAll ? `${what} (npm run test:all)` : what, help);
      return `\nSteps:\n${STEPS.map(line).join("\n")}\n\nENGINES=firefox,webkit chooses the browsers.`;
    })
    .parse(argv, { from: "user" });
  const { args } = program;
  const options = program.opts<{ all?: boolean; times: number }>();
  const steps = STEPS.filter(
    ({ name, onlyAll }) => (options.all || !onlyAll) && (args.length === 0 || args.includes(name)),
  );
  if (steps.length === 0)
    throw new UsageError(`npm test leaves ${args.join(", ")} to: npm run test:all -- ${args.join(" ")}`);
  return { steps, ...options };
}

const seconds = (time: number): string => `${time.toFixed(1)} s`;

type Ran = Result & { step: Step };

/** Runs the steps' programs side by side, as many as the machine has processors, and shows what each printed once it has ended. */
async function runSteps(steps: readonly Step[], all: boolean): Promise<Ran[]> {
  const waiting = steps.flatMap((step) => step.jobs(all).map((job): [Step, Job] => [step, job]));
  const total = waiting.length;
  const ran: Ran[] = [];
  const running = new Set<string>();
  const began = Date.now();
  const timer = setInterval(() => {
    const time = Math.round((Date.now() - began) / 1000);
    console.log(`${time} s: ${ran.length} of ${total} done, running ${[...running].join(", ")}`);
  }, PROGRESS_MS);
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [step, job] = next;
      const name = job.part ? `${step.name} (${job.part})` : step.name;
      running.add(name);
      const result = await runJob(job);
      running.delete(name);
      ran.push({ step, ...result });
      const verdict = result.failed ? pc.red(`${result.failed} failed`) : pc.green("passed");
      const lines = [`\n${pc.bold(pc.cyan(name))}: ${step.what}`, result.text.trim()];
      lines.push((result.failed && step.hint) || "", `${name}: ${verdict}, ${seconds(result.seconds)}`);
      console.log(lines.filter(Boolean).join("\n"));
    }
  };
  // One more than there are processors, because browser tests mostly wait.
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker));
  clearInterval(timer);
  return ran;
}

const sum = (results: readonly Ran[], figure: "passed" | "failed" | "seconds"): number =>
  results.reduce((total, result) => total + result[figure], 0);

async function main(argv: string[]): Promise<void> {
  const { steps, all = false, times } = readArguments(argv);
  aptInstall(steps.flatMap((step) => step.missing?.(all) ?? []));
  const began = Date.now();
  const results: Ran[] = [];
  for (let round = 1; round <= times; round++) {
    if (times > 1) console.log(pc.bold(`\nrun ${round} of ${times}`));
    results.push(...(await runSteps(steps, all)));
  }

  console.log(`\n${seconds((Date.now() - began) / 1000)}, of which (work side by side counts each):`);
  for (const step of steps) {
    const own = results.filter((result) => result.step === step);
    const failed = sum(own, "failed");
    const figures = `${sum(own, "passed")} passed${failed ? pc.red(`, ${failed} failed`) : ""}`;
    console.log(`  ${step.name.padEnd(12)}${seconds(sum(own, "seconds")).padStart(8)}  ${figures}`);
  }

  // The suites that ran in no engine.
  const entries = results.flatMap((result) => result.entries);
  for (const [suite, among] of new Map(entries.map((entry) => [entry.suite, entry.among])))
    if (among && !entries.some((entry) => entry.title && entry.suite.startsWith(`${suite} (`)))
      console.log(pc.yellow(`"${suite}" ran no test here: it is for ${among}`));

  const flaky = results.flatMap((result) => result.flaky);
  const unstable = new Set<string>();
  for (const name of new Set(flaky)) {
    const count = flaky.filter((one) => one === name).length;
    if (count > FLAKES_ALLOWED) unstable.add(name);
    console.log(pc.yellow(`flaky: ${name} failed and then passed, ${count} of ${times} times`));
  }
  for (const { step, failed, red } of results)
    for (const one of failed && red.length === 0 ? [step.hint ?? "see above"] : red)
      console.log(pc.red(`failed: ${step.name}: ${one}`));
  if (flaky.length > 0) console.log(`${new Set(flaky).size} flaky: find the cause, a busy machine is none`);

  const failed = sum(results, "failed") + unstable.size;
  const passed = sum(results, "passed");
  console.log(`\n${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) await runCommand(main);
