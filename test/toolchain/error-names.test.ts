/**
 * The names of errors in each place: what the SDK sends, what the types promise, what the documents say.
 *
 * The type ErrorName takes any string, because the API may send any, so the compiler notices no name that was forgotten.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT, TARGETS } from "../../scripts/config.ts";
import { readReference } from "../../scripts/site/reference.ts";
import { suite } from "../support/suite.ts";

const test = suite("error names");

const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const { errors, scopes, interfaces } = readReference();
const KNOWN = errors.map(({ name }) => name);

/** Names have an underscore: that is what tells them from other words. */
const NAME = "[a-z]+(?:_[a-z]+)+";

/** What is generated from the types is compared with them elsewhere, as a whole. */
const GENERATED = /<!-- figures: [\s\S]*?<!-- \/figures -->/g;

const findAll = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name]) => name!)),
];

/** A string that is a name, or an answer of the SDK's own that holds one; but no parameter that it asks an answer for. */
const sentBy = (source: string): string[] =>
  findAll(source, new RegExp(`(?<!(?:value|get)\\()"(?:&error=)?(${NAME})["&]`, "g"));

for (const { entry } of TARGETS) {
  test(`what ${entry} sends is what src/types.ts has under "The SDK's own", no more and no less`, () => {
    const sent = sentBy(read(entry));
    const own = errors.filter(({ group }) => group === "The SDK's own").map(({ name }) => name);
    const lacking = sent.filter((name) => !own.includes(name));
    const left = own.filter((name) => !sent.includes(name));
    assert.ok(sent.length > 0, `no name was found in ${entry}`);
    assert.equal(lacking, [], `src/types.ts lacks what ${entry} sends: ${lacking.join(", ")}`);
    assert.equal(left, [], `src/types.ts has what ${entry} never sends: ${left.join(", ")}`);
  });
}

test("names are found in each way in which a source may write them, and parameters are none", () => {
  const source = `fail("popup_one"); name || "other_error"; data = "&error=popup_two&state="; value("access_token"); data.get("error_description");`;
  assert.equal(sentBy(`${source} url = "&client_id=" + id + "/login_success?a=";`), [
    "popup_one",
    "other_error",
    "popup_two",
  ]);
});

/** Words of the protocol that are written like names. A scope, or a field of an account, is one too. */
const NO_ERRORS = [
  ...["access_token", "client_id", "redirect_uri", "has_more"],
  ...["error_name", "error_message", "error_description"],
  ...scopes.names,
  ...interfaces.flatMap(({ members }) => members.map(({ name }) => name)),
];

const MARKDOWN = [
  ...["README.md", "CHANGELOG.md", ".github/SECURITY.md"],
  // The page for whoever runs a CDN names settings of web servers, and no error.
  ...readdirSync(join(ROOT, "scripts/site/content"))
    .filter((name) => name.endsWith(".md") && name !== "cdn.md")
    .map((name) => `scripts/site/content/${name}`),
];

const PLACES: [name: string, pattern: RegExp][] = [
  ...MARKDOWN.map((name): [string, RegExp] => [name, new RegExp(`\`(${NAME})\``, "g")]),
  ["scripts/site/page/promises.js", new RegExp(`"(${NAME})"`, "g")],
];

for (const [place, pattern] of PLACES) {
  test(`${place} names no error that src/types.ts does not know`, () => {
    const unknown = findAll(read(place).replace(GENERATED, ""), pattern).filter(
      (name) => !KNOWN.includes(name) && !NO_ERRORS.includes(name),
    );
    assert.equal(
      unknown,
      [],
      `${place}: ${unknown.join(", ")} is no name in src/types.ts; what is no error's name belongs in NO_ERRORS of this test`,
    );
  });
}

test.run();
