/** A module's function declarations, written as arrow functions: fewer bytes where nobody needs ES5. */
import type { Variable } from "eslint-scope";
import { type Node, parseProgram, walk } from "../size/names/ast.ts";
import { scopesOf } from "../size/names/bindings.ts";
import { type Move, moveMap } from "../size/names/layout.ts";
import type { Code } from "./artifact.ts";

/** Whether the declaration means the same as an arrow function in a variable. `constructed`: offsets of what `new` calls. */
function canBeArrow(fn: Node, variable: Variable, constructed: ReadonlySet<number>): boolean {
  if (fn.async || fn.generator) return false;
  let found = false;
  walk(fn.body, (node, around) => {
    if (around.some(({ type }) => type === "FunctionExpression" || type === "FunctionDeclaration")) return;
    // An arrow function has none of its own.
    if (node.type === "ThisExpression" || node.name === "arguments") found = true;
  });
  for (const reference of variable.references) {
    const { start } = reference.identifier as unknown as Node;
    if (reference.isWrite() || constructed.has(start)) return false;
    // In another function it is taken to be called later; a test of the artifact would say if it were not.
    if (start < fn.start && reference.from.variableScope === variable.scope) return false;
  }
  return !found;
}

/**
 * `function name(a) {}` becomes `var name = (a) => {};` at the same place. Minifiers leave that to the source, because a
 * declaration is there before its place and a variable is not; the hosted script, from the same source, is smaller with
 * declarations.
 *
 * A function stays as it is where that would change the program: when it is used above its place, is assigned or called
 * with `new`, is async or a generator, or has `this` or `arguments`.
 */
export function toArrows({ code, map }: Code): Code {
  const program = parseProgram(code, { module: true, jscript: false });
  const constructed = new Set<number>();
  walk(program.ast, (node) => {
    if (node.type === "NewExpression") constructed.add(node.callee.start);
  });
  const edits: { from: number; to: number; text: string }[] = [];
  for (const scope of scopesOf(program).scopes) {
    for (const variable of scope.variables) {
      const fn = variable.defs[0]?.node as unknown as Node | undefined;
      if (fn?.type !== "FunctionDeclaration" || variable.scope.block === fn) continue;
      if (!canBeArrow(fn, variable, constructed)) continue;
      edits.push({ from: fn.start, to: fn.id.start, text: "var " });
      edits.push({ from: fn.id.end, to: fn.id.end, text: " = " });
      edits.push({ from: fn.body.start, to: fn.body.start, text: "=> " });
      edits.push({ from: fn.end, to: fn.end, text: ";" });
    }
  }
  edits.sort((a, b) => a.from - b.from);

  const moves: Move[] = [];
  let text = "";
  let at = 0;
  const keepUpTo = (end: number): void => {
    moves.push({ start: at, end, to: text.length, name: null });
    text += code.slice(at, end);
  };
  for (const edit of edits) {
    keepUpTo(edit.from);
    text += edit.text;
    at = edit.to;
  }
  keepUpTo(code.length);
  return { code: text, map: moveMap(map, code, text, moves) };
}
