/**
 * uvu with its traps closed. Every test file takes its suite from here, never from "uvu".
 *
 * uvu 0.5.6 exits 0 when a test throws something that is not an Error, and skips the rest of that suite in silence;
 * it also exits 0 when `run()` was forgotten. Here anything thrown becomes an Error, and the process fails unless each of
 * its files has a suite, each suite has run and has tests, and all of those have passed.
 */
import { suite as uvuSuite } from "uvu";

type Handler<T> = (context: T) => Promise<void> | void;

export interface Suite<T> {
  (title: string, handler: Handler<T>): void;
  before: { (hook: Handler<T>): void; each(hook: Handler<T>): void };
  after: { (hook: Handler<T>): void; each(hook: Handler<T>): void };
  /** Whether no test was written, or none of those that `ONLY_TESTS` names. */
  isEmpty(): boolean;
  run(): void;
}

/** What the runner (jobs.ts) hears of a test: that it was written, and that it passed; or for which engines a suite is. */
export interface Entry {
  suite: string;
  title?: string;
  passed?: true;
  among?: string;
}

export const tell = (entry: Entry): void => void process.send?.(entry);

const suites = new Map<string, { written: number; passed: number; run: boolean }>();
/** The places in uvu's list of files of those that have a suite. */
const files = new Set<number>();
const uvu = globalThis as { UVU_INDEX?: number; UVU_QUEUE?: unknown[] };

/** Says that the file that is being loaded is not empty. */
export const hasSuite = (): unknown => files.add(uvu.UVU_INDEX ?? 0);

process.on("exit", () => {
  const complaints = [...suites].map(([name, { written, passed, run }]) => {
    if (!run) return `suite "${name}" was never run: its file lacks test.run()`;
    return written > 0 && passed === written
      ? ""
      : `suite "${name}": ${passed} of its ${written} tests passed`;
  });
  if (uvu.UVU_INDEX !== undefined && files.size < uvu.UVU_QUEUE!.length)
    complaints.push("a file has no suite");
  for (const complaint of complaints.filter(Boolean)) {
    process.stdout.write(`\n  FAIL  ${complaint}\n`);
    process.exitCode = 1;
  }
});

const guarded =
  <T>(handler: Handler<T>, passed = () => {}, failed = (_: Error) => {}): Handler<T> =>
  async (context) => {
    try {
      await handler(context);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(`a test threw ${typeof thrown}: ${thrown}`);
      failed(error);
      throw error;
    }
    passed();
  };

/** The tests to run: the runner asks for those that failed once more. */
const only = process.env.ONLY_TESTS ? (JSON.parse(process.env.ONLY_TESTS) as string[]) : null;

/** A uvu suite named `name`, whose tests share `context`. Throws an Error when the name is taken in this process. */
export function suite<T extends object = object>(name: string, context?: T): Suite<T> {
  if (suites.has(name)) throw new Error(`two suites are named "${name}"`);
  hasSuite();
  const inner = uvuSuite<T>(name, context);
  const tally = { written: 0, passed: 0, run: false };
  suites.set(name, tally);

  const add = (title: string, handler: Handler<T>): void => {
    if (only && !only.includes(`${name} "${title}"`)) return;
    tally.written++;
    tell({ suite: name, title });
    const passed = (): void => {
      tally.passed++;
      tell({ suite: name, title, passed: true });
    };
    inner(title, guarded(handler, passed));
  };
  const hook =
    (register: (callback: any) => void, failed?: (error: Error) => void) => (callback: Handler<T>) =>
      register(guarded(callback, undefined, failed));
  // uvu swallows what `before` throws.
  const say = ({ stack }: Error): unknown => process.stdout.write(`\n  FAIL  ${name}: ${stack}\n`);

  return Object.assign(add, {
    before: Object.assign(hook(inner.before, say), { each: hook(inner.before.each) }),
    after: Object.assign(hook(inner.after), { each: hook(inner.after.each) }),
    isEmpty: () => tally.written === 0,
    run() {
      tally.run = true;
      if (only && tally.written === 0) suites.delete(name);
      else inner.run();
    },
  }) as Suite<T>;
}
