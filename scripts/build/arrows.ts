/** A module's functions, written as short arrow functions: fewer bytes where nobody needs ES5. */
import type { Variable } from "eslint-scope";
import { isFunction, MODULE, type Node, parseProgram, walk } from "../size/names/ast.ts";
import { scopesOf } from "../size/names/bindings.ts";
import type { Code } from "./artifact.ts";
import { applyEdits, type Edit } from "./edit.ts";

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
export function toArrows(input: Code): Code {
  const program = parseProgram(input.code, MODULE);
  const constructed = new Set<number>();
  walk(program.ast, (node) => {
    if (node.type === "NewExpression") constructed.add(node.callee.start);
  });
  const edits: Edit[] = [];
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
  return applyEdits(input, edits);
}

/**
 * `(a)=>{b(),c()}` becomes `(a)=>(b(),c())`, which compresses better among others of that shape, and `()=>{b()}` loses two
 * characters. Minifiers leave that alone, because the function then returns something.
 *
 * Only inside of other functions: what a module's own functions return could be seen by who imports them. In there nobody
 * looks, or the source would not leave out the `return`.
 */
export function dropBraces(input: Code): Code {
  const edits: Edit[] = [];
  walk(parseProgram(input.code, MODULE).ast, ({ type, body, async }, around) => {
    if (type !== "ArrowFunctionExpression" || async || !around.some(isFunction)) return;
    const [statement] = body.type === "BlockStatement" && body.body.length === 1 ? body.body : [];
    if (statement?.type !== "ExpressionStatement" || statement.directive) return;
    const { expression } = statement;
    const parted = expression.type === "SequenceExpression" || input.code[expression.start] === "{";
    edits.push({ from: body.start, to: expression.start, text: parted ? "(" : "" });
    edits.push({ from: expression.end, to: body.end, text: parted ? ")" : "" });
  });
  return applyEdits(input, edits);
}
