/** Which names of a program may be changed, where each stands, and which two must not be the same. */
import { analyze, type Scope, type ScopeManager, type Variable } from "eslint-scope";
import { functionPaths, isFunction, type Node, type Program } from "./ast.ts";

/** A variable, parameter, function name or catch parameter of our own. */
export interface Binding {
  /** Where it is declared: a function's path, `(top)` outside of all functions. */
  scope: string;
  /** Its name in the text before renaming; a second one of that name in that scope gets `#2`. */
  name: string;
  /** Offsets of every identifier that means it. */
  offsets: number[];
  variable: Variable;
}

export interface Bindings {
  bindings: Binding[];
  /** For each binding, the indexes of those whose name it must not have. */
  conflicts: Set<number>[];
  /** Names that mean something outside of the program: no binding may take one. */
  globals: Set<string>;
  manager: ScopeManager;
}

export function scopesOf({ ast, dialect }: Program): ScopeManager {
  return analyze(ast as never, {
    ecmaVersion: dialect.jscript ? 5 : 2022,
    sourceType: dialect.module ? "module" : "script",
    ignoreEval: true,
  });
}

/** `scope` and the scopes around it, up to `end` and without it. */
function scopesUpTo(scope: Scope, end: Scope | null): Scope[] {
  const scopes: Scope[] = [];
  for (let at: Scope | null = scope; at && at !== end; at = at.upper) scopes.push(at);
  return scopes;
}

/**
 * Support: IE <= 8. JScript declares two kinds of names in the function around them, where the standard has a scope of their own:
 * the parameter of a `catch`, and the name of a function expression. Gives that function's scope, or null for any other variable.
 */
export function leaksTo(variable: Variable): Scope | null {
  const { scope } = variable;
  if (scope.type !== "catch" && scope.type !== "function-expression-name") return null;
  return scope.upper!.variableScope;
}

const isUnused = (variable: Variable): boolean => variable.references.length === 0;

/** Every scope in which the name of `variable` is looked up or declared: there no other variable may hide it. */
function scopesThatSee(variable: Variable): Set<Scope> {
  const seen = new Set<Scope>([variable.scope]);
  for (const reference of variable.references) {
    for (const scope of scopesUpTo(reference.from, variable.scope)) seen.add(scope);
  }
  return seen;
}

/** Names that are exported as they are, or that eslint-scope knows without a declaration, stay. */
function isOurs(variable: Variable): boolean {
  if (variable.defs.length === 0 || variable.scope.type === "global") return false;
  return !variable.defs.some(({ node, parent }) => {
    const declaration = (parent ?? node) as unknown as Node;
    return declaration.exported === true;
  });
}

/** Marks declarations behind `export`, whose names are the module's interface. */
function markExports(ast: Node): void {
  for (const statement of ast.body as Node[]) {
    if (/^Export(Named|Default)Declaration$/.test(statement.type) && statement.declaration?.id !== null) {
      if (statement.declaration) statement.declaration.exported = true;
    }
  }
}

export function findBindings(program: Program): Bindings {
  markExports(program.ast);
  const manager = scopesOf(program);
  const paths = functionPaths(program.ast);
  const globals = new Set(
    manager.globalScope!.through.map(({ identifier }) => (identifier as { name: string }).name),
  );
  for (const scope of manager.scopes) {
    for (const variable of scope.variables) if (!isOurs(variable)) globals.add(variable.name);
  }

  const bindings: Binding[] = [];
  const taken = new Set<string>();
  for (const scope of manager.scopes) {
    let around: Scope | null = scope;
    while (around && !isFunction(around.block as Node)) around = around.upper;
    const path = around ? paths.get(around.block as Node)! : "(top)";
    for (const variable of scope.variables.filter(isOurs)) {
      let name = variable.name;
      for (let number = 2; taken.has(`${path} ${name}`); number++) name = `${variable.name}#${number}`;
      taken.add(`${path} ${name}`);
      const identifiers = [
        ...variable.identifiers,
        ...variable.references.map(({ identifier }) => identifier),
      ];
      const offsets = [...new Set(identifiers.map((identifier) => (identifier as unknown as Node).start))];
      bindings.push({ scope: path, name, offsets: offsets.sort((a, b) => a - b), variable });
    }
  }

  const seen = bindings.map(({ variable }) => scopesThatSee(variable));
  const homes = bindings.map(({ variable }) => {
    const leak = program.dialect.jscript ? leaksTo(variable) : null;
    return leak ? [variable.scope, leak] : [variable.scope];
  });
  const clash = (a: number, b: number): boolean => {
    const leaked = homes[a]!.length > 1 && homes[b]!.length > 1;
    // Two catch parameters of one function that nobody reads may share a name, even where they are one variable.
    if (leaked && isUnused(bindings[a]!.variable) && isUnused(bindings[b]!.variable)) return false;
    return (
      homes[a]!.some((home) => seen[b]!.has(home) || homes[b]!.includes(home)) ||
      homes[b]!.some((home) => seen[a]!.has(home))
    );
  };
  const conflicts = bindings.map((_, a) => {
    return new Set(bindings.map((_, b) => b).filter((b) => a !== b && clash(a, b)));
  });
  return { bindings, conflicts, globals, manager };
}
