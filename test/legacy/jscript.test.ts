/**
 * JScript's quirks (the engine of IE 8 and older), and what holds the artifact clear of each.
 *
 * There is no JScript to run here: the first engine newer than ES3 is the oldest that can be had (engines.test.ts).
 * So the test looks in the artifact's syntax tree for what JScript gets wrong.
 */
import { type AnyNode, type CatchClause, type Identifier, type Literal, parse } from "acorn";
import * as assert from "uvu/assert";
import { ALL_JS } from "../../scripts/config.ts";
import { artifactText } from "../support/artifact.ts";
import { suite } from "../support/suite.ts";

const test = suite("JScript's quirks");

type Visit = (node: AnyNode, parents: AnyNode[]) => void;

function walk(node: AnyNode, visit: Visit, parents: AnyNode[] = []): void {
  visit(node, parents);
  for (const child of Object.values(node).flat()) {
    if (child && typeof (child as AnyNode).type === "string")
      walk(child as AnyNode, visit, [...parents, node]);
  }
}

const es3 = (code: string) => parse(code, { ecmaVersion: 3, allowReserved: "never" });

/** What `find` complains of in `code`. Each rule is tried on a wrong example too, to show that it can complain. */
type Rule = (code: string) => string[];

function rule(find: (node: AnyNode, parents: AnyNode[], complain: (what: string) => void) => void): Rule {
  return (code) => {
    const complaints: string[] = [];
    walk(es3(code), (node, parents) => find(node, parents, (what) => complaints.push(what)));
    return complaints;
  };
}

const isFunction = (node: AnyNode): boolean => /Function/.test(node.type);

/** The function that a node is in, or the program. */
const homeOf = (parents: readonly AnyNode[]): AnyNode => parents.findLast(isFunction) ?? parents[0]!;

/** Methods that ES3 has, and the hosts of its time. */
const ES3_METHODS = new Set(
  (
    "call concat join match replace split slice toLowerCase test exec random " +
    "createElement close hasFocus open setRequestHeader send"
  ).split(" "),
);

/** IE <= 9 opens no request to another origin, so the handler of its end runs in browsers that have ES5. */
const isAnswered = (parents: readonly AnyNode[]): boolean =>
  parents.some(
    (one) =>
      one.type === "AssignmentExpression" &&
      one.left.type === "MemberExpression" &&
      (one.left.property as Identifier).name === "onloadend",
  );

/** Whether `home` asks the variable `name` for its join(), which arrays have and strings lack. */
function isAskedForJoin(name: string, home: AnyNode): boolean {
  let asked = false;
  walk(home, (node) => {
    if (node.type !== "MemberExpression" || (node.property as Identifier).name !== "join") return;
    if ((node.object as Identifier).name === name) asked = true;
  });
  return asked;
}

const RULES: Record<string, [rule: Rule, wrong: string]> = {
  "a named function expression leaks its name": [
    rule((node, _, complain) => {
      if (node.type === "FunctionExpression" && node.id) complain(node.id.name);
    }),
    "(function named() {})()",
  ],
  "a catch clause's variable belongs to the whole function": [
    rule((node, parents, complain) => {
      if (node.type !== "CatchClause") return;
      const { name } = (node as CatchClause).param as Identifier;
      const home = homeOf(parents);
      walk(home, (other, above) => {
        const inside = above.includes(node) || other === node;
        if (other.type === "Identifier" && other.name === name && !inside && !isProperty(other, above)) {
          const owner = above.findLast((one) => isFunction(one) || one.type === "CatchClause");
          if (owner === home) complain(name);
        }
      });
    }),
    "(function (a) { try { a(); } catch (a) {} return a; })()",
  ],
  "a string has no index": [
    rule((node, parents, complain) => {
      if (
        node.type !== "MemberExpression" ||
        !node.computed ||
        typeof (node.property as Literal).value !== "number" ||
        isAnswered(parents)
      ) {
        return;
      }
      const { object } = node;
      if (object.type === "Identifier" && isAskedForJoin(object.name, homeOf(parents))) return;
      const list =
        object.type === "CallExpression" && object.callee.type === "MemberExpression"
          ? object.callee.property
          : null;
      if (list?.type !== "Identifier" || !/^(match|split)$/.test(list.name))
        complain(`index at ${node.start}`);
    }),
    "(function (text) { return text[0]; })('a')",
  ],
  "delete throws on window's properties": [
    rule((node, _, complain) => {
      if (node.type !== "UnaryExpression" || node.operator !== "delete") return;
      const { argument } = node;
      if (argument.type !== "MemberExpression" || (argument.object as Identifier).name === "window")
        complain("window");
    }),
    "delete window.x",
  ],
  "a trailing comma makes an array longer": [
    rule((node, _, complain) => {
      if (node.type === "ArrayExpression" && node.elements.some((element) => element === null))
        complain("hole");
    }),
    "[1,,]",
  ],
  "split by a pattern drops empty strings": [
    rule((node, _, complain) => {
      if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return;
      const [first] = node.arguments;
      const name = (node.callee.property as Identifier).name;
      if (name === "split" && !(first?.type === "Literal" && typeof first.value === "string"))
        complain("split");
    }),
    "'a'.split(/b/)",
  ],
  "ES5's methods are not there": [
    rule((node, parents, complain) => {
      if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression" || node.callee.computed)
        return;
      const { name } = node.callee.property as Identifier;
      // Called behind the question whether there is a crypto, and whoever has one has ES5.
      const behindQuestion = parents.some((one) => one.type === "ConditionalExpression");
      const isKnown = ES3_METHODS.has(name) || (name === "getRandomValues" && behindQuestion);
      if (!isKnown && !isAnswered(parents)) complain(name);
    }),
    "'a'.trim()",
  ],
  "attachEvent calls in another order and without this": [
    rule((node, _, complain) => {
      if (node.type === "Identifier" && /^(at|de)tachEvent$/.test(node.name)) complain(node.name);
    }),
    "window.attachEvent('onmessage', f)",
  ],
};

function isProperty(node: AnyNode, parents: AnyNode[]): boolean {
  const parent = parents.at(-1)!;
  return (
    (parent.type === "MemberExpression" && parent.property === node && !parent.computed) ||
    (parent.type === "Property" && parent.key === node)
  );
}

for (const [quirk, [find, wrong]] of Object.entries(RULES)) {
  test(quirk, async () => {
    assert.equal(find(await artifactText(ALL_JS)), []);
    assert.is.not(find(wrong).length, 0, "the rule does not see its own example");
  });
}

test("reserved words are no property names, and an object has no trailing comma", async () => {
  es3(await artifactText(ALL_JS));
  for (const wrong of ["a.catch()", "a.delete()", "({class:1})", "({a:1,})"])
    assert.throws(() => es3(wrong), wrong);
});

test.run();
