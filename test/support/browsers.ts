/**
 * The engines that a test file runs on, and one suite for each: no flow is written twice.
 *
 * `ENGINES` selects them: absent, every engine that this machine has, and at least one (a Chromium is installed when
 * there is none); `all`, every engine there is; or names with commas. What is named must be there: an engine that is
 * missing is installed where the machine lets us, and otherwise fails the run. Nothing is skipped in silence.
 */
import { ALL_ENGINES, type FoundEngine, findEngine, readEngineNames } from "./engines/find.ts";
import { packagesOf, whyNoNpmChromium } from "./engines/install.ts";
import type { Engine, EngineName } from "./engines/types.ts";
import { installMissing, missingBrowsers } from "./missing.ts";
import { type Suite, suite } from "./suite.ts";
import { noTest } from "./tally.ts";

export type { Engine, EngineName, Page } from "./engines/types.ts";

export interface Selection {
  engines: FoundEngine[];
  /** Engines that nobody asked for and that this machine has not. */
  absent: EngineName[];
}

/**
 * The engines to run, of `ENGINES` or of `wanted`. Installs what is missing and may be installed.
 * Throws an Error, one sentence, for an unknown name or an engine that cannot be had.
 */
export function selectEngines(wanted: string | undefined = process.env.ENGINES): Selection {
  if (!wanted) {
    const found: EngineName[] = ALL_ENGINES.filter((name) => findEngine(name));
    if (found.length === 0) found.push("chromium");
    return {
      engines: required(found),
      absent: ALL_ENGINES.filter((name) => !found.includes(name)),
    };
  }
  return { engines: required(readEngineNames(wanted)), absent: [] };
}

function required(names: readonly EngineName[]): FoundEngine[] {
  installMissing(missingBrowsers(names));
  return names.map((name) => {
    const found = findEngine(name);
    if (found) return found;
    const npm = name === "chromium" ? `, and ${whyNoNpmChromium()}` : "";
    throw new Error(
      `no ${name} to test with: apt-get could not install ${packagesOf([name]).join(" and ")} here${npm}. ` +
        `Install it by hand${name === "webkit" ? "" : " (CHROMIUM and FIREFOX may name a browser's path)"}.`,
    );
  });
}

let selection: Selection | undefined;
/** Each version that ran, in the order of its first run. */
const ran = new Set<string>();

/** Suites that no engine under test may run, the file of each, and the engines they are for. */
const left: { file: string; title: string; among: string }[] = [];

process.on("exit", () => {
  if (!selection) return;
  process.stdout.write(`  Engines:   ${[...ran].join(", ") || "none"}\n`);
  for (const { file, title, among } of left)
    process.stdout.write(`  ${noTest(file)} "${title}" is for ${among}\n`);
  if (selection.absent.length > 0) {
    process.stdout.write(
      `  Not run:   ${selection.absent.join(", ")} (not on this machine; npm run test:all installs them)\n`,
    );
  }
});

/** uvu's name of the file that is being loaded. */
function currentFile(): string {
  const { UVU_QUEUE: queue, UVU_INDEX: index = 0 } = globalThis as {
    UVU_QUEUE?: [string?][];
    UVU_INDEX?: number;
  };
  return queue?.[index]?.[0] ?? "this file";
}

/** One engine, opened by the first suite that needs it and closed by the last: a start can take seconds. */
class Shared {
  private users = 0;
  private opening: Promise<Engine> | undefined;
  private readonly found: FoundEngine;

  constructor(found: FoundEngine) {
    this.found = found;
  }

  claim(): void {
    this.users++;
  }

  async open(): Promise<Engine> {
    this.opening ??= this.found.open();
    const engine = await this.opening;
    ran.add(`${engine.version}${engine.name === "chromium-headed" ? " in a window" : ""}`);
    return engine;
  }

  async release(): Promise<void> {
    if (--this.users <= 0) await (await this.opening)?.close();
  }
}

const shared = new Map<EngineName, Shared>();

export interface EachEngine {
  test: Suite<object>;
  name: EngineName;
  /** The running engine; only to be called inside a test. */
  engine(): Engine;
}

/** The engines that run every flow. */
export const MAIN_ENGINES: readonly EngineName[] = ["chromium", "firefox", "webkit"];
/** The engines whose driver leaves `document.hasFocus()` alone. */
export const FOCUS_ENGINES: readonly EngineName[] = ["chromium-headed", "firefox", "webkit"];

/**
 * Writes the suite `title` once for each engine under test that is in `among`. A suite that `intercepts`, which answers
 * requests of popups itself, runs in no makeshift.
 */
export function eachEngine(
  title: string,
  define: (each: EachEngine) => void,
  among: readonly EngineName[] = MAIN_ENGINES,
  intercepts = false,
): void {
  selection ??= selectEngines();
  const runs = ({ name, makeshift }: FoundEngine): boolean =>
    among.includes(name) && !(intercepts && makeshift);
  if (!selection.engines.some(runs))
    left.push({
      file: currentFile(),
      title,
      among: `${among.join(", ")}${intercepts ? ", but not the npm registry's" : ""}`,
    });
  for (const found of selection.engines.filter(runs)) {
    const { name } = found;
    if (!shared.has(name)) shared.set(name, new Shared(found));
    const browser = shared.get(name)!;
    const test = suite(`${title} (${name})`);
    let running: Engine | undefined;
    test.before(async () => {
      running = await browser.open();
    });
    test.after(() => browser.release());
    define({
      test,
      name,
      engine() {
        if (!running) throw new Error(`${name} is not open`);
        return running;
      },
    });
    if (!test.isEmpty()) browser.claim();
    test.run();
  }
}
