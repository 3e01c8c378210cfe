/** What editors and compilers read, made from the source by the TypeScript compiler. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { BuildError } from "../build/artifact.ts";
import { ROOT } from "../config.ts";

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

/** The declarations by file name, for the hosted script and for the module. Throws BuildError, with the compiler's own messages. */
export async function declarations(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "declarations-"));
  const options = ["-p", "src", "--outDir", folder];
  options.push("--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--noEmitOnError");
  // Without it the declarations would import a ".ts" file.
  options.push("--allowImportingTsExtensions", "false");
  try {
    await promisify(execFile)(join(ROOT, "node_modules/.bin/tsc"), options, { cwd: ROOT }).catch((error) => {
      throw new BuildError(error.stdout?.trim() || error.message);
    });
    const types = await readFile(join(folder, "types.d.ts"), "utf8");
    const index = await readFile(join(folder, "index.d.ts"), "utf8");
    // One file: the types first, then what the module exports.
    const own = index.replace(/^(import type|export type \*) .*"\.\/types";\n/gm, "");
    // `export {}` keeps the rest private: without it, a declaration file exports every name.
    const joined = `${types.trimEnd()}\n\n${own.trim()}\nexport {};\n`;
    return new Map([
      ["all.d.ts", GLOBAL],
      ["index.d.mts", joined],
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
