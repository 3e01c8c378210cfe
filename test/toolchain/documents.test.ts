/** The documents are up to date: figures, tables, links, commands. None loads Stack Exchange's own script. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { BLOCKS, type Figures, fill, measureFigures } from "../../scripts/site/blocks.ts";
import { DOCUMENTS } from "../../scripts/site/figures.ts";
import { readReference } from "../../scripts/site/reference.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite<{ figures: Figures }>("documents", {} as { figures: Figures });

const ALL = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  ".github/SECURITY.md",
  ...readdirSync(join(ROOT, "scripts/site/content")).map((name) => `scripts/site/content/${name}`),
  "scripts/size/TRIED.md",
];
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");

test.before(async (context) => {
  context.figures = await measureFigures();
});

for (const name of DOCUMENTS) {
  test(`${name} has today's figures, and today's types`, ({ figures }) => {
    const is = read(name).split("\n");
    const shouldBe = fill(read(name), figures).split("\n");
    // The first line that differs: the whole text would fill the screen.
    const at = shouldBe.findIndex((line, index) => line !== is[index]);
    assert.is(is[at], shouldBe[at], `${name}:${at + 1} is out of date: npm run docs:figures`);
    assert.is(is.length, shouldBe.length);
  });
}

test("one byte or one day more is noticed, and every generated part is in a document", ({ figures }) => {
  const grown = structuredClone(figures);
  grown.sizes["all.js"]!.gzip++;
  grown.engines.date = "2099-01-01";
  for (const name of DOCUMENTS) assert.is.not(fill(read(name), grown), read(name), name);
  const shown = DOCUMENTS.map(read).join("\n");
  for (const block of Object.keys(BLOCKS)) assert.match(shown, `<!-- figures: ${block} -->`);
  throwsWith(() => fill("<!-- figures: nothing -->\n\n<!-- /figures -->", figures), 'named "nothing"');
});

test("the page for apps has a line for each message of a wrong call, in both sources", () => {
  const page = read("scripts/site/content/app.md");
  const thrown = ["src/all.ts", "src/index.ts"].flatMap((name) =>
    [...read(name).matchAll(/\b(?:missing\(|option\(options, )"([^"]+)"/g)].map(([, what]) => what!),
  );
  assert.ok(thrown.length > 8);
  for (const what of thrown)
    assert.match(page, what.endsWith("=") ? `| \`needs ${what}https://` : `| \`needs ${what}\` |`);
});

test("the types: overloads are one member, the general one first; @deprecated is a mark; each has a docstring", ({
  figures,
}) => {
  const source = `/** One. */ export interface One {
    /** Special. */ two(options: A): void;
    /** General. */ two(options: B): void;
    /** @deprecated Not needed. */ three?: string;
  }`;
  const [two, three] = readReference(source).interfaces[0]!.members;
  assert.is(two!.type, "(options: B) => void\n(options: A) => void");
  assert.equal(two!.doc, ["General.", "Special."]);
  assert.equal([two!.deprecated, three!.deprecated, three!.doc], [false, true, ["Not needed."]]);
  throwsWith(
    () => readReference(source.replace("/** @deprecated Not needed. */", "")),
    "One.three has no docstring",
  );
  assert.match(BLOCKS.init!(figures), "| `clientId` |");
  assert.not.match(BLOCKS.init!(figures), "`key`");
});

for (const name of ALL) {
  test(`${name}: every link leads somewhere, every file and command that it names is there`, () => {
    const text = read(name);
    const links = [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => target!);
    for (const target of links.filter((link) => !/^https:/.test(link)))
      assert.ok(existsSync(join(ROOT, dirname(name), target)), target);
    for (const [, path] of text.matchAll(/`((?:src|scripts|test)\/[\w./-]+)`/g))
      assert.ok(existsSync(join(ROOT, path!)), path);
    assert.not.match(text, 'src="https://api.stackexchange.com');
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, command] of text.matchAll(/npm run ([\w:]+)/g)) assert.ok(command! in scripts, command);
  });
}

test.run();
