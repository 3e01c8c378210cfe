import { type Move, moveMap } from "../size/names/layout.ts";
import type { Code } from "./artifact.ts";

/** `text` in place of what stands from offset `from` up to `to`. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

/** `code` with `edits`, which must not overlap, and its source map made to follow. Edits at one place keep their order. */
export function applyEdits({ code, map }: Code, edits: readonly Edit[]): Code {
  const moves: Move[] = [];
  let text = "";
  let at = 0;
  const keepUpTo = (end: number): void => {
    moves.push({ start: at, end, to: text.length, name: null });
    text += code.slice(at, end);
  };
  for (const edit of [...edits].sort((a, b) => a.from - b.from)) {
    keepUpTo(edit.from);
    text += edit.text;
    at = edit.to;
  }
  keepUpTo(code.length);
  return { code: text, map: moveMap(map, code, text, moves) };
}
