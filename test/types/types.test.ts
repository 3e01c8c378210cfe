/** The declarations that the build makes: the files in consumer/ compile against them, and would not against others. */

import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { type Declarations, declarations, joinDeclarations } from "../../scripts/package/declarations.ts";
import { moduleUse, timeoutUse } from "../../scripts/site/snippets.ts";
import {
  COMPILERS,
  compile,
  compileConsumers,
  emptyProject,
  type Project,
  RESOLUTIONS,
} from "../support/consumer.ts";
import { fencedCode, type Snippet, WITH_CODE } from "../support/snippets.ts";
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

for (const compiler of COMPILERS) {
  for (const resolution of RESOLUTIONS) {
    test(`apps compile in strict mode, ${resolution}, TypeScript ${compiler}`, async () => {
      const project = await projectWith(made);
      assert.is(await compileConsumers(project.folder, resolution, compiler), "");
      await project.dispose();
    });
  }
}

test("the global's type comes by `types` of the compiler's options, too", async () => {
  const project = await projectWith(made);
  await writeFile(join(project.folder, "page.ts"), "SE.authenticate({ success() {} });\n");
  const types = ["stackexchange-auth/all.js"];
  for (const compiler of COMPILERS) {
    assert.match(await compile(project.folder, ["page.ts"], "bundler", compiler), /'SE'/);
    assert.is(await compile(project.folder, ["page.ts"], "bundler", compiler, { types }), "", compiler);
  }
  await project.dispose();
});

// TypeScript 5.4 gives every declaration file a default that it may not have.
test("the module has no default", async () => {
  const project = await projectWith(made);
  await writeFile(join(project.folder, "app.ts"), 'export { default } from "stackexchange-auth";\n');
  assert.match(await compile(project.folder, ["app.ts"], "bundler"), "no exported member 'default'");
  await project.dispose();
});

/** Each piece is a file; what is no TypeScript is left out. */
async function compileSnippets(snippets: readonly Snippet[]): Promise<void> {
  const project = await projectWith(made);
  for (const name of ["react", "@types", "csstype"])
    await symlink(join(ROOT, "node_modules", name), join(project.folder, "node_modules", name));
  const files: string[] = [];
  for (const { language, text, place } of snippets.filter((snippet) => /^tsx?$/.test(snippet.language))) {
    const file = `${place.replace(/\W+/g, "-")}.${language}`;
    await writeFile(join(project.folder, file), text);
    files.push(file);
  }
  assert.ok(files.length > 0, "there is TypeScript");
  for (const compiler of COMPILERS) {
    // React's declarations are for libraries that an app has, and not looked at here.
    const found = await compile(project.folder, files, "bundler", compiler, { skipLibCheck: true });
    assert.is(found, "", `TypeScript ${compiler}`);
  }
  await project.dispose();
}

for (const document of WITH_CODE) {
  test(`the TypeScript in ${document} compiles in strict mode`, () => compileSnippets(fencedCode(document)));
}

test("the TypeScript of the site compiles in strict mode", () =>
  compileSnippets([
    { place: "moduleUse", language: "ts", text: moduleUse },
    {
      place: "timeoutUse",
      language: "ts",
      text: `import { login } from "stackexchange-auth";\n${timeoutUse}`,
    },
  ]));

// The checks above can fail: each of these changes is one that somebody could make by mistake.
const mistakes: [what: string, from: string, to: string, complaint: RegExp][] = [
  [
    "an option that became optional",
    "clientId: number | string;",
    "clientId?: number | string;",
    /module\.ts.*Unused '@ts-expect-error'/,
  ],
  [
    "a callback of the module's that is no longer given an AuthError",
    "error?: ((failure: AuthError) => void)",
    "error?: ((failure: Failure) => void)",
    /module\.ts.*Property 'message' does not exist/,
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
