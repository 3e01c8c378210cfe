import vm from "node:vm";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import * as assert from "uvu/assert";
import { compile } from "../../scripts/build/compile.ts";
import { buildArtifact, type Code } from "../../scripts/build/index.ts";
import { minify, minifyOptions, unnamedOptions } from "../../scripts/build/minify.ts";
import { ALL_JS, devTier, PRODUCTION, TARGETS, type Target } from "../../scripts/config.ts";
import { applyEntry, applyPlan } from "../../scripts/size/names/apply.ts";
import { type Dialect, MODULE } from "../../scripts/size/names/ast.ts";
import { checkEquivalent } from "../../scripts/size/names/equivalence.ts";
import { layOut, type Move, type Plan, render, unchanged } from "../../scripts/size/names/layout.ts";
import { Random } from "../../scripts/size/names/random.ts";
import { compileFor, run } from "../../scripts/size/names/run.ts";
import { alphabet, firstPlan, neighbour } from "../../scripts/size/names/search.ts";
import {
  describePlan,
  dialectOf,
  type Entry,
  formatTable,
  readTable,
  shapeOf,
  TABLE_PATH,
} from "../../scripts/size/names/table.ts";
import { suite } from "../support/suite.ts";

const test = suite("size:names");

const OLD: Dialect = { module: false, jscript: true };
const MODERN: Dialect = { module: false, jscript: false };

/** Plans that are `steps` random steps away from each other. */
function* wander(code: string, dialect: Dialect, rounds: number, steps: number): Generator<[string, Plan]> {
  const layout = layOut(code, dialect);
  const random = new Random(7);
  const letters = alphabet(layout);
  let plan = firstPlan(layout);
  for (let round = 0; round < rounds; round++) {
    yield [render(layout, plan), plan];
    for (let step = 0; step < steps; step++) plan = neighbour(layout, plan, letters, random);
  }
}

/** Shadowing, recursion, catch parameters, a named function expression, lists in every position; it logs what it does. */
const PROGRAM = `log=(function(first,second){function note(what){out.push(what);return what}var out=[],one=note("one"),two=one+"!",three,four=note("four"),five=function inner(depth){return depth?inner(depth-1):"bottom"};function count(first){return first?count(first-1)+1:0}function pair(left,right){return left+"/"+right}try{nothing()}catch(error){out.push(error.name+one)}try{throw two}catch(second){out.push(second)}try{throw 1}catch(unused){}for(var index=0,length=2;index<length;index++)(function(index){out.push(index*length+(length==index?"same":"other"))})(index);if(second==first)return"never";three=typeof first=="string";out.push({first:first,second:note(two),third:3},count(3),five(2),three,pair("a","b"),pair(one,"c"));return JSON.stringify(out)})("f","s");`;

const result = (code: string): unknown => {
  const realm = vm.createContext({});
  vm.runInContext(code, realm);
  return realm.log;
};

test("hundreds of random plans leave a tricky program as it was", () => {
  // Property order shows in JSON, so it is read from sorted keys.
  const sorted = (text: unknown): string =>
    JSON.stringify(JSON.parse(String(text)), ["first", "second", "third"]);
  const plain = (text: unknown): string =>
    JSON.stringify(JSON.parse(String(text)).filter((item: unknown) => typeof item !== "object")) +
    sorted(text);
  const expected = plain(result(PROGRAM));
  const texts = new Set<string>();
  for (const [code, plan] of wander(PROGRAM, OLD, 300, 5)) {
    checkEquivalent(PROGRAM, code, plan.orders, OLD);
    assert.is(plain(result(code)), expected, code);
    texts.add(code);
  }
  assert.ok(texts.size > 290, `${texts.size} different texts`);
});

for (const target of TARGETS) {
  test(`random plans of ${target.name} are the same program`, async () => {
    const { code } = await minify(target, await compile(target, PRODUCTION), unnamedOptions(target));
    const layout = layOut(code, dialectOf(target));
    // Where it may, a property that is named like its value is written once.
    const once = target.ecmaVersion === 3 ? code : code.replace(/\b(\w+):\1(?=[,}])/g, "$1");
    assert.is(render(layout, unchanged(layout)), once);
    for (const [text, plan] of wander(code, dialectOf(target), 12, 40)) {
      checkEquivalent(code, text, plan.orders, dialectOf(target));
    }
  });
}

const refuses = (before: string, after: string, why: RegExp, dialect = OLD): void => {
  const { orders } = unchanged(layOut(before, dialect));
  assert.throws(() => checkEquivalent(before, after, orders, dialect), why);
};

test("the check refuses a name that hides another, a changed property, a taken global", () => {
  refuses(
    "(function(a){return function(b){return a+b}})()",
    "(function(a){return function(a){return a+a}})()",
    /another variable|something else/,
  );
  refuses("(function(a){return a.b})()", "(function(a){return a.a})()", /property b became a/);
  refuses("(function(a){return a+x})()", "(function(x){return x+x})()", /something else|another variable/);
  refuses("(function(a,b){return a+b})()", "(function(a,b){return b+a})()", /another variable/);
  refuses("(function(a){return a+1})()", "(function(a){return a+2})()", /1 became 2/);
  refuses("(function(a){return a(1)})()", "(function(a){return a(1,2)})()", /became/);
  refuses("(function(a){return{b:a}})()", "(function(a){return{a:a}})()", /property b became a/);
});

