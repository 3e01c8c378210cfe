/** A module's variables are exported where they are declared. */
import * as assert from "uvu/assert";
import { compile } from "../../scripts/build/compile.ts";
import { exportedNames, exportInPlace } from "../../scripts/build/exports.ts";
import { minify, minifyOptions } from "../../scripts/build/minify.ts";
import { INDEX_MJS, PRODUCTION } from "../../scripts/config.ts";
import { suite } from "../support/suite.ts";
import { assertPlaces, mapped } from "./mapped.ts";

const test = suite("exports of a module");

const moved: [before: string, after: string][] = [
  ["var a=1;export{a}", "export var a=1;"],
  ["var a=1,b=2,c=3;export{b,c}", "var a=1;export var b=2,c=3;"],
  ["var a=1,b=2,c=3;export{c,a}", "export var a=1;var b=2;export var c=3;"],
  ["let a=()=>b;const b=2;a();export{b}", "let a=()=>b;export const b=2;a();"],
];
for (const [before, after] of moved) {
  test(`${before} becomes ${after}`, async () => {
    const { map } = await mapped(before);
    assert.is(exportInPlace({ code: before, map }).code, after);
    const both = await Promise.all(
      [before, after].map((code) => import(`data:text/javascript,${encodeURIComponent(code)}`)),
    );
    assert.equal(Object.keys(both[1]!), Object.keys(both[0]!));
  });
}

const staying: [why: string, code: string][] = [
  ["gives another name", "var a=1;export{a as b}"],
  ["names a function", "function a(){}export{a}"],
  ["names a function and a variable", "var b=1;function a(){}export{a,b}"],
  ["passes on what is another module's", 'export{a}from"b"'],
  ["is empty", "var a=1;export{}"],
  ["is not there", "var a=1;export default a"],
];
for (const [why, code] of staying) {
  test(`a list stays that ${why}: ${code}`, async () => {
    const { map } = await mapped(code);
    assert.is(exportInPlace({ code, map }).code, code);
  });
}

test("keep their places in the source map", async () => {
  const source = "var one = 1, two = 2;\nvar three = 3;\nexport { two, three };\n";
  assertPlaces(exportInPlace(await mapped(source)), source, ["two =", "three ="]);
});

test("a minifier that chooses the names itself leaves those of the exports, so that there is no list either way", async () => {
  const input = await compile(INDEX_MJS, PRODUCTION);
  assert.equal(exportedNames(input).sort(), ["authenticate", "init", "login"]);
  const { code } = await minify(INDEX_MJS, input, minifyOptions(INDEX_MJS));
  assert.not.match(code, "export{");
  for (const name of exportedNames(input)) assert.match(code, new RegExp(`[ ,]${name}=`));
});

test.run();
