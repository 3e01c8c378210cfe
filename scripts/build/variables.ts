/** Which variables a program has, where each is used, and which two must not have the same name. */
import { parse } from "acorn";
import { analyze, type Scope, type Variable as ScopeVariable } from "eslint-scope";
import type { Target } from "../config.ts";
import { isFunction, type Node, walk } from "./ast.ts";

/** A place where a variable is named. */
export interface Place {
  start: number;
  /** True for `{name}`, which is the property's key too. */
  shorthand: boolean;
}

/** A variable, parameter or function that may be renamed. Two of one name and path share an entry of the table. */
export interface Variable {
  /** The function that declares it, such as `authenticate.load`; "top" outside of every function. */
  path: string;
  name: string;
  places: Place[];
  /** Every scope in which the name is declared or looked up. */
  scopes: Set<Scope>;
}

export interface Variables {
  variables: Variable[];
  /** Names that mean something outside of the program: no variable may take one. */
  globals: Set<string>;
}

/** What a reader calls a function: its own name, or that of the property or variable that it becomes. */
function functionName(node: Node, around: readonly Node[]): string {
  if (node.id) return node.id.name;
  const parent = around.at(-1);
  if (parent?.type === "Property") return parent.key.name ?? "function";
  if (parent?.type === "VariableDeclarator") return parent.id.name;
  if (parent?.type === "AssignmentExpression") return parent.left.property?.name ?? parent.left.name;
  return "function";
}

/** Each function's path; a second one with the same path gets `#2`. */
function functionPaths(ast: Node): Map<Node, string> {
  const paths = new Map<Node, string>();
  const taken = new Map<string, number>();
  walk(ast, (node, around) => {
    if (!isFunction(node)) return;
    const outer = around.findLast(isFunction);
    const path = `${outer ? `${paths.get(outer)}.` : ""}${functionName(node, around)}`;
    const count = (taken.get(path) ?? 0) + 1;
    taken.set(path, count);
    paths.set(node, count > 1 ? `${path}#${count}` : path);
  });
  return paths;
}

/** The scope that decides: terser, whose names prove the renaming, takes the parameter of a `catch` for one of the function around it. */
const owner = (scope: Scope): Scope => (scope.type === "catch" ? scope.upper!.variableScope : scope);

function scopesOf(variable: ScopeVariable): Set<Scope> {
  const top = owner(variable.scope);
  const scopes = new Set<Scope>([variable.scope, top]);
  for (const { from } of variable.references) {
    for (let at: Scope | null = from; at && at !== top; at = at.upper) scopes.add(at);
  }
  return scopes;
}

/** Analyses `code`. A name that the module exports, or imports, is no variable here: it stays. */
export function findVariables(target: Target, code: string): Variables {
  const sourceType = target.format === "esm" ? "module" : "script";
  const ast = parse(code, { ecmaVersion: 2022, sourceType, ranges: true }) as Node;
  const paths = functionPaths(ast);
  const shared = new Set<string>();
  const shorthand = new Set<Node>();
  walk(ast, (node) => {
    if (node.type === "ExportNamedDeclaration" && node.declaration) {
      for (const { id } of node.declaration.declarations ?? [node.declaration]) shared.add(id.name);
    }
    if (/^(Import|Export)\w*Specifier$/.test(node.type)) shared.add(node.local.name);
    if (node.type === "Property" && node.shorthand) shorthand.add(node.value.left ?? node.value);
  });
  const { scopes } = analyze(ast as never, { ecmaVersion: 2022, sourceType, ignoreEval: true });

  const variables: Variable[] = [];
  for (const variable of scopes.flatMap((scope) => scope.variables)) {
    const { scope, name, defs } = variable;
    // `arguments` has no definition.
    if (defs.length === 0) continue;
    const inFunction = owner(scope).variableScope;
    const path = paths.get(inFunction.block as unknown as Node) ?? "top";
    if (path === "top" && shared.has(name)) continue;
    const identifiers = [...variable.identifiers, ...variable.references.map(({ identifier }) => identifier)];
    const places = [...new Set(identifiers as unknown as Node[])].map((node) => ({
      start: node.start,
      shorthand: shorthand.has(node),
    }));
    variables.push({ path, name, places, scopes: scopesOf(variable) });
  }
  const globals = new Set([
    ...shared,
    ...scopes[0]!.through.map(({ identifier }) => identifier.name as string),
  ]);
  return { variables, globals };
}

/** Whether two variables share an entry of the table, as two `catch` parameters of one function do. */
export const isSameEntry = (one: Variable, other: Variable): boolean =>
  one.path === other.path && one.name === other.name;

/** Whether two variables must have different names: somewhere, one would hide the other. */
export const conflict = (one: Variable, other: Variable): boolean =>
  [...one.scopes].some((scope) => other.scopes.has(scope));
