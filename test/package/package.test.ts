/** Tests the packed package: its files, linters, and every way to use it. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { publint } from "publint";
import { rollup } from "rollup";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { compileConsumers, emptyProject, type Project, RESOLUTIONS } from "../support/consumer.ts";
import { login, openIndexMjs } from "../support/index-mjs.ts";
import { fencedCode } from "../support/snippets.ts";
import { suite } from "../support/suite.ts";
import { packPackage } from "./pack.ts";

const run = promisify(execFile);
const test = suite("the npm package");

let tarball: string;
let packed: string[];
let project: Project;

test.before(async () => {
  project = await emptyProject();
  ({ tarball, files: packed } = await packPackage(project.folder));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: project.folder });
});
test.after(() => project?.dispose());

const installed = (...path: string[]): string =>
  join(project.folder, "node_modules/stackexchange-auth", ...path);

test("holds exactly these files", async () => {
  assert.equal(packed.sort(), [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "dist/all.d.ts",
    "dist/all.js",
    "dist/all.js.map",
    "dist/index.d.mts",
    "dist/index.mjs",
    "dist/index.mjs.map",
    "dist/manifest.json",
    "package.json",
  ]);
  const inDist = packed.filter((path) => path.startsWith("dist/")).map((path) => path.slice(5));
  assert.equal((await readdir(installed("dist"))).sort(), inDist.sort());
});

test("is built for the occasion, and from no cache", () => {
  assert.not.ok(existsSync(join(project.folder, "build-cache")));
});

test("installs alone: no dependency, no script that runs at its users'", async () => {
  assert.equal(await readdir(join(project.folder, "node_modules")).then(visible), ["stackexchange-auth"]);
  const {
    dependencies,
    scripts,
    private: closed,
  } = JSON.parse(await readFile(installed("package.json"), "utf8"));
  assert.is(dependencies, undefined);
  assert.is(closed, undefined, "private packages cannot be published");
  for (const name of ["preinstall", "install", "postinstall"]) assert.is(scripts[name], undefined, name);
});

const visible = (names: string[]): string[] => names.filter((name) => !name.startsWith("."));

test("publint has nothing to say, strictly", async () => {
  const { messages } = await publint({ pkgDir: installed(), strict: true, pack: false });
  assert.equal(messages, []);
});

test("are-the-types-wrong finds nothing", async () => {
  // It exits 1 for each problem; attw.json says that the package is for import, not for require().
  const { stdout } = await run(
    join(ROOT, "node_modules/.bin/attw"),
    [tarball, "--format", "json", "--config-path", "test/package/attw.json"],
    { cwd: ROOT },
  );
  const { analysis } = JSON.parse(stdout);
  assert.equal(Object.keys(analysis.entrypoints).sort(), [".", "./all.js", "./package.json"]);
});

test("Node imports the module, and a server's import throws nothing", async () => {
  const file = join(project.folder, "server.mjs");
  await writeFile(
    file,
    `import * as module from "stackexchange-auth";
     const failure = await module.login().catch((error) => error);
     console.log(Object.keys(module).sort().join(), String(failure));`,
  );
  const { stdout } = await run(process.execPath, [file]);
  assert.is(stdout.trim(), "authenticate,init,login Error: needs init");
});

test("the manifest has the hash for a script tag, and the maps say which source a place is from", async () => {
  const { files } = JSON.parse(await readFile(installed("dist/manifest.json"), "utf8"));
  for (const name of ["all.js", "index.mjs"]) {
    const hash = createHash("sha384")
      .update(await readFile(installed("dist", name)))
      .digest("base64");
    assert.is(files[name].integrity, `sha384-${hash}`);
    const map = JSON.parse(await readFile(installed("dist", `${name}.map`), "utf8"));
    assert.match(map.sources.join(), /src\/(all|index)\.ts$/);
    assert.match(map.sourcesContent.join(), "accessToken");
  }
});

test("require() of the module works from the Node on that engines names", async () => {
  const file = join(project.folder, "required.cjs");
  await writeFile(file, `console.log(typeof require("stackexchange-auth").login);`);
  const { stdout } = await run(process.execPath, [file]);
  assert.is(stdout.trim(), "function");
  const { engines } = JSON.parse(await readFile(installed("package.json"), "utf8"));
  assert.is(engines.node, "^20.19.0 || >=22.12.0");
});

test("the documents' React component renders on a server, where there is no location", async () => {
  const component = fencedCode("scripts/site/content/app.md").find(({ language }) => language === "tsx")!;
  const { outputFiles } = await build({
    stdin: {
      contents: `${component.text}
        import { renderToString } from "react-dom/server";
        console.log(renderToString(<SignIn onSession={() => {}} />));`,
      loader: "tsx",
      resolveDir: ROOT,
    },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    jsx: "automatic",
    alias: { "stackexchange-auth": installed("dist/index.mjs") },
  });
  const file = join(project.folder, "rendered.cjs");
  await writeFile(file, outputFiles[0]!.text);
  const { stdout } = await run(process.execPath, [file]);
  assert.match(stdout, /<button>Sign in /);
});

test("a CommonJS server imports it, too", async () => {
  const file = join(project.folder, "server.cjs");
  await writeFile(file, `import("stackexchange-auth").then((module) => console.log(typeof module.login));`);
  const { stdout } = await run(process.execPath, [file]);
  assert.is(stdout.trim(), "function");
});

/** An app in the project, as a bundler sees it. */
async function app(name: string, text: string): Promise<string> {
  await mkdir(join(project.folder, "app"), { recursive: true });
  const file = join(project.folder, "app", name);
  await writeFile(file, text);
  return file;
}

