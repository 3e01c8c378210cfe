/** The declarations that the build makes: apps compile against them, or must not, and an editor shows their docstrings. */
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Project as Program, ts } from "ts-morph";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { declarations } from "../../scripts/package/declarations.ts";
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

/** A project with the declarations in the package's place, and nothing else of it. */
let project: Project;
let folder: string;
let moduleTypes: string;

test.before(async () => {
  project = await emptyProject();
  folder = project.folder;
  const place = join(folder, "node_modules/stackexchange-auth");
  await mkdir(join(place, "dist"), { recursive: true });
  const { name, type, exports } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  await writeFile(join(place, "package.json"), JSON.stringify({ name, type, exports }));
  for (const [file, text] of await declarations()) await writeFile(join(place, "dist", file), text);
  moduleTypes = await readFile(join(place, "dist/index.d.mts"), "utf8");
  for (const name of ["react", "@types", "csstype"])
    await symlink(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
});
test.after(() => project.dispose());

for (const compiler of COMPILERS) {
  for (const resolution of RESOLUTIONS) {
    test(`apps compile in strict mode, ${resolution}, TypeScript ${compiler}`, async () => {
      assert.is(await compileConsumers(folder, resolution, compiler), "");
    });
  }
}

test("the global's type comes by `types` of the compiler's options, too; the module has no default", async () => {
  await writeFile(join(folder, "page.ts"), "SE.authenticate({ success() {} });\n");
  const types = ["stackexchange-auth/all.js"];
  for (const compiler of COMPILERS) {
    assert.match(await compile(folder, ["page.ts"], "bundler", compiler), /'SE'/);
    assert.is(await compile(folder, ["page.ts"], "bundler", compiler, { types }), "", compiler);
  }
  // TypeScript 5.4 gives every declaration file a default that it may not have.
  await writeFile(join(folder, "default.ts"), 'export { default } from "stackexchange-auth";\n');
  assert.match(await compile(folder, ["default.ts"], "bundler"), "no exported member 'default'");
});

const site: Snippet[] = [
  { place: "moduleUse", language: "ts", text: moduleUse },
  { place: "timeoutUse", language: "ts", text: `import { login } from "stackexchange-auth";\n${timeoutUse}` },
];
for (const [where, snippets] of [
  ["the site", site],
  ...WITH_CODE.map((name) => [name, fencedCode(name)] as const),
] as const) {
  test(`the TypeScript of ${where} compiles in strict mode`, async () => {
    const files: string[] = [];
    for (const { language, text, place } of snippets.filter((snippet) => /^tsx?$/.test(snippet.language))) {
      files.push(`${place.replace(/\W+/g, "-")}.${language}`);
      await writeFile(join(folder, files.at(-1)!), text);
    }
    assert.ok(files.length > 0, "there is TypeScript");
    // React's declarations are for libraries that an app has, and not looked at here.
    for (const compiler of COMPILERS)
      assert.is(await compile(folder, files, "bundler", compiler, { skipLibCheck: true }), "", compiler);
  });
}

test("everything that an app can name has its docstring, and an editor shows one for each call and option", async () => {
  const names = [...moduleTypes.matchAll(/^export (?:declare )?(?:interface|type|const|function) (\w+)/gm)];
  assert.ok(names.length > 10);
  for (const { 1: name, index } of names)
    assert.match(moduleTypes.slice(0, index), /\*\/\n$/, `${name} has no docstring`);

  const app = `import { authenticate, init, login } from "stackexchange-auth";
init({ clientId: 1, channelUrl: "/blank" });
login({ networkUsers: true });
login();
authenticate({ success() {}, error() {}, networkUsers: true });
authenticate({ success() {}, scope: [] });
`;
  const options = {
    strict: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const program = new Program({ compilerOptions: options });
  const path = program.createSourceFile(join(folder, "app.ts"), app).getFilePath();
  const service = program.getLanguageService().compilerObject;
  const words = [...app.matchAll(/\w+(?=[(:])/g)];
  assert.is(words.length, 5 + 8);
  for (const { 0: word, index } of words) {
    const shown = ts.displayPartsToString(service.getQuickInfoAtPosition(path, index)?.documentation ?? []);
    assert.ok(shown, `${word} has no docstring`);
    // Nothing of the browsers that only the hosted script is for.
    assert.not.match(shown, /\bIE\b|\bSE\b/, word);
  }
});

test.run();
