/** A module's variables that are properties of one object, taken from it by one pattern. */
import { MODULE, type Node, parseProgram, walk } from "../size/names/ast.ts";
import type { Code } from "./artifact.ts";
import { applyEdits, type Edit } from "./edit.ts";

/** Whether a declarator is of the form `a = b.c`. */
const readsProperty = ({ id, init }: Node): boolean =>
  id.type === "Identifier" &&
  init?.type === "MemberExpression" &&
  !init.computed &&
  init.object.type === "Identifier" &&
  init.object.name !== id.name;

/** Runs of neighbours that read from the same object. None of the names they declare is that object's own. */
function runs(declarators: readonly Node[]): Node[][] {
  const found: Node[][] = [];
  for (const declarator of declarators) {
    if (!readsProperty(declarator)) continue;
    const run = found.at(-1);
    const joins =
      run !== undefined &&
      declarators[declarators.indexOf(declarator) - 1] === run.at(-1) &&
      run[0]!.init.object.name === declarator.init.object.name;
    if (joins) run.push(declarator);
    else found.push([declarator]);
  }
  return found.filter((run) => run.length > 1);
}

/**
 * `var a=o.a,b=o.c` becomes `var {a,c:b}=o`: the object is named once, and a variable that is called what its property is called
 * costs nothing more. Minifiers leave that to the source, which esbuild could then not compile for the hosted script.
 *
 * The properties are read in the same order as before. Only neighbours are joined, so that no other read or call comes between.
 */
export function takeApart(input: Code): Code {
  const edits: Edit[] = [];
  walk(parseProgram(input.code, MODULE).ast, ({ type, declarations }) => {
    if (type !== "VariableDeclaration") return;
    for (const run of runs(declarations as Node[])) {
      const items = run.map(({ id, init }) =>
        id.name === init.property.name ? id.name : `${init.property.name}:${id.name}`,
      );
      const [first, last] = [run[0]!, run.at(-1)!];
      edits.push({ from: first.start, to: last.end, text: `{${items.join()}}=${first.init.object.name}` });
    }
  });
  return applyEdits(input, edits);
}
