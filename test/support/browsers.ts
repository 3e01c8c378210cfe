/**
 * The engines that a test file runs on (`ENGINES`, see find.ts), and one suite for each: no flow is written twice. What is named
 * must be there: nothing is skipped in silence.
 */
import { aptInstall } from "../../scripts/apt.ts";
import { type FoundEngine, findEngine, wantedEngines } from "./engines/find.ts";
import { PACKAGES } from "./engines/install.ts";
import type { Engine, EngineName } from "./engines/types.ts";
import { missingBrowsers } from "./missing.ts";
import { hasSuite, type Suite, suite, tell } from "./suite.ts";

export type { Engine, EngineName, Page } from "./engines/types.ts";

/** The engines to run; what is missing is installed where the machine lets us. Throws an Error for one that cannot be had. */
export function selectEngines(): FoundEngine[] {
  const names = wantedEngines();
  aptInstall(missingBrowsers(names));
  return names.map((name) => {
    const found = findEngine(name);
    if (found) return found;
    throw new Error(
      `no ${name} to test with: apt-get could not install ${PACKAGES[name].join(" and ")} here. Install it by hand; ` +
        "CHROMIUM and FIREFOX may name a browser's path, and npm's Chromium needs libnss3, libnspr4 and libexpat1.",
    );
  });
}

/** One engine, opened by the first suite that needs it and closed by the last: a start can take seconds. */
interface Shared extends FoundEngine {
  users: number;
  running?: Promise<Engine>;
}

let selected: Shared[] | undefined;
/** Each version that ran, in the order of its first run. */
const ran = new Set<string>();

process.on("exit", () => {
  if (selected) process.stdout.write(`  Engines:   ${[...ran].join(", ") || "none"}\n`);
});

export interface EachEngine {
  test: Suite<object>;
  name: EngineName;
  /** The running engine; only to be called inside a test. */
  engine(): Engine;
}

/** The engines that run every flow. */
const MAIN_ENGINES: readonly EngineName[] = ["chromium", "firefox", "webkit"];
/** The engines in which one page alone has the focus. */
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
  selected ??= selectEngines().map((found) => ({ ...found, users: 0 }));
  hasSuite();
  tell({ suite: title, among: among.join(", ") + (intercepts ? ", but not the npm registry's" : "") });
  for (const shared of selected) {
    const { name, makeshift } = shared;
    if (!among.includes(name) || (intercepts && makeshift)) continue;
    const test = suite(`${title} (${name})`);
    let running: Engine;
    test.before(async () => {
      shared.running ??= shared.open();
      running = await shared.running;
      ran.add(running.version);
    });
    test.after(async () => {
      if (--shared.users === 0) await running?.close();
    });
    define({ test, name, engine: () => running });
    if (!test.isEmpty()) shared.users++;
    test.run();
  }
}
