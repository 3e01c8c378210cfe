/** An empty project that uses the package, as its users would. */

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
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

/** Compiles the files of `test/types/consumer` in `folder`, in strict mode. Returns the compiler's complaints, or "". */
export async function compileConsumers(
  folder: string,
  resolution: (typeof RESOLUTIONS)[number],
): Promise<string> {
  const place = join(folder, `src-${resolution}`);
  await mkdir(place, { recursive: true });
  await cp(join(ROOT, "test/types/consumer"), place, { recursive: true });
  const tsconfig = {
    compilerOptions: {
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
      module: resolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution: resolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      // The declarations are looked at, too.
      skipLibCheck: false,
      noEmit: true,
    },
  };
  await writeFile(join(place, "tsconfig.json"), JSON.stringify(tsconfig));
  // The module's app by itself: the global that the others ask for must not reach it.
  const programs = [["module.ts"], ["global.ts", "side-effect.ts"]];
  const complaints = await Promise.all(
    programs.map(async (files) => {
      const config = join(place, `${files[0]}.json`);
      await writeFile(config, JSON.stringify({ extends: "./tsconfig.json", files }));
      try {
        await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", config], { cwd: place });
        return "";
      } catch (error) {
        return (error as { stdout?: string }).stdout ?? String(error);
      }
    }),
  );
  return complaints.join("");
}
