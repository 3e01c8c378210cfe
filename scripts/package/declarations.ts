/**
 * `npx tsx scripts/package/declarations.ts`: what editors and compilers read, made from the source by the TypeScript compiler.
 *
 * `index.d.mts` for the module and `all.d.ts` for the hosted script's global `SE`, both in `dist/`.
 */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { BuildError } from "../build/artifact.ts";
import { isMain, newCommand, runCommand, writing } from "../cli.ts";
import { ROOT } from "../config.ts";

const run = promisify(execFile);

/** The declarations, by file name. */
export interface Declarations {
  "index.d.mts": string;
  "all.d.ts": string;
}

/** `SE`, once `all.js` has run. A module, so that TypeScript takes it in only where it was asked for. */
const GLOBAL = `import type { StackExchangeAuth } from "./index.mjs";

declare global {
  /**
   * Stack Exchange's client-side login. It is there once the script \`all.js\` has run.
   *
   * See https://api.stackexchange.com/docs/js-lib
   */
  var SE: StackExchangeAuth;
}
`;

/** Compiles `src/` into declarations in `folder`. Throws BuildError with the compiler's own messages. */
async function emitDeclarations(folder: string): Promise<void> {
  const compiler = join(ROOT, "node_modules", ".bin", "tsc");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--noEmitOnError"];
  // Without it the declarations would import a ".ts" file.
  const imports = ["--allowImportingTsExtensions", "false"];
  try {
    await run(compiler, ["-p", "src", ...options, ...imports, "--outDir", folder], { cwd: ROOT });
  } catch (error) {
    const { stdout, message } = error as Error & { stdout?: string };
    throw new BuildError(stdout?.trim() || message);
  }
}

/**
 * One file for the module: the types first, then what it exports. `export {}` at its end keeps the rest private: without it, a
 * declaration file exports every name. Throws BuildError when it would refer to another file, which the package does not have.
 */
export function joinDeclarations(types: string, index: string): string {
  const own = index.replace(/^(import type|export type \*) .*"\.\/types";\n/gm, "");
  const joined = `${types.trimEnd()}\n\n${own.trim()}\nexport {};\n`;
  const reference = /^.*(\bfrom\b|\bimport\().*$/m.exec(joined.replace(/\/\*[\s\S]*?\*\//g, ""));
  if (reference) throw new BuildError(`index.d.mts refers to another file: ${reference[0].trim()}`);
  return joined;
}

/** Makes the declarations of what ships. Throws BuildError when the source does not compile. */
export async function declarations(): Promise<Declarations> {
  const folder = await mkdtemp(join(tmpdir(), "declarations-"));
  try {
    await emitDeclarations(folder);
    const text = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
    return {
      "index.d.mts": joinDeclarations(await text("types.d.ts"), await text("index.d.ts")),
      "all.d.ts": GLOBAL,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the declarations into `out`, the module's last, and prints the size of each. */
export async function writeDeclarations(out: string): Promise<void> {
  const files = await declarations();
  for (const name of ["all.d.ts", "index.d.mts"] as const) {
    await writeFile(resolve(out, name), files[name]);
    console.log(`  ${name}  ${Buffer.byteLength(files[name])} B`);
  }
}

async function main(argv: string[]): Promise<void> {
  const { out } = newCommand("npx tsx scripts/package/declarations.ts")
    .description("Writes the declarations of the module and of the hosted script's global.")
    .option("--out <folder>", "where to write", join(ROOT, "dist"))
    .parse(argv, { from: "user" })
    .opts<{ out: string }>();
  // Before the compiler's work, so that a wrong path fails at once.
  await writing("--out", out, () => mkdir(out, { recursive: true }));
  await writeDeclarations(out);
}

if (isMain(import.meta.url)) void runCommand(main);
