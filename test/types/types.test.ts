/** The declarations that the build makes: apps compile against them, or must not, and an editor shows their docstrings. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Project, ts } from "ts-morph";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { declarations } from "../../scripts/package/declarations.ts";
import { moduleUse, timeoutUse } from "../../scripts/site/snippets.ts";
import { runProgram } from "../support/program.ts";
import { fencedCode, type Snippet, WITH_CODE } from "../support/snippets.ts";
import { suite } from "../support/suite.ts";

const test = suite("types");

/** A project with the declarations in the package's place, and nothing else of it. */
const folder = mkdtempSync(join(tmpdir(), "types-"));
const place = join(folder, "node_modules/stackexchange-auth");

test.before(async () => {
  mkdirSync(join(place, "dist"), { recursive: true });
  const { name, type, exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  writeFileSync(join(place, "package.json"), JSON.stringify({ name, type, exports }));
  for (const [file, text] of await declarations()) writeFileSync(join(place, "dist", file), text);
  for (const name of ["react", "@types", "csstype"])
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  cpSync(join(ROOT, "test/types/consumer"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
});
test.after(() => rmSync(folder, { recursive: true }));

/**
 * What two compilers say of `files` as one program, in strict mode; "" when nothing: the oldest TypeScript that the types are for,
 * which comes with ts-morph, and the project's own.
 */
function compile(files: readonly string[], options: object = {}): string {
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    jsx: "react-jsx",
    // The declarations are looked at, too.
    skipLibCheck: false,
    noEmit: true,
    module: "esnext",
    moduleResolution: "bundler",
    ...options,
  };
  const config = join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  assert.match(ts.version, /^5\.4\./);
  const old = new Project({ tsConfigFilePath: config });
  const complaints = old.formatDiagnosticsWithColorAndContext(old.getPreEmitDiagnostics());
  return complaints + runProgram(join(ROOT, "node_modules/.bin/tsc"), ["-p", config]).stdout;
}

// The module's app by itself: the global that the others ask for must not reach it.
for (const file of ["module.ts", "global.ts", "side-effect.ts"]) {
  test(`an app compiles in strict mode, however its packages are found: ${file}`, () => {
    assert.is(compile([file]), "");
    assert.is(compile([file], { module: "nodenext", moduleResolution: "nodenext" }), "");
  });
}

test("the global's type comes by `types` of the compiler's options, too; the module has no default", () => {
  writeFileSync(join(folder, "page.ts"), "SE.authenticate({ success() {} });\n");
  assert.is(compile(["page.ts"], { types: ["stackexchange-auth/all.js"] }), "");
  // TypeScript 5.4 gives every declaration file a default that it may not have.
  writeFileSync(join(folder, "default.ts"), 'export { default } from "stackexchange-auth";\n');
  assert.match(compile(["default.ts"]), "no exported member 'default'");
});

const site: Snippet[] = [
  { place: "moduleUse", language: "ts", text: moduleUse },
  { place: "timeoutUse", language: "ts", text: `import { login } from "stackexchange-auth";\n${timeoutUse}` },
];
test("the TypeScript of the site and of the documents compiles in strict mode", () => {
  const snippets = [...site, ...WITH_CODE.flatMap(fencedCode)].filter(({ language }) =>
    /^tsx?$/.test(language),
  );
  assert.ok(snippets.length > site.length);
  const files = snippets.map(({ place, language, text }) => {
    const file = `${place.replace(/\W+/g, "-")}.${language}`;
    writeFileSync(join(folder, file), text);
    return file;
  });
  // React's declarations are for libraries that an app has, and not looked at here.
  assert.is(compile(files, { skipLibCheck: true }), "");
});

test("everything that an app can name has its docstring, and an editor shows one for each call and option", () => {
  const moduleTypes = readFileSync(join(place, "dist/index.d.mts"), "utf8");
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
  const program = new Project({ compilerOptions: options });
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
