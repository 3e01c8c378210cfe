import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { constantsOf, ROOT, type Target, type Tier } from "../config.ts";
import { BuildError, type Code } from "./artifact.ts";

/** An edit of the source before it is transformed. `size -- features` cuts features out here. */
export type SourceEdit = (source: string) => string;

/** The target's source, edited. */
export async function readSource(target: Target, edit?: SourceEdit): Promise<string> {
  const source = await readFile(join(ROOT, target.entry), "utf8");
  return edit ? edit(source) : source;
}

/**
 * Takes the types out of the target's source and puts the constants in.
 *
 * With `target: es5` esbuild refuses `let` and `const`, and gives every `catch` a parameter. Throws BuildError with
 * esbuild's own messages, each with its file and line.
 */
export async function transform(target: Target, tier: Tier, edit?: SourceEdit): Promise<Code> {
  const source = await readSource(target, edit);
  try {
    return await esbuild.transform(source, {
      loader: "ts",
      target: target.ecmaVersion === 3 ? "es5" : `es${target.ecmaVersion}`,
      charset: "ascii",
      legalComments: "none",
      sourcemap: "external",
      sourcefile: target.entry,
      logLevel: "silent",
      // No "use strict": the words cost bytes. `verbatimModuleSyntax` keeps type imports out.
      tsconfigRaw: { compilerOptions: { alwaysStrict: false, target: "es2022", verbatimModuleSyntax: true } },
      define: Object.fromEntries(
        Object.entries(constantsOf(tier)).map(([name, text]) => [name, JSON.stringify(text)]),
      ),
    });
  } catch (error) {
    const errors = (error as esbuild.TransformFailure).errors;
    if (!errors) throw error;
    throw new BuildError(
      errors
        .map(({ text, location }) => `${location ? `${location.file}:${location.line}: ` : ""}${text}`)
        .join("\n"),
    );
  }
}
