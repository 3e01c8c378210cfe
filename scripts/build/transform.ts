import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { constantsOf, ROOT, type Target, type Tier } from "../config.ts";
import { BuildError, type Code } from "./artifact.ts";

export const readSource = (target: Target): string => readFileSync(join(ROOT, target.entry), "utf8");

/**
 * Takes the types out of the target's source, or of another, and puts the constants in.
 *
 * With `target: es5` esbuild refuses `let` and `const`, and gives every `catch` a parameter. Throws BuildError with
 * esbuild's own messages, each with its file and line.
 */
export async function transform(target: Target, tier: Tier, source = readSource(target)): Promise<Code> {
  const constants = Object.entries(constantsOf(tier)).map(([name, text]) => [name, JSON.stringify(text)]);
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
      define: Object.fromEntries(constants),
    });
  } catch (error) {
    const { errors } = error as esbuild.TransformFailure;
    if (!errors) throw error;
    const lines = errors.map(({ text, location }) =>
      location ? `${location.file}:${location.line}: ${text}` : text,
    );
    throw new BuildError(lines.join("\n"));
  }
}
