import * as esbuild from "esbuild";
import type { Code } from "../../scripts/pipeline/artifact.ts";

/** `code`, as esbuild prints it, with a map that says where it was. */
export async function mapped(code: string): Promise<Code> {
  const result = await esbuild.transform(code, { sourcemap: "external", sourcefile: "source.js" });
  return { code: result.code, map: result.map };
}
