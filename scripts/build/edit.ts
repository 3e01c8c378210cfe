/** Edits of code that has a source map. */
import { decode, encode } from "@jridgewell/sourcemap-codec";
import type { Code } from "./artifact.ts";

/** Puts `text` in the place of `length` characters of a line. */
export interface Edit {
  at: number;
  length: number;
  text: string;
}

/** `code` with all of `edits`; the map moves with what is behind them. */
export function applyEdits({ code, map }: Code, edits: readonly Edit[]): Code {
  const parsed = JSON.parse(map) as { mappings: string };
  const lines = decode(parsed.mappings);
  const starts = [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)];
  lines.forEach((segments, line) => {
    const here = edits.filter(({ at }) => at >= starts[line]! && at < (starts[line + 1] ?? Infinity));
    for (const segment of segments) {
      const at = starts[line]! + segment[0];
      for (const edit of here) if (edit.at < at) segment[0] += edit.text.length - edit.length;
    }
  });
  let edited = code;
  for (const { at, length, text } of edits.toSorted((one, other) => other.at - one.at))
    edited = edited.slice(0, at) + text + edited.slice(at + length);
  return { code: edited, map: JSON.stringify({ ...parsed, mappings: encode(lines) }) };
}
