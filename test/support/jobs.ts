/** Programs of the test run: what each one proved, as many at a time as the machine has processors. */
import { once } from "node:events";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { start, stop } from "../../scripts/children.ts";
import { ROOT } from "../../scripts/config.ts";
import {
  failedTests,
  type Left,
  leftSuites,
  type Output,
  readUvu,
  type Tally,
  withoutLeft,
} from "./tally.ts";

/** One program. */
export interface Job {
  /** Which part of its step it is, where that has several. */
  part?: string;
  /** Node's arguments: the script first. */
  args: readonly string[];
  env?: Record<string, string>;
  /** Its tests count one by one; without, the program passes or fails as a whole. */
  uvu?: true;
  /** A test that failed runs once more, and counts as a flake when it passes then: browsers share the machine with all else. */
  again?: true;
}

export interface Result extends Tally {
  /** Everything that it printed. */
  text: string;
  seconds: number;
  /** The tests that failed, where they have names. */
  red: string[];
  /** Tests that failed and passed when they ran once more. */
  flaky: string[];
  /** Suites that are for other engines. */
  left: Left[];
}

/** A job that takes longer is ended. */
const LIMIT_MS = 20 * 60_000;

/** The script behind a package's command. Run by this very Node, and not through npx, which takes a second to look for it. */
export const bin = (command: string): string => join(ROOT, "node_modules/.bin", command);

async function run({ args, env }: Job): Promise<Output> {
  const child = await start(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  const timer = setTimeout(() => {
    text += pc.red(`\nended after ${LIMIT_MS / 60_000} minutes\n`);
    void stop(child);
  }, LIMIT_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  return { code: code ?? 1, text };
}

const plain = ({ code, text }: Output): Output => ({ code, text: stripVTControlCharacters(text) });

/** Runs a job to its end. */
export async function runJob(job: Job): Promise<Result> {
  const began = Date.now();
  const output = await run(job);
  let { text } = output;
  const flaky: string[] = [];
  let red: string[] = [];
  let tally: Tally;
  if (!job.uvu) tally = output.code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  else {
    tally = readUvu(plain(output));
    const failed = failedTests(plain(output).text);
    red = failed;
    // What failed outside of a test has no name, and no second chance.
    if (job.again && failed.length > 0 && tally.failed === failed.length) {
      const again = await run({ ...job, env: { ...job.env, ONLY_TESTS: JSON.stringify(failed) } });
      text += `\n${pc.yellow("once more, only what failed:")}\n${again.text}`;
      const second = readUvu(plain(again));
      const still = failedTests(plain(again).text);
      if (second.passed + still.length === failed.length) {
        flaky.push(...failed.filter((name) => !still.includes(name)));
        red = still;
        tally = { passed: tally.passed + second.passed, failed: still.length };
      }
    }
  }
  const left = job.uvu ? leftSuites(plain(output).text) : [];
  return {
    ...tally,
    text: job.uvu ? withoutLeft(text) : text,
    red,
    flaky,
    left,
    seconds: (Date.now() - began) / 1000,
  };
}

/** Does `work` for each of `items`, in their order, `width` at a time. */
export async function pool<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
