import { relative } from "node:path";
import * as esbuild from "esbuild";
import { ROOT, type Target, type Tier } from "../config.ts";
import { BuildError, type Code } from "./artifact.ts";
import { STAMP } from "./stamp.ts";

/** An edit of a source file before it is compiled. Feature costs are measured by cutting features out here. */
export type SourceEdit = (path: string, source: string) => string;

/**
 * TypeScript away, modules into one file, the tier's origins and the target's flags in.
 *
 * `target: es5` makes esbuild refuse `let` and `const` in what ships to old browsers, and write arrows out as functions.
 * Throws BuildError with esbuild's own messages, each with its file and line.
 */
export async function compile(target: Target, tier: Tier, edit?: SourceEdit): Promise<Code> {
  const sources: esbuild.Plugin = {
    name: "edited-sources",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const { readFile } = await import("node:fs/promises");
        return { loader: "ts", contents: edit!(relative(ROOT, path), await readFile(path, "utf8")) };
      });
    },
  };
  try {
    const result = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: [target.entry],
      outfile: target.name,
      bundle: true,
      write: false,
      format: target.format,
      target: target.ecmaVersion === 3 ? "es5" : `es${target.ecmaVersion}`,
      charset: "ascii",
      legalComments: "none",
      sourcemap: "external",
      sourcesContent: true,
      logLevel: "silent",
      // No "use strict": the SDK leans on no difference, and the words cost bytes.
      tsconfigRaw: { compilerOptions: { alwaysStrict: false, target: "es2022" } },
      define: {
        LOGIN_ORIGIN: JSON.stringify(tier.loginOrigin),
        API_ORIGIN: JSON.stringify(tier.apiOrigin),
        BUILD_NUMBER: JSON.stringify(STAMP),
        ...Object.fromEntries(Object.entries(target.flags).map(([flag, value]) => [flag, String(value)])),
      },
      plugins: edit ? [sources] : [],
    });
    const text = (ending: string): string =>
      result.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? "";
    return { code: text(target.name), map: text(".map") };
  } catch (error) {
    const errors = (error as esbuild.BuildFailure).errors;
    if (!errors) throw error;
    throw new BuildError(
      errors
        .map(({ text, location }) => `${location ? `${location.file}:${location.line}: ` : ""}${text}`)
        .join("\n"),
    );
  }
}
