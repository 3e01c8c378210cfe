/** A module's variables that are properties of one object are taken from it by one pattern. */
import vm from "node:vm";
import * as assert from "uvu/assert";
import { takeApart } from "../../scripts/build/patterns.ts";
import { MODULE } from "../../scripts/size/names/ast.ts";
import { checkEquivalent } from "../../scripts/size/names/equivalence.ts";
import { layOut, type Plan, render, unchanged } from "../../scripts/size/names/layout.ts";
import { isAllowed } from "../../scripts/size/names/orders.ts";
import { suite } from "../support/suite.ts";
import { assertPlaces, mapped } from "./mapped.ts";

const test = suite("patterns of a module");

const joined: [before: string, after: string, names: string][] = [
  ["var a=o.a,b=o.b;", "var {a,b}=o;", "a,b"],
  ["var one=o.a,b=o.b;", "var {a:one,b}=o;", "one,b"],
  ["var z=1,a=o.a,b=o.b,c=o.c,y=2;", "var z=1,{a,b,c}=o,y=2;", "z,a,b,c,y"],
  ["var a=o.a,b=o.b,c=p.c,d=p.d;", "var {a,b}=o,{c,d}=p;", "a,b,c,d"],
];

/** What `code` reads of two objects, in order, and what its variables `names` then are. */
const reads = (code: string, names: string): unknown =>
  vm.runInNewContext(`
    var seen = [];
    var recorder = (name) => new Proxy({}, { get: (_, key) => (seen.push(name + key), name + key) });
    var o = recorder("o"), p = recorder("p");
    ${code}
    JSON.stringify([seen, [${names}]]);`);

for (const [before, after, names] of joined) {
  test(`${before} becomes ${after}`, async () => {
    const { map } = await mapped(before);
    const text = takeApart({ code: before, map }).code;
    assert.is(text, after);
    assert.is(reads(text, names), reads(before, names));
  });
}

const staying: [why: string, code: string][] = [
  ["there is one alone", "var a=o.a,b=1;"],
  ["another stands between", "var a=o.a,b=f(),c=o.c;"],
  ["the objects are two", "var a=o.a,b=p.b;"],
  ["the name is computed", "var a=o[x],b=o[y];"],
  ["the object may be missing", "var a=o?.a,b=o?.b;"],
  ["the object is no name", "var a=o.p.a,b=o.p.b;"],
  ["the object is replaced by its own property", "var o=o.o,b=o.b;"],
];
for (const [why, code] of staying) {
  test(`${code} stays: ${why}`, async () => {
    const { map } = await mapped(code);
    assert.is(takeApart({ code, map }).code, code);
  });
}

test("keep the places of what stands around them in the source map", async () => {
  const source = "var first = o.first, second = o.second,\n  third = 3;\nuse(first);\n";
  const taken = takeApart(await mapped(source));
  assert.match(taken.code, "{first,second}=o");
  assertPlaces(taken, source, ["third =", "use("]);
});

const TEXT = "var f=o=>{var a=g(),{b,c}=o,d=1,e=c;return[a,b,c,d,e]}";

/** The plan that puts the variables of TEXT into this order. */
function ordered(order: number[]): { plan: Plan; allowed: boolean; text: string } {
  const layout = layOut(TEXT, MODULE);
  const index = layout.choices.findIndex(({ name }) => name === "f: variables");
  assert.equal(layout.choices[index]!.labels, ["a", "{b,c}", "d", "e"]);
  const plan = { ...unchanged(layout), orders: unchanged(layout).orders.with(index, order) };
  return { plan, allowed: isAllowed(layout.choices[index]!, order), text: render(layout, plan) };
}

test("the name search moves a pattern among its neighbours, but not across a call or before a name that it gives", () => {
  const { plan, allowed, text } = ordered([0, 2, 1, 3]);
  assert.ok(allowed);
  assert.is(text, "var f=o=>{var a=g(),d=1,{b,c}=o,e=c;return[a,b,c,d,e]}");
  checkEquivalent(TEXT, text, plan.orders, MODULE);
  assert.not.ok(ordered([1, 0, 2, 3]).allowed, "the call may change what the pattern reads");
  assert.not.ok(ordered([0, 2, 3, 1]).allowed, "e needs c");
  assert.throws(() =>
    checkEquivalent(TEXT, ordered([0, 2, 3, 1]).text, ordered([0, 2, 3, 1]).plan.orders, MODULE),
  );
});

test("the name search gives the variables of a pattern other names, and their properties another order", () => {
  const layout = layOut(TEXT, MODULE);
  const same = unchanged(layout);
  const properties = layout.choices.findIndex(({ name }) => name === "f: properties");
  const renamed = {
    names: same.names.map((name) => (name === "b" ? "q" : name)),
    orders: same.orders.with(properties, [1, 0]),
  };
  const text = render(layout, renamed);
  assert.is(text, "var f=o=>{var a=g(),{c,b:q}=o,d=1,e=c;return[a,q,c,d,e]}");
  checkEquivalent(TEXT, text, renamed.orders, MODULE);
  // A property that became another one is another program.
  assert.throws(
    () => checkEquivalent(TEXT, text.replace("b:q", "q"), renamed.orders, MODULE),
    /the property b became q/,
  );
});

test.run();
