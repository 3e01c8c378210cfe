/**
 * uvu with its traps closed. Every test file takes its suite from here, never from "uvu".
 *
 * uvu 0.5.6 exits 0 when a test throws something that is not an Error, and skips the rest of that suite in silence;
 * it also exits 0 when `run()` was forgotten. Here anything thrown becomes an Error, a suite that was not run
 * fails the process, and so does a process in which fewer tests ended than were written.
 */
import { suite as uvuSuite } from "uvu";

type Handler<T> = (context: T) => Promise<void> | void;

export interface Suite<T> {
  (name: string, handler: Handler<T>): void;
  only(name: string, handler: Handler<T>): void;
  before: { (hook: Handler<T>): void; each(hook: Handler<T>): void };
  after: { (hook: Handler<T>): void; each(hook: Handler<T>): void };
  /** Whether no test was written, or none of those that `ONLY_TESTS` names. */
  isEmpty(): boolean;
  run(): void;
}

interface Tally {
  written: number;
  ended: number;
  running: boolean;
}

const suites = new Map<string, Tally>();

process.on("exit", () => {
  for (const [name, tally] of suites) {
    const complaint = !tally.running
      ? `suite "${name}" was never run: its file lacks test.run()`
      : tally.written === 0
        ? `suite "${name}" holds no test`
        : tally.ended < tally.written
          ? `suite "${name}" ended ${tally.ended} of its ${tally.written} tests`
          : "";
    if (complaint) {
      process.stdout.write(`\n  FAIL  ${complaint}\n`);
      process.exitCode = 1;
    }
  }
});

function guarded<T>(handler: Handler<T>, ended: () => void): Handler<T> {
  return async (context) => {
    try {
      await handler(context);
    } catch (thrown) {
      throw thrown instanceof Error ? thrown : new Error(`a test threw ${typeof thrown}: ${String(thrown)}`);
    } finally {
      ended();
    }
  };
}

const nothing = () => {};

/** `ONLY_TESTS` names the tests to run, as `failedTests` of tally.ts does: the runner asks for those that failed once more. */
const only = process.env.ONLY_TESTS ? (JSON.parse(process.env.ONLY_TESTS) as string[]) : null;

/** A uvu suite named `name`, whose tests share `context`. Throws an Error when the name is taken in this process. */
export function suite<T extends object = object>(name: string, context?: T): Suite<T> {
  if (suites.has(name)) throw new Error(`two suites are named "${name}"`);
  const inner = uvuSuite<T>(name, context);
  const tally: Tally = { written: 0, ended: 0, running: false };
  suites.set(name, tally);

  const add = (title: string, handler: Handler<T>): void => {
    if (only && !only.includes(`${name} "${title}"`)) return;
    tally.written++;
    inner(
      title,
      guarded(handler, () => tally.ended++),
    );
  };
  const hook = (register: (callback: any) => void) => (callback: Handler<T>) =>
    register(guarded(callback, nothing));
  // uvu swallows what this one throws: the suite's tests are missing from the figures, and nothing says why.
  const before = (callback: Handler<T>) =>
    inner.before(async (context) => {
      try {
        await callback(context);
      } catch (thrown) {
        process.stdout.write(`\n  FAIL  ${name}: ${(thrown as Error)?.stack ?? String(thrown)}\n`);
        throw thrown;
      }
    });

  return Object.assign(add, {
    only(title: string) {
      throw new Error(`"${title}": only() would skip the other tests of "${name}"`);
    },
    before: Object.assign(before, { each: hook(inner.before.each) }),
    after: Object.assign(hook(inner.after), { each: hook(inner.after.each) }),
    isEmpty: () => tally.written === 0,
    run() {
      tally.running = true;
      if (only && tally.written === 0) suites.delete(name);
      else inner.run();
    },
  }) as Suite<T>;
}
