import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import * as esbuild from "esbuild";
import * as assert from "uvu/assert";
import type { Code } from "../../scripts/build/artifact.ts";

/** `code`, as esbuild prints it, with a map that says where it was. */
export async function mapped(code: string): Promise<Code> {
  const result = await esbuild.transform(code, { sourcemap: "external", sourcefile: "source.js" });
  return { code: result.code, map: result.map };
}

/** Throws unless the source map leads from each of `words`, in the text, to the same word in `source`. */
export function assertPlaces({ code, map }: Code, source: string, words: readonly string[]): void {
  const trace = new TraceMap(map);
  for (const word of words) {
    const at = code.indexOf(word);
    const { line, column } = originalPositionFor(trace, {
      line: code.slice(0, at).split("\n").length,
      column: at - (code.lastIndexOf("\n", at) + 1),
    });
    assert.ok(source.split("\n")[line! - 1]!.slice(column!).startsWith(word), `${word} is mapped elsewhere`);
  }
}
