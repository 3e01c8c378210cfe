/** The steps of `npm test` and `npm run test:all`, in the order in which they start: what ends last starts first. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import { ROOT } from "../scripts/config.ts";
import { ALL_ENGINES, findEngine, readEngineNames } from "./support/engines/find.ts";
import type { EngineName } from "./support/engines/types.ts";
import { bin, type Job } from "./support/jobs.ts";
import { missingBrowsers, missingNginx, missingOldEngines } from "./support/missing.ts";

export interface Step {
  name: string;
  what: string;
  /** What it runs: with `all`, everything; else the quick part. */
  jobs(all: boolean): Job[];
  /** `npm test` leaves it to `npm run test:all`. */
  onlyAll?: true;
  /** The Debian packages that it needs and this machine lacks. */
  missing?(all: boolean): string[];
  /** What to do when it fails, where that is a command. */
  hint?: string;
}

/** A command of a package. */
const command = (name: string, ...args: string[]): Job => ({ args: [bin(name), ...args] });

/** One of the project's scripts. */
const script = (path: string, ...args: string[]): Job => ({ args: ["--import", "tsx", path, ...args] });

/** The test files of a folder, without their ending. */
const filesOf = (folder: string): string[] =>
  readdirSync(join(ROOT, "test", folder))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => name.replace(/\.test\.ts$/, ""));

/**
 * uvu over the test files of a folder: those of these names, or all. It sets FORCE_COLOR unless it is told not to, so it is told
 * where this process shows no colours: Node would complain that it contradicts NO_COLOR.
 */
function uvu(folder: string, files: readonly string[] = [], env: Record<string, string> = {}): Job {
  const missing = files.find((name) => !filesOf(folder).includes(name));
  if (missing) throw new Error(`test/steps.ts names test/${folder}/${missing}.test.ts, which is not there`);
  const pattern = files.length > 0 ? `^(${files.join("|")})\\.test\\.ts$` : "\\.test\\.ts$";
  const color = pc.isColorSupported ? [] : ["--no-color"];
  return { args: [bin("uvu"), ...color, "-r", "tsx", `test/${folder}`, pattern], env, uvu: true };
}

/** A login each way, each ending, a policy of each kind, and the documents' snippets: in one Chromium. */
const QUICK_FLOWS = ["login", "module", "old-ie", "endings", "policies", "snippets"];

/** The files of the toolchain's tests that take two thirds of the time. */
const SLOW_TOOLS = [
  "dev-tier-fuzz",
  "another-library",
  "size-gate",
  "size-pull-requests",
  "verify",
  "names",
  "features",
];

/**
 * The engines that `ENGINES` names: by default the first that this machine has, with `all` every one. Throws an Error for an
 * unknown name.
 */
export function engines(all: boolean): EngineName[] {
  const first = ALL_ENGINES.find((name) => findEngine(name)) ?? "chromium";
  return readEngineNames(process.env.ENGINES || (all ? "all" : first));
}

const missingEngines = (all: boolean): string[] => missingBrowsers(engines(all));

/** One process and one browser for each engine. */
const flows = (all: boolean): Job[] =>
  engines(all).map((name) => ({
    part: name,
    ...uvu("browser", all ? [] : QUICK_FLOWS, { ENGINES: name }),
    again: true,
  }));

export const STEPS: readonly Step[] = [
  { name: "types", what: "the types of scripts and tests", jobs: () => [command("tsc", "--noEmit")] },
  {
    name: "types:src",
    what: "the types of what ships, against ES5 and the DOM",
    jobs: () => [command("tsc", "--noEmit", "-p", "src")],
  },
  {
    name: "lint",
    what: "format and lint",
    jobs: () => [command("biome", "check", "--error-on-warnings", ".")],
    hint: "npm run lint -- --write puts right what it can",
  },
  {
    name: "build",
    what: "the production build, inside its budget",
    jobs: () => [script("scripts/build.ts")],
  },
  { name: "browser", what: "real browsers against the dev tier", jobs: flows, missing: missingEngines },
  {
    name: "toolchain",
    what: "the build, the documents and the size tools",
    jobs: (all) => [
      uvu(
        "toolchain",
        filesOf("toolchain").filter((name) => !SLOW_TOOLS.includes(name)),
      ),
      ...(all ? SLOW_TOOLS.map((name) => ({ ...uvu("toolchain", [name]), part: name })) : []),
    ],
  },
  {
    name: "release",
    what: "the CDN release, served by a real nginx to a real browser",
    jobs: (all) => [{ ...uvu("release", [], { ENGINES: engines(all).join() }), again: true }],
    missing: (all) => [...missingNginx(), ...missingEngines(all)],
    onlyAll: true,
  },
  {
    name: "types:apps",
    what: "apps that compile against the declarations, or must not",
    jobs: () => [uvu("types")],
  },
  { name: "size", what: "sizes, ratchet and budget", jobs: () => [script("scripts/size/size.ts")] },
  {
    name: "verify",
    what: "the same bytes from two clean clones",
    jobs: () => [script("scripts/verify.ts")],
    onlyAll: true,
  },
  {
    name: "package",
    what: "the packed npm package, installed and used",
    jobs: () => [uvu("package")],
  },
  {
    name: "contract",
    what: "what both minified artifacts promise alike, on both",
    jobs: () => [uvu("contract")],
  },
  { name: "unit", what: "what one of them alone has; the dev tier's handlers", jobs: () => [uvu("unit")] },
  {
    name: "legacy",
    what: "the artifact in engines that know ES5 and nothing newer",
    jobs: () => [uvu("legacy")],
    missing: missingOldEngines,
  },
  {
    name: "trailers",
    what: "the sizes in commit messages, against the rows that each commit carries",
    jobs: () => [script("scripts/size/size.ts", "trailers")],
  },
];
