/** Walks over a syntax tree. The tree is acorn's: https://github.com/estree/estree */

/** A node of any type. Which properties it has follows from `type`. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [property: string]: any;
}

const children = (node: Node): Node[] =>
  Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value?.type === "string" && typeof value.start === "number");

/** Calls `visit` for `node` and everything in it, with the nodes around it, the innermost last. */
export function walk(node: Node, visit: (node: Node, around: Node[]) => void, around: Node[] = []): void {
  visit(node, around);
  around.push(node);
  for (const child of children(node)) walk(child, visit, around);
  around.pop();
}

export const isFunction = (node: Node): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
