/** Names belong to the build: a letter for each variable, and the same program whatever the letters are. */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import * as esbuild from "esbuild";
import * as assert from "uvu/assert";
import { type Minified, minify } from "../../scripts/build/minify.ts";
import { type Letters, readNames } from "../../scripts/build/names.ts";
import { transform } from "../../scripts/build/transform.ts";
import { findVariables } from "../../scripts/build/variables.ts";
import { ALL_JS, INDEX_MJS, PRODUCTION, TARGETS, type Target } from "../../scripts/config.ts";
import { searchNames, templateOf } from "../../scripts/size/name-search.ts";
import { suite } from "../support/suite.ts";

const test = suite("names");

/** `code` minified with `letters`, and nothing rearranged. */
async function named(target: Target, code: string, letters: Letters): Promise<Minified> {
  const input = await esbuild.transform(code, { sourcemap: "external", sourcefile: "source.js" });
  return minify({ ...target, compress: { defaults: false } }, input, letters);
}

const entriesOf = (letters: Letters): string[] =>
  Object.entries(letters)
    .flatMap(([path, names]) => Object.keys(names).map((name) => `${path}: ${name}`))
    .sort();

for (const target of TARGETS) {
  test(`${target.name}: the table has each variable and no other; one that is renamed moves no other letter`, async () => {
    const input = await transform(target, PRODUCTION);
    const committed = readNames()[target.name]!;
    const { variables } = findVariables(target, input.code);
    assert.equal(entriesOf(committed), variables.map(({ path, name }) => `${path}: ${name}`).sort());

    const [longest] = variables
      .filter(({ places }) => places.every(({ shorthand }) => !shorthand))
      .sort((one, other) => other.name.length - one.name.length);
    const { path, name } = longest!;
    const code = input.code.replace(RegExp(`(?<![."'])\\b${name}\\b(?!["'])`, "g"), "onApproved");
    const { letters, taken } = await minify(target, { ...input, code }, committed);
    const letter = letters[path]!.onApproved!;
    assert.is(letter.length, 1);
    assert.equal(
      taken.map((one) => [one.path, one.name, one.letter]),
      [[path, "onApproved", letter]],
    );
    const expected = structuredClone(committed);
    expected[path]!.onApproved = letter;
    assert.equal(letters, expected);
  });

  test(`${target.name}: the search renders what the build makes, and no choice of its letters clashes`, async () => {
    const template = await templateOf(target);
    const input = await transform(target, PRODUCTION);
    let choice = template.randomChoice(Math.random);
    for (let step = 0; step < 200; step++) {
      choice = template.neighbour(choice, Math.random) ?? choice;
      if (step % 50) continue;
      const { code, taken } = await minify(target, input, template.lettersOf(choice));
      assert.equal(taken, []);
      assert.is(template.render(choice), code);
    }
    const committed = readNames()[target.name]!;
    assert.is(template.render(template.choiceOf(committed)), (await minify(target, input, committed)).code);
  });
}

test("a letter that would hide another variable, or a global, is given up for a free one", async () => {
  const code =
    "function outer(first) { try { global(); } catch (error) {} return function () { return first; }; } outer(1);";
  const take = async (error: string, first = "a"): Promise<string[]> => {
    const letters = { top: { outer: "o" }, outer: { first, error } };
    return (await named(ALL_JS, code.replace("global", "g"), letters)).taken.map(({ name }) => name);
  };
  // "o" is free in there: outer is not used inside of itself.
  for (const free of ["b", "o"]) assert.equal(await take(free), [], free);
  // The parameter of a catch counts as a variable of the function around it.
  assert.equal(await take("a"), ["error"]);
  assert.equal(await take("b", "g"), ["first"]);
});

test("a name that means another variable is another program, also where the analysis does not see it", async () => {
  const code = "function outer(first) { return arguments.length + first; } outer(1);";
  const letters = { top: { outer: "o" }, outer: { first: "arguments" } };
  const refused = await named(ALL_JS, code, letters).catch((thrown) => thrown);
  assert.match(refused.message, "names.json makes another program of all.js");
});

test("properties keep their keys and their order, and the map leads back to the source", async () => {
  const source = "export default (one, two) => ({ two, zero: 0, one, call() {} });";
  const { code, map } = await named(INDEX_MJS, source, { function: { one: "b", two: "a" } });
  assert.is(code, "export default(b,a)=>({two:a,zero:0,one:b,call(){}})");
  const column = (text: string): number => text.indexOf("zero");
  const place = originalPositionFor(new TraceMap(map), { line: 1, column: column(code) });
  assert.equal([place.line, place.column], [1, column(source)]);
});

test("names that a module imports or exports stay, and no variable may take them", () => {
  const { variables, globals } = findVariables(
    INDEX_MJS,
    `import one, { two, three as four } from "x"; var five = one + two + four, six = five; export { six, five as seven };
     export var eight = (text) => nine(text);`,
  );
  assert.equal(
    variables.map(({ name }) => name),
    ["text"],
  );
  assert.equal([...globals].sort(), ["eight", "five", "four", "nine", "one", "six", "two"]);
});

test("the search never makes what ships larger", async () => {
  let steps = 0;
  const clock = () => steps++ / 8;
  // So hot that it goes from bad to worse.
  const { letters, before, best } = await searchNames(INDEX_MJS, { seed: 1, heat: 1000, clock });
  assert.ok(best <= before);
  assert.equal(entriesOf(letters), entriesOf(readNames()[INDEX_MJS.name]!));
  const { taken } = await minify(INDEX_MJS, await transform(INDEX_MJS, PRODUCTION), letters);
  assert.equal(taken, []);
});

test.run();
