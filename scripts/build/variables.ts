/** Which variables a program has, where each is used, and which two must not have the same name. */
import { parse } from "acorn";
import { analyze, type Scope, type Variable as ScopeVariable } from "eslint-scope";
import type { Target } from "../config.ts";

/** A node of acorn's syntax tree (https://github.com/estree/estree). Which properties it has follows from `type`. */
interface Node {
  type: string;
  start: number;
  [property: string]: any;
}

/** What may be renamed together: the variables, parameters or functions of one name and path, as two `catch` parameters of a function. */
export interface Variable {
  /** The function that declares it, such as `authenticate.load`; "top" outside of every function. */
  path: string;
  name: string;
  /** Where it is named; `shorthand` for `{name}`, which is the property's key too. */
  places: { start: number; shorthand: boolean }[];
  /** Every scope in which the name is declared or looked up. */
  scopes: Set<Scope>;
}

export interface Variables {
  variables: Variable[];
  /** Names that mean something outside of the program: no variable may take one. */
  globals: Set<string>;
}

function* nodesIn(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node).flat()) if (typeof value?.type === "string") yield* nodesIn(value);
}

/** Each function's path; a second one with the same path gets `#2`. `names` has what functions without a name become. */
function pathsOf(scopes: readonly Scope[], names: ReadonlyMap<unknown, string>): Map<unknown, string> {
  const paths = new Map<unknown, string>();
  const times = new Map<string, number>();
  for (const { type, block, upper } of scopes) {
    if (type !== "function") continue;
    const { id } = block as unknown as Node;
    const outer = paths.get(upper!.variableScope.block);
    const path = `${outer ? `${outer}.` : ""}${id?.name ?? names.get(block) ?? "function"}`;
    const time = (times.get(path) ?? 0) + 1;
    times.set(path, time);
    paths.set(block, time > 1 ? `${path}#${time}` : path);
  }
  return paths;
}

/** The scope that decides: terser, whose names prove the renaming, takes the parameter of a `catch` for one of the function around it. */
const owner = (scope: Scope): Scope => (scope.type === "catch" ? scope.upper!.variableScope : scope);

function scopesOf(variable: ScopeVariable): Scope[] {
  const top = owner(variable.scope);
  const scopes = [variable.scope, top];
  for (const { from } of variable.references) {
    for (let at: Scope | null = from; at && at !== top; at = at.upper) scopes.push(at);
  }
  return scopes;
}

/** Analyses `code`. A name that the module exports, or imports, is no variable here: it stays. */
export function findVariables(target: Target, code: string): Variables {
  const sourceType = target.format === "esm" ? "module" : "script";
  const ast = parse(code, { ecmaVersion: 2022, sourceType, ranges: true }) as Node;
  const shared = new Set<string>();
  const shorthand = new Set<unknown>();
  // What a reader calls a function without a name: the property or variable that it becomes.
  const names = new Map<unknown, string>();
  for (const node of nodesIn(ast)) {
    const { type, key, value, id, init, left, right } = node;
    if (type === "ExportNamedDeclaration" && node.declaration)
      for (const one of node.declaration.declarations ?? [node.declaration]) shared.add(one.id.name);
    if (/^(Import|Export)\w*Specifier$/.test(type)) shared.add(node.local.name);
    if (type === "Property" && node.shorthand) shorthand.add(value.left ?? value);
    if (type === "Property") names.set(value, key.name);
    if (type === "VariableDeclarator") names.set(init, id.name);
    if (type === "AssignmentExpression") names.set(right, left.property?.name ?? left.name);
  }
  const { scopes } = analyze(ast as never, { ecmaVersion: 2022, sourceType, ignoreEval: true });
  const paths = pathsOf(scopes, names);

  const variables = new Map<string, Variable>();
  for (const variable of scopes.flatMap((scope) => scope.variables)) {
    const { scope, name, defs, identifiers, references } = variable;
    const path = paths.get(owner(scope).variableScope.block) ?? "top";
    // `arguments` has no definition.
    if (defs.length === 0 || (path === "top" && shared.has(name))) continue;
    const key = `${path} ${name}`;
    const entry = variables.get(key) ?? { path, name, places: [], scopes: new Set() };
    variables.set(key, entry);
    for (const node of new Set([...identifiers, ...references.map(({ identifier }) => identifier)]))
      entry.places.push({ start: (node as unknown as Node).start, shorthand: shorthand.has(node) });
    for (const each of scopesOf(variable)) entry.scopes.add(each);
  }
  const unresolved = scopes[0]!.through.map(({ identifier }) => identifier.name as string);
  return { variables: [...variables.values()], globals: new Set([...shared, ...unresolved]) };
}

/** Whether two variables must have different names: somewhere, one would hide the other. */
export const conflict = (one: Variable, other: Variable): boolean =>
  [...one.scopes].some((scope) => other.scopes.has(scope));
