/** Runs the programs of the test run, and counts what each one proved. */
import { once } from "node:events";
import { join } from "node:path";
import pc from "picocolors";
import { start, stop } from "../../scripts/children.ts";
import { ROOT } from "../../scripts/config.ts";
import type { Entry } from "./suite.ts";

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

export interface Result {
  passed: number;
  failed: number;
  /** The tests that failed, where they have names, and those that failed and passed when they ran once more. */
  red: string[];
  flaky: string[];
  /** The suites that had tests, or are for other engines. */
  entries: Entry[];
  /** Everything that it printed. */
  text: string;
  seconds: number;
}

/** A job that takes longer is ended. */
const LIMIT_MS = 20 * 60_000;

/** The script behind a package's command. Run by this very Node, and not through npx, which takes a second to look for it. */
export const bin = (command: string): string => join(ROOT, "node_modules/.bin", command);

/** Runs a job once: all of its tests, or those of these names. */
async function run({ args, env, uvu }: Job, only?: string[]): Promise<Omit<Result, "flaky" | "seconds">> {
  const child = await start(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, ...env, ...(only ? { ONLY_TESTS: JSON.stringify(only) } : {}) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let text = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  const entries: Entry[] = [];
  child.on("message", (entry: Entry) => entries.push(entry));
  const timer = setTimeout(() => {
    text += pc.red(`\nended after ${LIMIT_MS / 60_000} minutes\n`);
    void stop(child);
  }, LIMIT_MS);
  const [code] = await once(child, "close");
  clearTimeout(timer);

  const named = (passed?: true) =>
    entries.filter((entry) => entry.title && entry.passed === passed).map((e) => `${e.suite} "${e.title}"`);
  const passed = named(true);
  const red = (only ?? named()).filter((name) => !passed.includes(name));
  // What fails outside of a test has no name; and uvu exits 0 when it finds no file.
  const proved = code === 0 && (!uvu || entries.length > 0);
  const failed = Math.max(red.length, proved ? 0 : 1);
  return { passed: uvu ? passed.length : Number(code === 0), failed, red, entries, text };
}

/** Runs a job to its end. */
export async function runJob(job: Job): Promise<Result> {
  const began = Date.now();
  const first = await run(job);
  let result = { ...first, flaky: [] as string[] };
  if (job.again && first.red.length > 0) {
    const second = await run(job, first.red);
    result = {
      ...second,
      passed: first.passed + second.passed,
      flaky: first.red.filter((name) => !second.red.includes(name)),
      entries: first.entries,
      text: `${first.text}\n${pc.yellow("once more, only what failed:")}\n${second.text}`,
    };
  }
  return { ...result, seconds: (Date.now() - began) / 1000 };
}
