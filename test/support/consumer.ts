/** An empty project that uses the package, as its users would. */

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";

const run = promisify(execFile);

/** An empty folder with a package.json, which `dispose` removes. */
export interface Project {
  folder: string;
  dispose(): Promise<void>;
}

export async function emptyProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "consumer-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return { folder, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** The two ways in which TypeScript finds a package today. */
export const RESOLUTIONS = ["nodenext", "bundler"] as const;

const OPTIONS = {
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  types: [] as string[],
  strict: true,
  exactOptionalPropertyTypes: true,
  jsx: "react-jsx",
  // The declarations are looked at, too.
  skipLibCheck: false,
  noEmit: true,
};

/** The oldest TypeScript that the types are for comes with ts-morph; the newest is the project's own. */
export const COMPILERS = ["5.4", "7"] as const;

async function compileOld(config: string): Promise<string> {
  const { Project: Program, ts } = await import("ts-morph");
  assert.ok(ts.version.startsWith("5.4."), ts.version);
  const program = new Program({ tsConfigFilePath: config });
  return program
    .getPreEmitDiagnostics()
    .map((found) => {
      const message = ts.flattenDiagnosticMessageText(found.compilerObject.messageText, "\n");
      return `${found.getSourceFile()?.getBaseName() ?? ""}(${found.getLineNumber() ?? 0}): ${message}\n`;
    })
    .join("");
}

async function compileNew(config: string): Promise<string> {
  try {
    await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", config], { cwd: dirname(config) });
    return "";
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  }
}

/** Compiles `files`, which lie in `folder`, as one program, in strict mode. Returns the compiler's complaints, or "". */
export async function compile(
  folder: string,
  files: readonly string[],
  resolution: (typeof RESOLUTIONS)[number],
  compiler: (typeof COMPILERS)[number] = "7",
  options: Partial<typeof OPTIONS> = {},
): Promise<string> {
  const compilerOptions = {
    ...OPTIONS,
    module: resolution === "nodenext" ? "nodenext" : "esnext",
    moduleResolution: resolution,
    ...options,
  };
  const config = join(folder, `tsconfig.${resolution}.${files[0]}.json`);
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  return compiler === "7" ? compileNew(config) : compileOld(config);
}

/** Compiles the files of `test/types/consumer` in `folder`, in strict mode. Returns the compiler's complaints, or "". */
export async function compileConsumers(
  folder: string,
  resolution: (typeof RESOLUTIONS)[number],
  compiler: (typeof COMPILERS)[number] = "7",
): Promise<string> {
  const place = join(folder, `src-${resolution}`);
  await mkdir(place, { recursive: true });
  await cp(join(ROOT, "test/types/consumer"), place, { recursive: true });
  // The module's app by itself: the global that the others ask for must not reach it.
  const programs = [["module.ts"], ["global.ts", "side-effect.ts"]];
  const complaints = await Promise.all(programs.map((files) => compile(place, files, resolution, compiler)));
  return complaints.join("");
}
