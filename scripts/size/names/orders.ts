/**
 * Which lists of a program may stand in another order without changing what it does.
 *
 * Order of evaluation is kept wherever it could be seen: two expressions change places only when both do nothing but read,
 * and a call is never moved across another call or a read.
 */
import type { ScopeManager, Variable } from "eslint-scope";
import { functionPaths, isFunction, type Node, type Program, walk } from "./ast.ts";

/** Nodes that stand side by side, and what stands between two of them. */
export interface List {
  items: Node[];
  separator: "," | ";" | "operator";
}

/** A choice of order. Its lists take the same order: a function's parameters and the arguments of every call of it. */
export interface Choice {
  /** Where it is, for a reader: `sdk.init: properties`. */
  name: string;
  /** What each item is called, in today's order; no two alike. */
  labels: string[];
  lists: List[];
  /** Pairs of indexes [a, b]: item a must stay before item b. */
  before: [number, number][];
}

/** 0: the same whenever it is evaluated. 1: reads something that can change. 2: may do anything. */
type Effect = 0 | 1 | 2;

const worst = (...effects: Effect[]): Effect => Math.max(0, ...effects) as Effect;

/** Constructors of the language that only make a value, as long as their arguments are harmless. */
const HARMLESS_CONSTRUCTORS = /^(Date|RegExp|Error|Array|Object)$/;

/** What evaluating `node` does. Reading a property counts as reading: getters are not expected on what apps pass in. */
export function effectOf(node: Node | null | undefined): Effect {
  if (!node) return 0;
  switch (node.type) {
    case "Literal":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return 0;
    case "Identifier":
    case "ThisExpression":
      return 1;
    case "MemberExpression":
      return worst(1, effectOf(node.object), node.computed ? effectOf(node.property) : 0);
    case "UnaryExpression":
      return node.operator === "delete" ? 2 : effectOf(node.argument);
    case "BinaryExpression":
    case "LogicalExpression":
      return worst(effectOf(node.left), effectOf(node.right));
    case "ConditionalExpression":
      return worst(effectOf(node.test), effectOf(node.consequent), effectOf(node.alternate));
    case "ArrayExpression":
      return worst(...node.elements.map((element: Node | null) => effectOf(element)));
    case "ObjectExpression":
      return worst(
        ...node.properties.map((property: Node) =>
          property.type === "Property" && !property.computed ? effectOf(property.value) : 2,
        ),
      );
    case "TemplateLiteral":
      return worst(...node.expressions.map((expression: Node) => effectOf(expression)));
    case "NewExpression":
      return node.callee.type === "Identifier" && HARMLESS_CONSTRUCTORS.test(node.callee.name)
        ? worst(1, ...node.arguments.map((argument: Node) => effectOf(argument)))
        : 2;
    default:
      return 2;
  }
}

/** True when evaluating one before or after the other makes no difference. */
const independent = (a: Effect, b: Effect): boolean => a === 0 || b === 0 || (a === 1 && b === 1);

/** The pairs whose order must stay, for items with these effects. */
function keepOrder(
  effects: Effect[],
  alsoKept: (a: number, b: number) => boolean = () => false,
): [number, number][] {
  const pairs: [number, number][] = [];
  for (let b = 0; b < effects.length; b++) {
    for (let a = 0; a < b; a++) {
      if (!independent(effects[a]!, effects[b]!) || alsoKept(a, b)) pairs.push([a, b]);
    }
  }
  return pairs;
}

/** Whether `node` mentions the name `name` outside of the functions in it, which do not run while it is evaluated. */
function mentions(node: Node | null, name: string): boolean {
  let found = false;
  if (!node) return false;
  walk(node, (inner, around) => {
    const later = around.some(isFunction) || isFunction(inner);
    if (!later && inner.type === "Identifier" && inner.name === name) found = true;
  });
  return found;
}

function propertyOrder(node: Node): Omit<Choice, "name" | "labels"> | null {
  const properties = node.properties as Node[];
  const plain = (property: Node): boolean =>
    property.type === "Property" &&
    property.kind === "init" &&
    !property.computed &&
    keyOf(property) !== "__proto__";
  if (!properties.every(plain) || new Set(properties.map(keyOf)).size < properties.length) return null;
  return {
    lists: [{ items: properties, separator: "," }],
    before: keepOrder(properties.map((property) => effectOf(property.value))),
  };
}

