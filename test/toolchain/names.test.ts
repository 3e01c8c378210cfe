/** Names belong to the build: a letter for each variable, and the same program whatever the letters are. */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import * as esbuild from "esbuild";
import * as assert from "uvu/assert";
import type { Code } from "../../scripts/build/artifact.ts";
import { checkSameProgram, completeNames, minify } from "../../scripts/build/minify.ts";
import { type Letters, readNames } from "../../scripts/build/names.ts";
import { rename } from "../../scripts/build/rename.ts";
import { transform } from "../../scripts/build/transform.ts";
import { findVariables } from "../../scripts/build/variables.ts";
import { ALL_JS, INDEX_MJS, PRODUCTION, TARGETS, type Target } from "../../scripts/config.ts";
import { searchNames, Template } from "../../scripts/size/name-search.ts";
import { suite } from "../support/suite.ts";

const test = suite("names");

/** `code`, as esbuild prints it, with a map that says where it was. */
async function mapped(code: string): Promise<Code> {
  const result = await esbuild.transform(code, { sourcemap: "external", sourcefile: "source.js" });
  return { code: result.code, map: result.map };
}

/** Throws unless the source map leads from each of `words`, in the text, to the same word in `source`. */
function assertPlaces({ code, map }: Code, source: string, words: readonly string[]): void {
  const trace = new TraceMap(map);
  for (const word of words) {
    const at = code.indexOf(word);
    const { line, column } = originalPositionFor(trace, {
      line: code.slice(0, at).split("\n").length,
      column: at - (code.lastIndexOf("\n", at) + 1),
    });
    assert.ok(source.split("\n")[line! - 1]!.slice(column!).startsWith(word), `${word} is mapped elsewhere`);
  }
}

const renamed = async (target: Target, code: string, letters: Letters): Promise<Code> => {
  const input = await mapped(code);
  return rename(input, findVariables(target, input.code), letters);
};

const entriesOf = (letters: Letters): string[] =>
  Object.entries(letters)
    .flatMap(([path, names]) => Object.keys(names).map((name) => `${path}: ${name}`))
    .sort();

for (const target of TARGETS) {
  test(`the committed table has each variable of ${target.name}, and no other`, async () => {
    const { code } = await transform(target, PRODUCTION);
    const variables = findVariables(target, code).variables.map(({ path, name }) => `${path}: ${name}`);
    assert.equal(entriesOf(readNames()[target.name]!), [...new Set(variables)].sort());
  });

  test(`a variable of ${target.name} that is renamed or added moves no other letter`, async () => {
    const input = await transform(target, PRODUCTION);
    const before = readNames()[target.name]!;
    // The first variable of the longest name, in all its places.
    const variables = findVariables(target, input.code).variables.filter(({ places: all }) =>
      all.every(({ shorthand }) => !shorthand),
    );
    const { name: old, places } = variables.reduce((one, other) =>
      other.name.length > one.name.length ? other : one,
    );
    const code = places
      .sort((one, other) => other.start - one.start)
      .reduce(
        (text, { start }) => `${text.slice(0, start)}onApproved${text.slice(start + old.length)}`,
        input.code,
      );
    const after = await completeNames(target, { ...input, code });
    const [path] = Object.entries(after).find(([, names]) => names.onApproved)!;
    for (const [place, names] of Object.entries(before)) {
      for (const [name, letter] of Object.entries(names))
        assert.is(after[place]![name], letter, `${place}: ${name}`);
    }
    assert.is(after[path]!.onApproved!.length, 1);
  });
}

test("a letter that would hide another variable is refused, and both are named", async () => {
  const code =
    "function outer(first) { var second = 1; return function () { return first + second; }; } outer(1);";
  const letters = (second: string): Letters => ({ top: { outer: "o" }, outer: { first: "a", second } });
  // "o" is free in there: outer is not used inside of itself.
  for (const free of ["b", "o"]) await renamed(ALL_JS, code, letters(free));
  const error = await renamed(ALL_JS, code, letters("a")).catch((thrown: Error) => thrown);
  assert.match((error as Error).message, '"first" of outer and "second" of outer cannot both be "a"');
});

test("the proof does not lean on the analysis: a name that means another variable is another program", async () => {
  const long = "export var run = (first, second) => [first, second];";
  await checkSameProgram(INDEX_MJS, "export var run = (a, b) => [a, b];", long);
  for (const wrong of ["(a, b) => [a, a]", "(a, b) => [b, a]", "(a, a) => [a, a]", "(a) => [a, b]"]) {
    const error = await checkSameProgram(INDEX_MJS, `export var run = ${wrong};`, long).catch(
      (thrown) => thrown,
    );
    assert.instance(error, Error, wrong);
  }
});

test("the parameter of a catch counts as a variable of the function around it", async () => {
  const code = "function outer(first) { try { first(); } catch (error) {} return first; } outer();";
  const letters = (error: string): Letters => ({ top: { outer: "o" }, outer: { first: "a", error } });
  await renamed(ALL_JS, code, letters("b"));
  const error = await renamed(ALL_JS, code, letters("a")).catch((thrown: Error) => thrown);
  assert.instance(error, Error);
});

test("a shorthand property keeps its key, and the map leads back to the source", async () => {
  const source = "function outer(first) {\n  return { first, other: first };\n}\nouter(1);\n";
  const input = await mapped(source);
  const result = rename(input, findVariables(INDEX_MJS, input.code), {
    top: { outer: "o" },
    outer: { first: "a" },
  });
  assert.match(result.code, "{ first:a, other: a }");
  assertPlaces(result, source, ["return", "other"]);
});

test("an exported name and a global stay; no variable may take theirs", async () => {
  const input = await mapped("export var e = (text) => t(text);");
  const program = findVariables(INDEX_MJS, input.code);
  assert.equal(
    program.variables.map(({ name }) => name),
    ["text"],
  );
  for (const letter of ["e", "t"]) {
    assert.throws(() => rename(input, program, { e: { text: letter } }), /a global/);
  }
});

test("names in a list of imports or exports stay", async () => {
  const { code } = await mapped(
    'import one, { two, three as four } from "x"; var five = one + two + four, six = five; export { six, five as seven };',
  );
  const { variables, globals } = findVariables(INDEX_MJS, code);
  assert.equal(variables, []);
  assert.equal([...globals].sort(), ["five", "four", "one", "six", "two"]);
});

test("properties keep their order, whatever their variables are called", async () => {
  const input = await mapped("export default (one, two) => ({ two, zero: 0, one, call() {} });");
  const { code } = await minify(INDEX_MJS, input, { function: { one: "b", two: "a" } });
  assert.match(code, "({two:a,zero:0,one:b,call(){}})");
});

test("the search renders what the build makes, and ends on a signal", async () => {
  for (const target of TARGETS) {
    const template = await Template.of(target);
    const committed = readNames()[target.name]!;
    const { code } = await minify(target, await transform(target, PRODUCTION), committed);
    assert.is(template.render(template.choiceOf(committed)), code);
  }
});

test("the search never makes what ships larger", async () => {
  let steps = 0;
  const { letters, before, best } = await searchNames(INDEX_MJS, {
    seed: 1,
    heat: 1,
    clock: () => steps++ / 40,
  });
  assert.ok(best <= before);
  assert.equal(entriesOf(letters), entriesOf(readNames()[INDEX_MJS.name]!));
  await minify(INDEX_MJS, await transform(INDEX_MJS, PRODUCTION), letters);
});

test.run();
