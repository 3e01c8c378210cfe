/** A module's function declarations become arrow functions where that changes nothing. */
import * as assert from "uvu/assert";
import { dropBraces, toArrows } from "../../scripts/build/arrows.ts";
import { suite } from "../support/suite.ts";
import { assertPlaces, mapped } from "./mapped.ts";

const test = suite("function declarations of a module");

test("become arrow functions at the same place, inner ones too; other functions stay", async () => {
  const { code } = toArrows(
    await mapped(`
      function outer(a, b) {
        function inner() { return a + b; }
        return inner() + (function () { return this.c; }).call({ c: 1 });
      }
      export const sum = outer(1, 2);
    `),
  );
  assert.match(code, /var outer = \(a, b\) => \{/);
  assert.match(code, /var inner = \(\) => \{/);
  assert.match(code, "function() {");
  const { sum } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  assert.is(sum, 4);
});

test("keep their places in the source map", async () => {
  const source =
    "function first() {\n  return 1;\n}\nfunction second() { return first() + tail; }\nlet tail = 2;\n";
  assertPlaces(toArrows(await mapped(source)), source, ["tail = 2", "first() + tail"]);
});

const staying: [why: string, code: string][] = [
  ["uses this", "function f() { return () => this; } export { f };"],
  ["uses arguments", "function f() { return arguments.length; } export { f };"],
  ["is assigned", "function f() {} f = 1; export { f };"],
  ["is used above its place", "f(); function f() {} export { f };"],
  ["is async or a generator", "function* f() {} export { f };"],
  ["is async or a generator", "async function f() {} export { f };"],
  ["is called with new", "function F() {} export const f = new F();"],
];
for (const [why, code] of staying) {
  test(`one stays that ${why}: ${code}`, async () => {
    const input = await mapped(code);
    assert.is(toArrows(input).code, input.code);
  });
}

const braces: [before: string, after: string][] = [
  ["const f=()=>{const g=()=>{h()};return g}", "const f=()=>{const g=()=>h();return g}"],
  ["const f=()=>{go(a=>{b(),c()})}", "const f=()=>{go(a=>(b(),c()))}"],
  ["const f=()=>[()=>{({}).x()},()=>{({a:1})}]", "const f=()=>[()=>({}).x(),()=>({a:1})]"],
  ["const f=()=>[a=>{b(()=>{c(),d()})}]", "const f=()=>[a=>b(()=>(c(),d()))]"],
  ["const f=()=>{go(a=>{a=1})}", "const f=()=>{go(a=>a=1)}"],
];
for (const [before, after] of braces) {
  test(`loses the braces of inner functions: ${before}`, async () => {
    const map = (await mapped(before)).map;
    assert.is(dropBraces({ code: before, map }).code, after);
  });
}

const braced: [why: string, code: string][] = [
  ["is the module's own", "export const f=()=>{go()}"],
  ["is async", "const f=()=>{go(async()=>{b()})}"],
  ["has more than one statement", "const f=()=>{go(()=>{var b=1;b()})}"],
  ["has a statement that is no expression", "const f=()=>{go(()=>{throw 1})}"],
  ["has a directive", 'const f=()=>{go(()=>{"use strict"})}'],
];
for (const [why, code] of braced) {
  test(`keeps the braces of one that ${why}: ${code}`, async () => {
    const map = (await mapped(code)).map;
    assert.is(dropBraces({ code, map }).code, code);
  });
}

test.run();
