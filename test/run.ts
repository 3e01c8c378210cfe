/**
 * `npm test`: every check that a change must pass, in the order in which a failure is cheapest to find.
 *
 * The last line is "N passed, N failed": each check counts once, each uvu test once.
 */

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { isMain, newCommand, runCommand, UsageError } from "../scripts/cli.ts";
import { ROOT } from "../scripts/config.ts";
import { type Output, readUvu, type Tally } from "./support/tally.ts";

interface Step {
  name: string;
  what: string;
  run(): Promise<Tally>;
  /** What to do when it fails, where that is a command. */
  hint?: string;
}

/** Runs a program in the project's folder, showing what it prints. */
function run(command: string, args: readonly string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.on("data", (chunk: Buffer) => {
        text += chunk;
        to.write(chunk);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, text: stripVTControlCharacters(text) }));
  });
}

/**
 * uvu over the test files of a folder whose names match. It sets FORCE_COLOR unless it is told not to, so it is told where
 * this process shows no colours: Node would complain that it contradicts NO_COLOR.
 */
const runUvu = (folder: string, pattern: string): Promise<Output> =>
  run("npx", ["uvu", ...(pc.isColorSupported ? [] : ["--no-color"]), "-r", "tsx", folder, pattern]);

/** A program that passes or fails as a whole. */
function check(name: string, what: string, command: string, ...args: readonly string[]): Step {
  return {
    name,
    what,
    async run() {
      const { code } = await run(command, args);
      return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    },
  };
}

/** The test files of a folder. Throws an Error naming one that would run nothing, which uvu would not notice. */
export function testFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  for (const file of files) {
    // A suite of test/support/suite.ts that is run, or one for each engine, which test/support/browsers.ts runs.
    if (!/^(test\.run\(\);|eachEngine\()/m.test(readFileSync(join(folder, file), "utf8"))) {
      throw new Error(`${join(folder, file)} runs no suite: it lacks test.run()`);
    }
  }
  return files;
}

/**
 * The tests in real browsers, a file at a time. Browsers share the machine with everything else on it, so a file that
 * failed is run once more, and said to have been: what fails twice is a failure.
 */
function browsers(what: string): Step {
  return {
    name: "browser",
    what,
    async run() {
      const sum: Tally = { passed: 0, failed: 0 };
      for (const file of testFiles(join(ROOT, "test/browser"))) {
        const once = async (): Promise<Tally> =>
          readUvu(await runUvu("test/browser", `^${file.replaceAll(".", "\\.")}$`));
        let tally = await once();
        if (tally.failed > 0) {
          console.log(pc.yellow(`${file} failed; once more, to tell a fault from a busy machine:`));
          tally = await once();
        }
        sum.passed += tally.passed;
        sum.failed += tally.failed;
      }
      return sum;
    },
  };
}

/** The uvu tests of one folder of `test/`. */
function uvu(folder: string, what: string): Step {
  return {
    name: folder,
    what,
    async run() {
      if (testFiles(join(ROOT, "test", folder)).length === 0) throw new Error(`test/${folder} holds no test`);
      return readUvu(await runUvu(`test/${folder}`, "\\.test\\.ts$"));
    },
  };
}

const TSC = ["npx", "tsc", "--noEmit"] as const;

const STEPS: Step[] = [
  check("types", "the types of scripts and tests", ...TSC),
  check("types:src", "the types of what ships, against ES5 and the DOM", ...TSC, "-p", "src"),
  {
    ...check("lint", "format and lint", "npx", "biome", "check", "--error-on-warnings", "."),
    hint: "npm run lint -- --write puts right what it can",
  },
  check("build", "the production build, inside its budget", "npx", "tsx", "scripts/build.ts"),
  uvu("contract", "what both minified artifacts promise alike, on both"),
  uvu("unit", "what one of them alone has; the dev tier's handlers"),
  { ...uvu("types", "apps that compile against the declarations, or must not"), name: "types:apps" },
  uvu("package", "the packed npm package, installed and used"),
  uvu("legacy", "the artifact in engines that know ES5 and nothing newer"),
  uvu("toolchain", "the build and the size tools"),
  check("size", "sizes, ratchet, budget and ledger", "npx", "tsx", "scripts/size/size.ts"),
  check(
    "trailers",
    "the sizes in commit messages, against the rows that each commit carries",
    "npx",
    ...["tsx", "scripts/size/trailers.ts", "--range", "HEAD", "--last", "5"],
  ),
  check("verify", "the same bytes from two clean clones", "npx", "tsx", "scripts/verify.ts"),
  uvu("release", "the CDN release, served by a real nginx to a real browser"),
  browsers("real browsers against the dev tier"),
];

async function main(argv: string[]): Promise<void> {
  const names = STEPS.map(({ name }) => name);
  const program = newCommand("npm test --")
    .description("Runs every check, or those named.")
    .argument("[steps...]", names.join(", "))
    .addHelpText("after", ({ command }) => {
      const help = command.createHelp();
      return `\nSteps:\n${STEPS.map(({ name, what }) => help.formatItem(name, 10, what, help)).join("\n")}`;
    })
    .parse(argv, { from: "user" });
  const unknown = program.args.find((name) => !names.includes(name));
  if (unknown) throw new UsageError(`there is no step "${unknown}"; the steps are ${names.join(", ")}`);

  const all: Tally = { passed: 0, failed: 0 };
  const red: string[] = [];
  for (const step of STEPS) {
    if (program.args.length > 0 && !program.args.includes(step.name)) continue;
    const start = Date.now();
    console.log(`\n${pc.bold(pc.cyan(step.name))}: ${step.what}`);
    const tally = await step.run().catch((error: Error) => {
      console.error(pc.red(error.message));
      return { passed: 0, failed: 1 };
    });
    all.passed += tally.passed;
    all.failed += tally.failed;
    if (tally.failed) {
      red.push(step.name);
      if (step.hint) console.log(step.hint);
    }
    const verdict = tally.failed ? pc.red(`${tally.failed} failed`) : pc.green("passed");
    console.log(`${step.name}: ${verdict}, ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }

  if (red.length > 0) console.log(`\n${pc.red("failed:")} ${red.join(", ")}`);
  console.log(`\n${all.passed} passed, ${all.failed} failed`);
  if (all.failed > 0 || all.passed === 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) await runCommand(main);
