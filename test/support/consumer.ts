/** An empty project that uses the package, as its users would. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Project as Program, ts } from "ts-morph";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { runProgram } from "./program.ts";

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
type Resolution = (typeof RESOLUTIONS)[number];

/** The oldest TypeScript that the types are for comes with ts-morph; the newest is the project's own. */
export const COMPILERS = ["5.4", "7"] as const;
type Compiler = (typeof COMPILERS)[number];

function compileOld(config: string): string {
  assert.ok(ts.version.startsWith("5.4."), ts.version);
  const found = new Program({ tsConfigFilePath: config }).getPreEmitDiagnostics().map((one) => {
    const message = ts.flattenDiagnosticMessageText(one.compilerObject.messageText, "\n");
    return `${one.getSourceFile()?.getBaseName() ?? ""}(${one.getLineNumber() ?? 0}): ${message}\n`;
  });
  return found.join("");
}

/** Compiles `files`, which lie in `folder`, as one program, in strict mode. Returns the compiler's complaints, or "". */
export async function compile(
  folder: string,
  files: readonly string[],
  resolution: Resolution,
  compiler: Compiler = "7",
  options: { types?: string[]; skipLibCheck?: boolean } = {},
): Promise<string> {
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    jsx: "react-jsx",
    // The declarations are looked at, too.
    skipLibCheck: false,
    noEmit: true,
    module: resolution === "nodenext" ? "nodenext" : "esnext",
    moduleResolution: resolution,
    ...options,
  };
  const config = join(folder, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  if (compiler === "5.4") return compileOld(config);
  const { status, stdout, stderr } = runProgram(
    join(ROOT, "node_modules/.bin/tsc"),
    ["-p", config],
    {},
    folder,
  );
  return status === 0 ? "" : stdout + stderr;
}

/** Compiles the files of `test/types/consumer` in `folder`, in strict mode. Returns the compiler's complaints, or "". */
export async function compileConsumers(
  folder: string,
  resolution: Resolution,
  compiler?: Compiler,
): Promise<string> {
  await cp(join(ROOT, "test/types/consumer"), join(folder, "src"), { recursive: true });
  // The module's app by itself: the global that the others ask for must not reach it.
  const module = await compile(folder, ["src/module.ts"], resolution, compiler);
  return module + (await compile(folder, ["src/global.ts", "src/side-effect.ts"], resolution, compiler));
}
