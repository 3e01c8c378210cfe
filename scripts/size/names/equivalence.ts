/**
 * Proof that a rewritten program is the old one with other names and in another order.
 *
 * It shares no step with the code that writes: both texts are parsed and analysed anew, and every identifier must mean
 * the corresponding thing.
 */
import type { Scope, ScopeManager, Variable } from "eslint-scope";
import { BuildError } from "../../build/artifact.ts";
import { type Dialect, type Node, type Program, parseProgram } from "./ast.ts";
import { leaksTo, scopesOf } from "./bindings.ts";
import { type Choice, findChoices, isAllowed } from "./orders.ts";

/** What every identifier of a program means, by the identifier's offset. */
function meanings(manager: ScopeManager): Map<number, Variable> {
  const found = new Map<number, Variable>();
  for (const scope of manager.scopes) {
    for (const variable of scope.variables) {
      for (const identifier of variable.identifiers)
        found.set((identifier as unknown as Node).start, variable);
      for (const { identifier } of variable.references)
        found.set((identifier as unknown as Node).start, variable);
    }
  }
  return found;
}

const IGNORED = new Set([
  "start",
  "end",
  "type",
  "raw",
  "loc",
  "range",
  "exported",
  "shorthand",
  "sourceType",
]);

/** The values by which two nodes of one type can differ, identifiers' names left out. */
function properties(node: Node): [string, unknown][] {
  return Object.entries(node).filter(
    ([name]) => !IGNORED.has(name) || (name === "exported" && typeof node[name] === "object"),
  );
}

const isNode = (value: any): value is Node =>
  typeof value?.type === "string" && typeof value.start === "number";

const show = (value: unknown): string => (isNode(value) ? value.type : JSON.stringify(value)) ?? "nothing";

interface Sides {
  before: Map<number, Variable>;
  after: Map<number, Variable>;
  /** The partner of each variable, in both directions. */
  partners: Map<Variable, Variable>;
  refuse: (at: Node, why: string) => never;
}

function compareNames(a: Node, b: Node, sides: Sides): void {
  const before = sides.before.get(a.start);
  const after = sides.after.get(b.start);
  if (!before && !after) {
    if (a.name !== b.name) sides.refuse(b, `the name ${a.name} of another program became ${b.name}`);
    return;
  }
  if (!before || !after) {
    sides.refuse(b, `${a.name} became ${b.name}, which means something else`);
    return;
  }
  const known = sides.partners.get(before);
  if ((known ?? after) !== after || (sides.partners.get(after) ?? before) !== before) {
    sides.refuse(b, `${a.name} became ${b.name}, which stands for another variable, too`);
  }
  sides.partners.set(before, after).set(after, before);
}

function compare(a: unknown, b: unknown, sides: Sides, near: Node): void {
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [index, item] of a.entries()) compare(item, b[index], sides, near);
    return;
  }
  if (!isNode(a) || !isNode(b)) {
    // The value of a regular expression is an object, or null where this engine cannot make it; `regex` says what it is.
    if (a instanceof RegExp && b instanceof RegExp) return;
    if (JSON.stringify(a) !== JSON.stringify(b)) sides.refuse(near, `${show(a)} became ${show(b)}`);
    return;
  }
  if (a.type !== b.type) sides.refuse(b, `${a.type} became ${b.type}`);
  if (a.type === "Identifier") {
    compareNames(a, b, sides);
    return;
  }
  const keysOf = (node: Node): string =>
    properties(node)
      .map(([name]) => name)
      .join();
  if (keysOf(a) !== keysOf(b)) sides.refuse(b, `a ${a.type} became one of another kind`);
  for (const [name, value] of properties(a)) {
    // Keys that are no expressions are names of properties: they must stay as they are.
    const isKey = (name === "key" || name === "property") && !a.computed;
    const isLabel = name === "label" || name === "exported" || name === "imported";
    if ((isKey || isLabel) && isNode(value) && value.type === "Identifier") {
      if (value.name !== b[name].name) sides.refuse(b, `the property ${value.name} became ${b[name].name}`);
    } else compare(value, b[name], sides, b);
  }
}