test("JScript's scopes are kept: the parameter of a catch, and the name of a function expression", () => {
  const withCatch = "(function(a){try{f()}catch(b){}return a})()";
  const hidden = withCatch.replace("catch(b)", "catch(a)");
  refuses(withCatch, hidden, /In JScript|in JScript/);
  checkEquivalent(withCatch, hidden, unchanged(layOut(withCatch, MODERN)).orders, MODERN);

  const named = "(function(a){var b=function c(d){return d?c(0):1};return a+b(1)})()";
  const leaked = named.replace(/\bc\b/g, "a");
  refuses(named, leaked, /in JScript/);
  checkEquivalent(named, leaked, unchanged(layOut(named, MODERN)).orders, MODERN);

  const outer = "(function(a){return function(){try{f()}catch(b){}return a}})()";
  refuses(outer, outer.replace("catch(b)", "catch(a)"), /in JScript/);

  // What the search may do is what the check allows.
  for (const code of [withCatch, named, outer]) {
    for (const [text, plan] of wander(code, OLD, 60, 1)) checkEquivalent(code, text, plan.orders, OLD);
  }
});

test("keys stay where a short form named the key and the value at once", () => {
  const code =
    "const key=1,other=({key})=>({key,other});export{key,other as second};export function kept(){}";
  const layout = layOut(code, MODULE);
  const names = layout.bindings.map(({ name }) => name);
  assert.not.ok(names.includes("kept"));
  const plan = firstPlan(layout);
  const text = render(layout, plan);
  checkEquivalent(code, text, plan.orders, MODULE);
  assert.match(text, /key:\w/);
  assert.match(text, /export\{\w as key,\w as second\}/);
});

test("a property whose value is named like it is written once where that is known, and keeps its place in the map", () => {
  const code = "const f=(a,b)=>({key:a,other:b,key2:a.key,[b]:a})";
  const layout = layOut(code, MODULE);
  assert.equal(
    layout.bindings.map(({ name }, index) => [name, [...layout.keys[index]!]]),
    [
      ["f", []],
      ["a", ["key"]],
      ["b", ["other"]],
    ],
  );
  const plan = { ...unchanged(layout), names: ["f", "key", "z"] };
  const moves: Move[] = [];
  const text = render(layout, plan, moves);
  assert.is(text, "const f=(key,z)=>({key,other:z,key2:key.key,[z]:key})");
  checkEquivalent(code, text, plan.orders, MODULE);
  for (const { start, end, to, name } of moves) {
    const was = code.slice(start, end);
    assert.ok(text.startsWith(name === null ? was : was === "a" ? "key" : "z", to), `${was} at ${to}`);
  }
  assert.ok(moves.some(({ start, name }) => code.startsWith("other:", start) && name === null));

  const old = "(function(a){return{key:a}})()";
  const named = layOut(old, OLD);
  assert.is(render(named, { ...unchanged(named), names: ["key"] }), "(function(key){return{key:key}})()");
});

test("calls keep their order, and assignments stay on their side of a call", () => {
  const code = `log=(function(){var out=[];function note(what){out.push(what,seen);return what}var seen=1,a=note("a"),free,b=note("b"),c=2,d=c;({x:note("x"),y:note("y"),z:3});return out.join()})();`;
  const expected = result(code);
  for (const [text] of wander(code, OLD, 200, 3)) assert.is(result(text), expected, text);
});

/** An entry for what the source is now. */
async function entryFor(target: Target): Promise<{ entry: Entry; unnamed: Code; input: Code }> {
  const input = await compileFor(target);
  const unnamed = await minify(target, input, unnamedOptions(target));
  const layout = layOut(unnamed.code, dialectOf(target));
  const plan = [...wander(unnamed.code, dialectOf(target), 2, 200)][1]![1];
  const found = { seed: 1, steps: 1, gzip: 0, brotli: 0 };
  return {
    entry: { fits: shapeOf(layout), found, compress: {}, ...describePlan(layout, plan) },
    unnamed,
    input,
  };
}