/** Resolves names as Node does; Rollup by itself knows files alone. */
const nodeResolution = {
  name: "node-resolution",
  resolveId: (name: string, importer?: string) =>
    importer && /^[a-z]/.test(name) ? createRequire(importer).resolve(name) : null,
};

const bundlers: Record<string, (entry: string) => Promise<string>> = {
  async esbuild(entry) {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "iife",
      minify: true,
    });
    return outputFiles[0]!.text;
  },
  async rollup(entry) {
    const bundle = await rollup({
      input: entry,
      plugins: [nodeResolution],
      onwarn(warning) {
        // What a bundle that shakes away whole is: asked for in a test below.
        if (warning.code !== "EMPTY_BUNDLE") throw new Error(warning.message);
      },
    });
    const { output } = await bundle.generate({ format: "iife" });
    return output[0].code;
  },
};

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`${name} bundles the module, and the bundle logs in`, async () => {
    const entry = await app(
      "login.js",
      `import { init, login } from "stackexchange-auth";
       globalThis.SE = { init, login, authenticate() {} };`,
    );
    const client = await openIndexMjs({}, await bundle(entry));
    client.init();
    const end = login(client, { scope: ["no_expiry"] });
    await client.answer("#access_token=bundled&state={state}");
    assert.is(end.value.accessToken, "bundled");
  });

  test(`${name} leaves out a module that nothing is used of`, async () => {
    const unused = await app("unused.js", `import { login } from "stackexchange-auth";`);
    assert.not.match(await bundle(unused), /stackexchange\.com/);
  });

  test(`${name} keeps the hosted script that is imported for its effect`, async () => {
    const entry = await app("script.js", `import "stackexchange-auth/all.js";`);
    const { SE } = await openIndexMjs({}, await bundle(entry));
    assert.type(SE.init, "function");
    assert.type(SE.authenticate, "function");
  });
}

for (const resolution of RESOLUTIONS) {
  test(`apps in TypeScript compile against it, ${resolution}`, async () => {
    assert.is(await compileConsumers(project.folder, resolution), "");
  });
}

test("the addresses that CDNs serve by default are the hosted script, which runs in a plain script tag", async () => {
  const { jsdelivr, unpkg } = JSON.parse(await readFile(installed("package.json"), "utf8"));
  assert.equal([jsdelivr, unpkg], ["./dist/all.js", "./dist/all.js"]);
  const text = await readFile(installed(jsdelivr), "utf8");
  // A classic script: `import` and `export` would not parse.
  const client = await openIndexMjs({}, text);
  client.init();
  const heard = client.authenticate();
  await client.answer("#access_token=tagged&state={state}");
  assert.is(heard.successes[0].accessToken, "tagged");
});

test.run();
