import { MODULE, type Node, parseProgram } from "../size/names/ast.ts";
import type { Code } from "./artifact.ts";
import { applyEdits, type Edit } from "./edit.ts";

/** What the names in the module's lists of exports are inside of it. Minifiers must leave them, or exportInPlace cannot work. */
export function exportedNames({ code }: Code): string[] {
  return (parseProgram(code, MODULE).ast.body as Node[])
    .filter(({ type }) => type === "ExportNamedDeclaration")
    .flatMap(({ specifiers }) => (specifiers as Node[]).map(({ local }) => local.name as string));
}

/** The declarators of the module's variables that its last statement, a list of exports, names; null when it names anything else. */
function exported(statements: readonly Node[]): Set<Node> | null {
  const clause = statements.at(-1);
  if (clause?.type !== "ExportNamedDeclaration" || clause.declaration || clause.source) return null;
  const declarators = statements
    .filter(({ type }) => type === "VariableDeclaration")
    .flatMap(({ declarations }) => declarations as Node[]);
  const found = (clause.specifiers as Node[]).map((specifier) =>
    specifier.local.name === specifier.exported.name
      ? declarators.find(({ id }) => id.name === specifier.local.name)
      : undefined,
  );
  return found.length && found.every((declarator) => declarator !== undefined) ? new Set(found) : null;
}

/**
 * `var a=1,b=2;export{b}` becomes `var a=1;export var b=2`. Bundlers write the list, and minifiers keep it; a list names
 * everything once more, and once more each that was renamed.
 *
 * A module whose list names a function, a class or a variable under another name stays as it is.
 */
export function exportInPlace(input: Code): Code {
  const statements = parseProgram(input.code, MODULE).ast.body as Node[];
  const declarators = exported(statements);
  if (!declarators) return input;
  const edits: Edit[] = [];
  for (const { type, kind, start, declarations } of statements) {
    if (type !== "VariableDeclaration") continue;
    (declarations as Node[]).forEach((declarator, index) => {
      const before = declarations[index - 1];
      const opening = declarators.has(declarator) ? "export " : "";
      if (!before) edits.push({ from: start, to: start, text: opening });
      else if (declarators.has(before) !== declarators.has(declarator)) {
        edits.push({ from: before.end, to: declarator.start, text: `;${opening}${kind} ` });
      }
    });
  }
  const { start, end } = statements.at(-1)!;
  return applyEdits(input, [...edits, { from: start, to: end, text: "" }]);
}
