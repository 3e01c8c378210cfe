/** The steps of `npm test` and `npm run test:all`, in the order in which they start: what ends last starts first. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import { ROOT } from "../scripts/config.ts";
import { missingNginx } from "../scripts/release/nginx.ts";
import { wantedEngines } from "./support/engines/find.ts";
import { bin, type Job } from "./support/jobs.ts";
import { missingBrowsers, missingOldEngines } from "./support/missing.ts";

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
  readdirSync(join(ROOT, "test", folder)).flatMap((name) => /^(.+)\.test\.ts$/.exec(name)?.[1] ?? []);

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

/** Each ending of a login, and the snippets of the documents: in one Chromium. */
const QUICK_FLOWS = ["endings", "snippets"];

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

const missingEngines = (all: boolean): string[] => missingBrowsers(wantedEngines(all));

/** One process and one browser for each engine. */
const flows = (all: boolean): Job[] =>
  wantedEngines(all).map((name) => ({
    part: name,
    ...uvu("browser", all ? [] : QUICK_FLOWS, { ENGINES: name }),
    again: true,
  }));

/** The slow files side by side with the others, each in its own process. */
const tools = (all: boolean): Job[] => [
  uvu(
    "toolchain",
    filesOf("toolchain").filter((name) => !SLOW_TOOLS.includes(name)),
  ),
  ...(all ? SLOW_TOOLS.map((name) => ({ ...uvu("toolchain", [name]), part: name })) : []),
];

const release = (all: boolean): Job[] => [
  { ...uvu("release", [], { ENGINES: wantedEngines(all).join() }), again: true },
];

const step = (name: string, what: string, jobs: Step["jobs"], more: Partial<Step> = {}): Step => ({
  name,
  what,
  jobs,
  ...more,
});

export const STEPS: readonly Step[] = [
  step("types", "the types of scripts and tests", () => [command("tsc", "--noEmit")]),
  step("types:src", "the types of what ships, against ES5 and the DOM", () => [
    command("tsc", "--noEmit", "-p", "src"),
  ]),
  step("lint", "format and lint", () => [command("biome", "check", "--error-on-warnings", ".")], {
    hint: "npm run lint -- --write puts right what it can",
  }),
  step("build", "the production build, inside its budget", () => [script("scripts/build.ts")]),
  step("browser", "real browsers against the dev tier", flows, { missing: missingEngines }),
  step("toolchain", "the build, the documents and the size tools", tools),
  step("release", "the CDN release, served by a real nginx to a real browser", release, {
    missing: (all) => [...missingNginx(), ...missingEngines(all)],
    onlyAll: true,
  }),
  step("types:apps", "apps that compile against the declarations, or must not", () => [uvu("types")]),
  step("size", "sizes, ratchet and budget", () => [script("scripts/size/size.ts")]),
  step("verify", "the same bytes from two clean clones", () => [script("scripts/verify.ts")], {
    onlyAll: true,
  }),
  step("package", "the packed npm package, installed and used", () => [uvu("package")]),
  step("contract", "what both minified artifacts promise alike, on both", () => [uvu("contract")]),
  step("unit", "what one of them alone has; the dev tier's handlers", () => [uvu("unit")]),
  step("legacy", "the artifact in engines that know ES5 and nothing newer", () => [uvu("legacy")], {
    missing: missingOldEngines,
  }),
  step("trailers", "the sizes in commit messages, against the rows that each commit carries", () => [
    script("scripts/size/size.ts", "trailers"),
  ]),
];
