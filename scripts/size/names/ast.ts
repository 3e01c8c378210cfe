/** The little that the passes over a syntax tree share. The tree is acorn's: https://github.com/estree/estree */
import { type Options, parse, type Token } from "acorn";

/** A node of any type. Which properties it has follows from `type`. */
export interface Node {
  type: string;
  start: number;
  end: number;
  [property: string]: any;
}

/** What decides how a program is read. */
export interface Dialect {
  /** True for an ES module. */
  module: boolean;
  /** True where JScript's scopes (IE <= 8) must be right, too. */
  jscript: boolean;
}

/** How a module is read. */
export const MODULE: Dialect = { module: true, jscript: false };

export interface Program {
  code: string;
  ast: Node;
  tokens: Token[];
  dialect: Dialect;
}

export function parseProgram(code: string, dialect: Dialect): Program {
  const tokens: Token[] = [];
  const options: Options = {
    ecmaVersion: dialect.jscript ? 5 : 2022,
    sourceType: dialect.module ? "module" : "script",
    ranges: true, // eslint-scope wants them
    onToken: tokens,
  };
  const ast = parse(code, options) as Node;
  tokens.pop(); // the end of the file
  return { code, ast, tokens, dialect };
}

/** The node's children, in the order in which their properties stand. */
export function children(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value?.type === "string" && typeof value.start === "number");
}

/** Calls `visit` for `node` and everything in it, with the nodes around it, the innermost last. */
export function walk(node: Node, visit: (node: Node, around: Node[]) => void, around: Node[] = []): void {
  visit(node, around);
  around.push(node);
  for (const child of children(node)) walk(child, visit, around);
  around.pop();
}

export const isFunction = (node: Node): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);

/** What a reader would call a function: its own name, or that of the property or variable it is given to. */
function functionName(node: Node, around: readonly Node[]): string {
  if (node.id) return node.id.name;
  // A function that is called where it stands is called after what its result is given to.
  let parent = around.at(-1);
  if (parent?.type === "CallExpression" && parent.callee === node) parent = around.at(-2);
  if (parent?.type === "Property" || parent?.type === "MethodDefinition") {
    return parent.key.name ?? String(parent.key.value);
  }
  if (parent?.type === "VariableDeclarator" && parent.id.name) return parent.id.name;
  if (parent?.type === "AssignmentExpression") {
    let target = parent.left;
    while (target.type === "MemberExpression" && !target.computed) target = target.property;
    if (target.type === "Identifier") return target.name;
  }
  return "function";
}

/** Gives each function a path that is its own, such as `sdk.authenticate.load`; a second one of the same path gets `#2`. */
export function functionPaths(ast: Node): Map<Node, string> {
  const paths = new Map<Node, string>();
  const taken = new Set<string>();
  walk(ast, (node, around) => {
    if (!isFunction(node)) return;
    const outer = [...around].reverse().find(isFunction);
    const path = `${outer ? `${paths.get(outer)}.` : ""}${functionName(node, around)}`;
    let unique = path;
    for (let number = 2; taken.has(unique); number++) unique = `${path}#${number}`;
    taken.add(unique);
    paths.set(node, unique);
  });
  return paths;
}
