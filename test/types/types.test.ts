/** The declarations that the build makes: the files in consumer/ compile against them, and would not against others. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { type Declarations, declarations, joinDeclarations } from "../../scripts/package/declarations.ts";
import { compileConsumers, emptyProject, type Project, RESOLUTIONS } from "../support/consumer.ts";
import { suite } from "../support/suite.ts";

const test = suite("types");

let made: Declarations;
test.before(async () => {
  made = await declarations();
});

/** A project with the declarations in the package's place, and nothing else of it. */
async function projectWith(files: Declarations): Promise<Project> {
  const project = await emptyProject();
  const folder = join(project.folder, "node_modules/stackexchange-auth");
  await mkdir(join(folder, "dist"), { recursive: true });
  const { name, type, exports } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, type, exports }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, "dist", file), text);
  return project;
}

for (const resolution of RESOLUTIONS) {
  test(`apps compile in strict mode, ${resolution}`, async () => {
    const project = await projectWith(made);
    assert.is(await compileConsumers(project.folder, resolution), "");
    await project.dispose();
  });
}

// The checks above can fail: each of these changes is one that somebody could make by mistake.
const mistakes: [what: string, from: string, to: string, complaint: RegExp][] = [
  [
    "an option that became optional",
    "clientId: number | string;",
    "clientId?: number | string;",
    /module\.ts.*Unused '@ts-expect-error'/,
  ],
  ["a result that became any", "networkUsers: NetworkUser[] | undefined", "networkUsers: any", /Unused/],
  ["a promise of nothing", "Promise<Session>", "Promise<void>", /Property 'accessToken' does not exist/],
  [
    "a login that no longer promises its accounts",
    "Promise<SessionWithUsers>",
    "Promise<Session>",
    /module\.ts.*'d\.networkUsers' is possibly 'undefined'/,
  ],
  [
    "an authenticate that no longer gives its accounts",
    "(session: SessionWithUsers) => void",
    "(session: Session) => void",
    /global\.ts.*'d\.networkUsers' is possibly 'undefined'/,
  ],
  ["a private name that became public", "export {};", "", /module\.ts.*Unused '@ts-expect-error'/],
  ["a callback with another argument", "(session: Session) => void", "(token: string) => void", /global\.ts/],
];
for (const [what, from, to, complaint] of mistakes) {
  test(`${what} is found`, async () => {
    const text = made["index.d.mts"];
    assert.match(text, from);
    const project = await projectWith({ ...made, "index.d.mts": text.replaceAll(from, to) });
    assert.match(await compileConsumers(project.folder, "bundler"), complaint);
    await project.dispose();
  });
}

test("the module's declarations stand alone", () => {
  assert.throws(
    () => joinDeclarations("", 'export * from "./sdk";\n'),
    /index\.d\.mts refers to another file/,
  );
  assert.not.match(made["index.d.mts"].replace(/\/\*[\s\S]*?\*\//g, ""), /\bimport\b/);
});

test("everything that an app can name has its docstring", () => {
  const text = made["index.d.mts"];
  const names = [...text.matchAll(/^export (?:declare )?(?:interface|type|const|function) (\w+)/gm)];
  assert.ok(names.length > 10);
  for (const { 1: name, index } of names) {
    assert.match(text.slice(0, index), /\*\/\n$/, `${name} has no docstring`);
  }
});

test.run();