const keyOf = (property: Node): string => property.key?.name ?? String(property.key?.value);

/** The names that a declarator declares: its own, or those of a plain pattern (`{a,b:c}`). Null for any other pattern. */
function declaredNames(id: Node): string[] | null {
  if (id.type === "Identifier") return [id.name];
  const plain = (property: Node): boolean =>
    property.type === "Property" && !property.computed && property.value.type === "Identifier";
  if (id.type !== "ObjectPattern" || !id.properties.every(plain)) return null;
  return id.properties.map((property: Node) => property.value.name);
}

function declaratorOrder(node: Node): Omit<Choice, "name" | "labels"> | null {
  const declarators = node.declarations as Node[];
  const names = declarators.map(({ id }) => declaredNames(id));
  if (names.includes(null) || new Set(names.flat()).size < names.flat().length) return null;
  const effects = declarators.map(({ init }) => effectOf(init));
  const kept = (a: number, b: number): boolean => {
    const [one, other] = [declarators[a]!, declarators[b]!];
    if (names[a]!.some((name) => mentions(other.init, name))) return true;
    if (names[b]!.some((name) => mentions(one.init, name))) return true;
    // What an initialiser calls may read its neighbours, so no assignment crosses a call.
    return (effects[a] === 2 && !!other.init) || (effects[b] === 2 && !!one.init);
  };
  return { lists: [{ items: declarators, separator: "," }], before: keepOrder(effects, kept) };
}

/** Function declarations are there before the first statement runs, so each may stand anywhere among the others. */
function statementOrder(statements: Node[]): Omit<Choice, "name" | "labels"> | null {
  const functions = statements.filter((statement) => statement.type === "FunctionDeclaration");
  const names = new Set(functions.map((statement) => statement.id.name));
  const directive = statements.some((statement) => statement.directive !== undefined);
  if (functions.length === 0 || names.size < functions.length || directive) return null;
  const moves = (index: number): boolean => statements[index]!.type === "FunctionDeclaration";
  return {
    lists: [{ items: statements, separator: ";" }],
    before: keepOrder(
      statements.map(() => 0),
      (a, b) => !moves(a) && !moves(b),
    ),
  };
}

/** A module's names have no order: importers get them sorted (ECMA-262, 10.4.6). */
function exportOrder(node: Node): Omit<Choice, "name" | "labels"> {
  return { lists: [{ items: node.specifiers, separator: "," }], before: [] };
}

const COMMUTATIVE = /^([=!]==?|\*)$/;
/** Operands that need no parentheses on either side. */
const TIGHT = /^(Literal|Identifier|ThisExpression|MemberExpression|CallExpression|UnaryExpression)$/;

function operandOrder(node: Node): Omit<Choice, "name" | "labels"> | null {
  if (!COMMUTATIVE.test(node.operator) || !TIGHT.test(node.left.type) || !TIGHT.test(node.right.type))
    return null;
  const before = keepOrder([effectOf(node.left), effectOf(node.right)]);
  return { lists: [{ items: [node.left, node.right], separator: "operator" }], before };
}

/** Parameters of a function that is only ever called, by its name, with all of its arguments. */
function parameterOrder(fn: Node, calls: Node[]): Omit<Choice, "name" | "labels"> | null {
  const params = fn.params as Node[];
  const simple = params.every((param) => param.type === "Identifier");
  const full = calls.every(
    (call) =>
      call.arguments.length === params.length &&
      call.arguments.every((argument: Node) => argument.type !== "SpreadElement"),
  );
  if (!simple || !full || calls.length === 0 || usesArguments(fn)) return null;
  return {
    lists: [params, ...calls.map((call) => call.arguments as Node[])].map((items) => ({
      items,
      separator: ",",
    })),
    before: calls.flatMap((call) => keepOrder(call.arguments.map(effectOf))),
  };
}

function usesArguments(fn: Node): boolean {
  let found = false;
  walk(fn, (node) => {
    if (node.type === "Identifier" && node.name === "arguments") found = true;
  });
  return found;
}

