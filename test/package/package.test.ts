/** Tests the packed package: its files, linters, and every way to use it. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { login, openIndexMjs } from "../support/index-mjs.ts";
import { runProgram } from "../support/program.ts";
import { fencedCode } from "../support/snippets.ts";
import { suite } from "../support/suite.ts";

const test = suite("the npm package");

/** A project that has nothing but the package. */
const folder = mkdtempSync(join(tmpdir(), "package-"));
let tarball: string;
let packed: string[];

/** Runs a program in the project, or in `cwd`; gives what it prints. */
function run(program: string, args: string[], cwd = folder, env = {}): string {
  const { status, stdout, stderr } = runProgram(program, args, env, cwd);
  assert.is(status, 0, stdout + stderr);
  return stdout;
}

const installed = (...path: string[]): string => join(folder, "node_modules/stackexchange-auth", ...path);
const json = async (...path: string[]) => JSON.parse(await readFile(installed(...path), "utf8"));

test.before(async () => {
  await writeFile(join(folder, "package.json"), "{}");
  // A build's cache that it used would be there.
  const env = { BUILD_CACHE: join(folder, "build-cache") };
  const printed = run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], ROOT, env);
  // What prepack prints comes before.
  const [pack] = JSON.parse(printed.slice(printed.search(/^\[$/m)));
  tarball = join(folder, pack.filename);
  packed = pack.files.map(({ path }: { path: string }) => path);
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball]);
});
test.after(() => rmSync(folder, { recursive: true }));

test("holds exactly these files, built for the occasion, and from no cache", async () => {
  const dist = [
    ...["all.d.ts", "all.js", "all.js.map", "index.d.mts", "index.mjs", "index.mjs.map", "manifest.json"],
  ];
  const beside = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  assert.equal(packed.sort(), [...beside, ...dist.map((name) => `dist/${name}`)].sort());
  assert.equal((await readdir(installed("dist"))).sort(), dist);
  assert.not.ok(existsSync(join(folder, "build-cache")));
});

test("installs alone: no dependency, no script that runs at its users'", async () => {
  const others = (await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith("."));
  assert.equal(others, ["stackexchange-auth"]);
  const { dependencies, scripts, private: closed, engines } = await json("package.json");
  assert.is(dependencies, undefined);
  assert.is(closed, undefined, "private packages cannot be published");
  for (const name of ["preinstall", "install", "postinstall"]) assert.is(scripts[name], undefined, name);
  assert.is(engines.node, "^20.19.0 || >=22.12.0");
});

test("publint and are-the-types-wrong find nothing", async () => {
  const { messages } = await publint({ pkgDir: installed(), strict: true, pack: false });
  assert.equal(messages, []);
  // It exits 1 for each problem; attw.json says that the package is for import, not for require().
  const options = ["--format", "json", "--config-path", join(ROOT, "test/package/attw.json")];
  const { analysis } = JSON.parse(run(join(ROOT, "node_modules/.bin/attw"), [tarball, ...options]));
  assert.equal(Object.keys(analysis.entrypoints).sort(), [".", "./all.js", "./package.json"]);
});

test("the manifest has the hash for a script tag, and the maps say which source a place is from", async () => {
  const { files } = await json("dist/manifest.json");
  for (const name of ["all.js", "index.mjs"]) {
    const hash = createHash("sha384").update(await readFile(installed("dist", name)));
    assert.is(files[name].integrity, `sha384-${hash.digest("base64")}`);
    const map = await json("dist", `${name}.map`);
    assert.match(map.sources.join(), /src\/(all|index)\.ts$/);
    assert.match(map.sourcesContent.join(), "accessToken");
  }
});

const SERVERS: [file: string, text: string, printed: string][] = [
  [
    "import.mjs",
    `import * as module from "stackexchange-auth";
     const failure = await module.login().catch((error) => error);
     console.log(Object.keys(module).sort().join(), String(failure));`,
    "authenticate,init,login Error: needs init",
  ],
  // From the Node on that `engines` names.
  ["require.cjs", `console.log(typeof require("stackexchange-auth").login);`, "function"],
  ["import.cjs", `import("stackexchange-auth").then(({ login }) => console.log(typeof login));`, "function"],
];
for (const [file, text, printed] of SERVERS) {
  test(`a server uses it, and nothing throws: ${file}`, async () => {
    await writeFile(join(folder, file), text);
    assert.is(run(process.execPath, [file]).trim(), printed);
  });
}

test("the documents' React component renders on a server, where there is no location", async () => {
  const component = fencedCode("scripts/site/content/app.md").find(({ language }) => language === "tsx")!;
  const contents = `${component.text}
    import { renderToString } from "react-dom/server";
    console.log(renderToString(<SignIn onSession={() => {}} />));`;
  await build({
    stdin: { contents, loader: "tsx", resolveDir: ROOT },
    bundle: true,
    outfile: join(folder, "rendered.cjs"),
    platform: "node",
    jsx: "automatic",
    alias: { "stackexchange-auth": installed("dist/index.mjs") },
  });
  assert.match(run(process.execPath, ["rendered.cjs"]), /<button>Sign in /);
});

// A bundler believes `sideEffects` of package.json, or looks for itself.
for (const ignoreAnnotations of [false, true]) {
  test(`a bundle logs in, leaves an unused module out, and keeps the script that is imported for its effect; ${ignoreAnnotations}`, async () => {
    const bundled = async (contents: string): Promise<string> => {
      const stdin = { contents, resolveDir: folder };
      const options = { stdin, bundle: true, write: false, format: "iife", minify: true } as const;
      return (await build({ ...options, ignoreAnnotations })).outputFiles[0]!.text;
    };
    const use = `import { init, login } from "stackexchange-auth";
      globalThis.SE = { init, login, authenticate() {} };`;
    const client = await openIndexMjs({}, await bundled(use));
    client.init();
    const end = login(client, { scope: ["no_expiry"] });
    await client.answer("#access_token=bundled&state={state}");
    assert.is(end.value.accessToken, "bundled");

    assert.not.match(await bundled(`import { login } from "stackexchange-auth";`), /stackexchange\.com/);
    const { SE } = await openIndexMjs({}, await bundled(`import "stackexchange-auth/all.js";`));
    assert.equal([typeof SE.init, typeof SE.authenticate], ["function", "function"]);
  });
}

test("the addresses that CDNs serve by default are the hosted script, which runs in a plain script tag", async () => {
  const { jsdelivr, unpkg } = await json("package.json");
  assert.equal([jsdelivr, unpkg], ["./dist/all.js", "./dist/all.js"]);
  // A classic script: `import` and `export` would not parse.
  const client = await openIndexMjs({}, await readFile(installed(jsdelivr), "utf8"));
  client.init();
  const heard = client.authenticate();
  await client.answer("#access_token=tagged&state={state}");
  assert.is(heard.successes[0].accessToken, "tagged");
});

test.run();