/** The tree of the old program with its lists in the new order. */
function reorder({ ast, choices }: { ast: Node; choices: Choice[] }, orders: readonly number[][]): void {
  const replace = (holder: any, items: Node[], order: readonly number[]): void => {
    for (const value of Object.values(holder)) {
      if (
        Array.isArray(value) &&
        value.length === items.length &&
        items.every((item, index) => value[index] === item)
      ) {
        value.splice(0, value.length, ...order.map((index) => items[index]!));
        return;
      }
    }
    if (holder.left === items[0] && holder.right === items[1] && order[0] === 1) {
      [holder.left, holder.right] = [items[1], items[0]];
    }
  };
  const holders = new Map<Node, Node>();
  const visit = (node: Node): void => {
    for (const value of Object.values(node).flat()) {
      if (!isNode(value)) continue;
      holders.set(value, node);
      visit(value);
    }
  };
  visit(ast);
  choices.forEach((choice, index) => {
    for (const { items } of choice.lists) replace(holders.get(items[0]!), [...items], orders[index]!);
  });
}

/** Support: IE <= 8. Throws when a name that JScript puts into the function around it would hide another one there. */
function checkLeaks(manager: ScopeManager, refuse: Sides["refuse"]): void {
  for (const scope of manager.scopes) {
    for (const variable of scope.variables) {
      const home = leaksTo(variable);
      if (!home) continue;
      const at = variable.identifiers[0] as unknown as Node;
      const others = [...home.variables, ...home.through.map(({ resolved }) => resolved)];
      for (const other of others) {
        if (other && other !== variable && other.name === variable.name) {
          refuse(at, `in JScript ${variable.name} would also be a variable of the function around it`);
        }
      }
      for (const { identifier } of home.through) {
        if ((identifier as { name: string }).name === variable.name) {
          refuse(at, `in JScript ${variable.name} would hide the one that the function around it uses`);
        }
      }
      for (const twin of leakedInto(manager, home)) {
        const read = twin.references.length + variable.references.length > 0;
        if (twin !== variable && twin.name === variable.name && read) {
          refuse(at, `in JScript two variables named ${variable.name} would be one`);
        }
      }
    }
  }
}

function leakedInto(manager: ScopeManager, home: Scope): Variable[] {
  return manager.scopes.flatMap((scope) => scope.variables.filter((variable) => leaksTo(variable) === home));
}

/**
 * Throws BuildError, with the place, unless `after` is `before` with other names, its lists in the given `orders`
 * (one for each choice that `findChoices` finds in `before`), and nothing else.
 */
export function checkEquivalent(
  before: string,
  after: string,
  orders: readonly number[][],
  dialect: Dialect,
): void {
  const refuse = (at: Node, why: string): never => {
    const near = JSON.stringify(after.slice(Math.max(0, at.start - 20), at.start + 20));
    throw new BuildError(`renaming went wrong: ${why}, near ${near}`);
  };
  const old: Program = parseProgram(before, dialect);
  const renamed: Program = parseProgram(after, dialect);
  const oldScopes = scopesOf(old);
  const newScopes = scopesOf(renamed);
  const choices = findChoices(old, oldScopes);
  choices.forEach((choice, index) => {
    if (!isAllowed(choice, orders[index] ?? []))
      throw new BuildError(`${choice.name}: this order is not allowed`);
  });
  const oldMeanings = meanings(oldScopes);
  reorder({ ast: old.ast, choices }, orders);
  compare(
    old.ast,
    renamed.ast,
    { before: oldMeanings, after: meanings(newScopes), partners: new Map(), refuse },
    renamed.ast,
  );
  if (dialect.jscript) checkLeaks(newScopes, refuse);
}