test("the table's names are applied, and the source map still leads to the same places", async () => {
  const { entry, unnamed, input } = await entryFor(ALL_JS);
  const applied = applyEntry(ALL_JS, unnamed, entry)!;
  assert.is((await minify(ALL_JS, input, undefined, entry)).code, applied.code);

  // Each string stands once or more; the nth one must lead to where the same one led before.
  const places = ({ code, map }: Code): string[] => {
    const trace = new TraceMap(map);
    return [...code.matchAll(/"[a-z_&=?A-Z ]{4,}"|\.[a-zA-Z]{4,}/g)]
      .map(({ 0: text, index }) => {
        const { line, column } = originalPositionFor(trace, { line: 1, column: index });
        return `${text} ${line}:${column}`;
      })
      .sort();
  };
  const before = places(unnamed);
  assert.ok(before.length > 50);
  assert.equal(places(applied), before);

  // Names lead to the names in the source.
  const trace = new TraceMap(applied.map);
  const sources = trace.sourcesContent!.map((source) => source!.split("\n"));
  const layout = layOut(applied.code, dialectOf(ALL_JS));
  let named = 0;
  for (const { offsets } of layout.bindings) {
    for (const offset of offsets) {
      const { name, line, column, source } = originalPositionFor(trace, { line: 1, column: offset });
      if (!name) continue;
      const text = sources[trace.sources.indexOf(source!)]![line! - 1]!.slice(column!);
      if (text.startsWith(name.replace(/\d+$/, ""))) named++;
    }
  }
  assert.ok(named > 100, `${named} names lead to the source`);
});

test("the table fits every tier", async () => {
  const { entry } = await entryFor(ALL_JS);
  const unnamed = await minify(ALL_JS, await compile(ALL_JS, devTier()), unnamedOptions(ALL_JS));
  assert.ok(applyEntry(ALL_JS, unnamed, entry));
});

test("a table for another source is ignored with a warning that names the command", async () => {
  const { entry, input } = await entryFor(ALL_JS);
  const said: string[] = [];
  const { error } = console;
  console.error = (line: string) => said.push(line);
  try {
    const code = (await minify(ALL_JS, input, undefined, { ...entry, fits: "0123456789abcdef" })).code;
    assert.is(code, (await minify(ALL_JS, input, minifyOptions(ALL_JS))).code);
  } finally {
    console.error = error;
  }
  assert.is(said.length, 1);
  assert.match(said[0]!, /names\.json no longer fits all\.js.*npm run size:names/);
});

test("a table that asks for what is not allowed does not fit", async () => {
  const { entry, unnamed } = await entryFor(ALL_JS);
  const scope = Object.keys(entry.names).find((name) => Object.keys(entry.names[name]!).length > 3)!;
  const [one, other] = Object.keys(entry.names[scope]!) as [string, string];
  const clash = structuredClone(entry);
  clash.names[scope]![one] = clash.names[scope]![other]!;
  assert.is(applyEntry(ALL_JS, unnamed, clash), null);
  const taken = structuredClone(entry);
  taken.names[scope]![one] = "Error";
  assert.is(applyEntry(ALL_JS, unnamed, taken), null);
  const incomplete = structuredClone(entry);
  delete incomplete.names[scope]![one];
  assert.is(applyEntry(ALL_JS, unnamed, incomplete), null);
});

test("a plan that is wrong all the same does not leave the build", async () => {
  const { unnamed } = await entryFor(ALL_JS);
  const plan = unchanged(layOut(unnamed.code, dialectOf(ALL_JS)));
  assert.throws(
    () => applyPlan(ALL_JS, unnamed, { ...plan, names: plan.names.map(() => "x") }),
    (error: Error) => /renaming went wrong|has already been declared|Identifier/.test(error.message),
  );
});

const SMALL: Code = {
  code: `window.SE=function(first,second){function helper(value){return value+first+"@@BuildNumber@@"}return{init:function(options){return helper(options.name)},authenticate:function(options){return helper(options.scope)+second}}}(1,2);`,
  map: JSON.stringify({ version: 3, sources: ["x"], names: [], mappings: "" }),
};

test("the same seed and steps find the same table; a better committed one is kept", async () => {
  const options = {
    seed: 3,
    steps: 120,
    heat: 1,
    clock: () => 0,
    continues: false,
    numbers: ["1"],
    progress: () => {},
  };
  const one = await run(ALL_JS, SMALL, options);
  const again = await run(ALL_JS, SMALL, options);
  assert.equal(one.entry, again.entry);
  assert.not.ok(one.kept);
  assert.ok(one.after.worst.gzip <= one.before.worst.gzip);
  const kept = await run(ALL_JS, SMALL, { ...options, steps: 1, committed: one.entry });
  assert.ok(kept.kept);
  assert.equal(kept.entry, one.entry);
});

test("a search that is stopped ends at once, with something that can be used", async () => {
  const { entry } = await run(ALL_JS, SMALL, {
    seed: 1,
    steps: 1e6,
    clock: () => 1,
    continues: false,
    numbers: ["1"],
    progress: () => {},
  });
  assert.ok(await minify(ALL_JS, SMALL, undefined, entry));
});

test("the committed table is written as the search writes it", async () => {
  const { readFile } = await import("node:fs/promises");
  assert.is(formatTable(readTable()), await readFile(TABLE_PATH, "utf8"));
});

test("what is built is what the committed table says, or terser's own choice", async () => {
  for (const target of TARGETS) {
    const artifact = await buildArtifact(target, { tier: PRODUCTION, buildNumber: "1" });
    assert.ok(artifact.code.length > 0);
  }
});

test.run();
