/** Throw-away projects with git: for breaking gates, with this one's scripts. */

import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { transformSync } from "esbuild";
import * as assert from "uvu/assert";
import * as sweep from "../../scripts/build/sweep.ts";
import * as config from "../../scripts/config.ts";
import type { Report } from "../../scripts/size/report.ts";
import * as settings from "../../scripts/size/settings.ts";
import { type Outcome, runProgram } from "../support/program.ts";

/** A command's outcome, which must be a success. */
export function green(outcome: Outcome): Outcome {
  assert.is(outcome.status, 0, outcome.stdout + outcome.stderr);
  return outcome;
}

/** A command's outcome, which must be a failure. */
export function red(outcome: Outcome, status = 1): Outcome {
  assert.is(outcome.status, status, outcome.stdout + outcome.stderr);
  return outcome;
}

/** Text that no compressor makes much smaller, so that each letter counts. The same one every time. */
export const NOISE = ["one", "two"]
  .map((word) => createHash("sha512").update(word).digest("base64url"))
  .join("");

/** The source of a hosted script: what guard.ts asks for, and `text`. */
export const source = (text: string): string =>
  `window.SE = { init: function () {}, authenticate: function () {}, version: "v" + BUILD_NUMBER, text: ${JSON.stringify(text)} };\n`;

const COPIED = [
  ...["scripts/build", "scripts/size", "scripts/build.ts", "scripts/config.ts", "scripts/git.ts"],
  ...["scripts/cli.ts", "scripts/print.ts", "scripts/verify.ts", "scripts/write-together.ts"],
  ...["package.json", "package-lock.json", ".gitignore"],
  // What writes the figures into the documents, and the types that it reads.
  ...["scripts/site", "src/types.ts"],
];

/** A folder with an empty git repository. */
export class Repository {
  readonly root = mkdtempSync(join(tmpdir(), "project-"));

  constructor() {
    this.git("init", "-q", "-b", "main");
    this.git("config", "user.name", "test");
    this.git("config", "user.email", "test@example.org");
  }

  path(name: string): string {
    return join(this.root, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  edit(name: string, change: (content: string) => string): void {
    const before = this.read(name);
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${name} changes nothing`);
    this.write(name, after);
  }

  start(command: string, args: readonly string[], env: Record<string, string> = {}): Outcome {
    return runProgram(command, args, { GIT_CONFIG_NOSYSTEM: "1", ...env }, this.root);
  }

  git(...args: string[]): string {
    const { status, stdout, stderr } = this.start("git", args);
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trimEnd();
  }

  /** Commits everything and returns the commit's hash. */
  commit(message: string): string {
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", message);
    return this.git("rev-parse", "HEAD");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A small one with this project's scripts. */
export class Project extends Repository {
  constructor() {
    super();
    for (const path of COPIED) cpSync(join(config.ROOT, path), this.path(path), { recursive: true });
    // One target is enough, and what the real ones are made of is not at stake here.
    this.override("scripts/config.ts", config, {
      TARGETS: "[original.ALL_JS]",
      DOCUMENTS_SCRIPT: '"scripts/site/figures.js"',
    });
    // Ten build numbers instead of a hundred, and a shorter search: the same code, in a tenth of the time.
    this.override("scripts/size/settings.ts", settings, {
      SAMPLE: "original.SAMPLE.filter((_, index) => index % 10 === 0)",
    });
    this.override("scripts/build/sweep.ts", sweep, {
      SHIPPING: "{ zopfli: [15, 5], brotli: original.SHIPPING.brotli.filter((_, index) => index % 8 < 2) }",
    });
    this.compileScripts();
    // .gitignore names the folder of packages; here it is a link.
    this.write(".gitignore", `${this.read(".gitignore")}node_modules\nscripts/**/*.js\n`);
    symlinkSync(join(config.ROOT, "node_modules"), this.path("node_modules"));
    this.write("src/all.ts", source(NOISE));
    this.write("README.md", "words\n");
    this.write("CHANGELOG.md", "<!-- figures: changelog -->\n\n<!-- /figures -->\n");
  }

  /**
   * Gives a script's exports other values: expressions, in which `original` holds what it exports by itself.
   * `module` is that script here: an export that it does not have cannot be overridden.
   */
  override<Module extends object>(
    path: string,
    _module: Module,
    values: Partial<Record<Extract<keyof Module, string>, string>>,
  ): void {
    const kept = path.replace(/\.ts$/, ".original.ts");
    this.write(kept, this.read(path));
    const from = JSON.stringify(`./${basename(kept)}`);
    const lines = Object.entries(values).map(([name, value]) => `export const ${name} = ${value};`);
    this.write(path, [`import * as original from ${from};`, `export * from ${from};`, ...lines].join("\n"));
  }

  /** Beside each script what tsx would make of it, once: a command then starts in half the time. */
  private compileScripts(): void {
    for (const file of readdirSync(this.path("scripts"), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const { code } = transformSync(this.read(`scripts/${file}`), { loader: "ts", target: "es2022" });
      const output = `scripts/${file.replace(/ts$/, "js")}`;
      this.write(output, code.replace(/((?:from |import\()"\.[^"]*\.)ts"/g, '$1js"'));
    }
  }

  /** Runs one of the project's commands, `size/size` for `npm run size`. */
  run(script: string, args: readonly string[] = [], env: Record<string, string> = {}): Outcome {
    return this.start(process.execPath, [`scripts/${script}.js`, ...args], env);
  }

  /** Runs `npm run size` with these arguments. */
  readonly size = (...args: string[]): Outcome => this.run("size/size", args);

  /** What it prints as JSON. */
  readonly report = (...args: string[]): Report => JSON.parse(this.size("--json", ...args).stdout) as Report;
}
