/**
 * `npm run docs:engines`: runs the browser and the old-engine tests in every engine, and writes those that passed
 * to `engines.json`, the source of the support table.
 */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { CheckError, isMain, newCommand, runCommand } from "../cli.ts";
import { ROOT } from "../config.ts";

export interface Engines {
  /** The day of the run, ISO 8601. */
  date: string;
  /** Name and version, as the browser reports them. */
  browsers: string[];
  /** The engines that know ES5 and nothing newer. */
  old: string[];
}

const FILE = new URL("./engines.json", import.meta.url);

/** What passed last. */
export async function readEngines(): Promise<Engines> {
  return JSON.parse(await readFile(FILE, "utf8")) as Engines;
}

/** Runs the two steps of `npm run test:all` that need engines, showing what they print. Throws CheckError when they fail. */
async function runTests(): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", "test/run.ts", "--all", "legacy", "browser"], {
    cwd: ROOT,
    env: { ...process.env, ENGINES: "all" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    text += chunk;
    process.stderr.write(chunk);
  }
  const [code] = await closed;
  if (code !== 0) throw new CheckError("the tests failed; nothing was written");
  return stripVTControlCharacters(text);
}

/** mujs prints its version when it starts; duktape has a number, 20700 for 2.7.0. */
function oldEngines(): string[] {
  const mujs = /MuJS ([\d.]+\d)/.exec(execFileSync("mujs", { input: "", encoding: "utf8" }))?.[1];
  const duktape = Number(execFileSync("duk", ["-e", "print(Duktape.version)"], { encoding: "utf8" }));
  const parts = [duktape / 10_000, (duktape / 100) % 100, duktape % 100].map(Math.floor);
  return [`MuJS ${mujs}`, `Duktape ${parts.join(".")}`];
}

async function main(argv: string[]): Promise<void> {
  newCommand("npm run docs:engines --")
    .description(
      "Runs the browser tests and the old-engine tests in every engine, and writes which passed to " +
        "scripts/site/engines.json. Afterwards, npm run docs:figures puts them into scripts/site/content/browsers.md.",
    )
    .parse(argv, { from: "user" });

  const browsers = [...(await runTests()).matchAll(/^ *Engines: +(.+)$/gm)].flatMap(([, list]) =>
    list!.split(", "),
  );
  if (browsers.length === 0) throw new CheckError("the tests named no engine; nothing was written");
  const engines: Engines = {
    date: new Date().toISOString().slice(0, 10),
    browsers: [...new Set(browsers)],
    old: oldEngines(),
  };
  await writeFile(FILE, `${JSON.stringify(engines, null, 2)}\n`);
  console.log(`passed: ${[...engines.browsers, ...engines.old].join(", ")}`);
}

if (isMain(import.meta.url)) void runCommand(main);