/** The calls of the function that `variable` names; null when it is used in any other way, or assigned. */
function callsOf(variable: Variable, parents: Map<Node, Node>): Node[] | null {
  const calls: Node[] = [];
  for (const reference of variable.references) {
    const identifier = reference.identifier as unknown as Node;
    const parent = parents.get(identifier);
    if (reference.isWrite() || parent?.type !== "CallExpression" || parent.callee !== identifier) return null;
    calls.push(parent);
  }
  return calls;
}

const clip = (text: string): string => (text.length > 32 ? `${text.slice(0, 29)}...` : text);

/** What a reader would call an item. */
function labelOf(node: Node, code: string): string {
  if (node.type === "Property") return keyOf(node);
  if (node.type === "VariableDeclarator") return node.id.name ?? `{${declaredNames(node.id)}}`;
  if (node.type === "FunctionDeclaration") return `function ${node.id.name}`;
  if (node.type === "ExportSpecifier") return node.exported.name;
  // What stands inside of a string is another one on every tier.
  return clip(code.slice(node.start, node.end).replace(/"[^"]*"/g, '""'));
}

function uniqueIn(taken: Set<string>, name: string): string {
  let unique = name;
  for (let number = 2; taken.has(unique); number++) unique = `${name} #${number}`;
  taken.add(unique);
  return unique;
}

/** All choices of order in `program`, outer ones before those inside of them. */
export function findChoices(program: Program, manager: ScopeManager): Choice[] {
  const { ast, code } = program;
  const paths = functionPaths(ast);
  const parents = new Map<Node, Node>();
  const choices: Choice[] = [];
  const taken = new Set<string>();
  const add = (kind: string, around: Node[], found: Omit<Choice, "name" | "labels"> | null): void => {
    const items = found?.lists[0]?.items ?? [];
    // Nothing to choose where every pair must keep its order.
    const pairs = new Set(found?.before.map(String));
    if (!found || items.length < 2 || pairs.size === (items.length * (items.length - 1)) / 2) return;
    const fn = [...around].reverse().find(isFunction);
    const labels = new Set<string>();
    for (const item of items) uniqueIn(labels, labelOf(item, code));
    choices.push({
      name: uniqueIn(taken, `${fn ? paths.get(fn) : "(top)"}: ${kind}`),
      labels: [...labels],
      ...found,
    });
  };

  walk(ast, (node, around) => {
    if (around.length) parents.set(node, around.at(-1)!);
  });
  walk(ast, (node, around) => {
    if (/^Object(Expression|Pattern)$/.test(node.type)) add("properties", around, propertyOrder(node));
    if (node.type === "VariableDeclaration" && !/^For(In|Of)/.test(around.at(-1)!.type)) {
      add("variables", around, declaratorOrder(node));
    }
    if (node.type === "BinaryExpression") add("operands", around, operandOrder(node));
    if (node.type === "ExportNamedDeclaration") add("exports", around, exportOrder(node));
    if (node.type === "Program" && program.dialect.module) add("statements", [], statementOrder(node.body));
    if (isFunction(node) && node.body.type === "BlockStatement") {
      add("statements", [...around, node], statementOrder(node.body.body));
    }
    // An anonymous function that is called where it stands.
    if (node.type === "CallExpression" && node.callee.type === "FunctionExpression" && !node.callee.id) {
      add("parameters", [...around, node.callee], parameterOrder(node.callee, [node]));
    }
  });
  for (const scope of manager.scopes) {
    for (const variable of scope.variables) {
      const [definition] = variable.defs;
      if (variable.defs.length !== 1 || definition!.type !== "FunctionName" || scope.type === "global")
        continue;
      const fn = definition!.node as unknown as Node;
      const calls = callsOf(variable, parents);
      if (calls && fn.exported !== true) add("parameters", [fn], parameterOrder(fn, calls));
    }
  }
  return choices;
}

/** True when `order` names each index once and keeps every pair that must be kept. */
export function isAllowed(choice: Choice, order: readonly number[]): boolean {
  const at = new Map(order.map((item, position) => [item, position]));
  if (at.size !== choice.labels.length || choice.labels.some((_, index) => !at.has(index))) return false;
  return choice.before.every(([a, b]) => at.get(a)! < at.get(b)!);
}
