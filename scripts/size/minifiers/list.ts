/** Other minifiers, behind one interface. Each is asked for its best that keeps what the program does. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { type MinifyOptions, minify as uglify } from "uglify-js";
import type { Code } from "../../build/index.ts";
import { minifyOptions, runTerser } from "../../build/minify.ts";
import type { Target } from "../../config.ts";

/** Returns the minified text. Throws an Error when the minifier cannot read `code`, or is not installed. */
export type Minify = (target: Target, code: string) => Promise<string>;

export interface Minifier {
  name: string;
  /** The package that has to be installed beside the project's own; null for one of the project's own. */
  package: string | null;
  minify: Minify;
}

/** The command that installs the others. */
export const INSTALL = "npm i --no-package-lock --prefix scripts/size/minifiers";

const FOLDER = new URL("./", import.meta.url);
const require = createRequire(new URL("package.json", FOLDER));

/** True where `name` was installed by INSTALL. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(`${name}/package.json`, { paths: [fileURLToPath(FOLDER)] });
    return true;
  } catch {
    return false;
  }
}

const isOld = (target: Target): boolean => target.ecmaVersion === 3;
const isModule = (target: Target): boolean => target.format === "esm";

/** Runs a command with `input` on its stdin. */
function pipe(command: string, args: string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, (error, stdout, stderr) =>
      error ? reject(new Error(stderr.trim().split("\n")[0] || error.message)) : resolve(stdout),
    );
    child.stdin!.end(input);
  });
}

const withTerser: Minify = async (target, code) => {
  const map = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
  const input: Code = { code, map };
  return (await runTerser(target, input, minifyOptions(target))).code;
};

const withEsbuild: Minify = async (target, code) => {
  const result = await esbuild.transform(code, {
    minify: true,
    charset: "ascii",
    legalComments: "none",
    target: isOld(target) ? "es5" : `es${target.ecmaVersion}`,
    // No format: the text is already in an envelope of its own.
    ...(isModule(target) ? { format: "esm" as const } : {}),
  });
  return result.code.trim();
};

const withSwc: Minify = async (target, code) => {
  const swc = require("@swc/core");
  const ecma = isOld(target) ? 5 : target.ecmaVersion;
  const result = await swc.minify(code, {
    module: isModule(target),
    ecma,
    compress: { passes: 2, ecma, toplevel: true, ie8: isOld(target), unsafe: false },
    mangle: { toplevel: true, ie8: isOld(target) },
    format: { asciiOnly: true, ecma, comments: false },
  });
  return result.code;
};

const withOxc: Minify = async (target, code) => {
  const oxc = require("oxc-minify");
  const result = await oxc.minify(target.name, code, {
    module: isModule(target),
    compress: { target: isOld(target) ? "es2015" : `es${target.ecmaVersion}` },
    mangle: { toplevel: true },
    codegen: { asciiOnly: true, removeWhitespace: true },
  });
  if (result.errors?.length) throw new Error(result.errors[0].message);
  return result.code;
};

const withUglify: Minify = async (target, code) => {
  const { error, code: minified } = uglify(code, {
    ie: isOld(target),
    module: isModule(target),
    // With it, it takes the envelope off a script, and the SDK's names become global.
    toplevel: isModule(target),
    compress: minifyOptions(target).compress,
    mangle: { toplevel: isModule(target) },
    output: { ascii_only: true },
  } as MinifyOptions);
  if (error) throw new Error(error.message);
  return minified;
};

/** `SIMPLE` renames local names only; `ADVANCED` would rename the SDK's interface. */
const withClosure: Minify = (target, code) =>
  pipe(
    process.execPath,
    [
      require.resolve("google-closure-compiler/cli.js"),
      "--compilation_level=SIMPLE",
      `--language_out=${isOld(target) ? "ECMASCRIPT5" : `ECMASCRIPT_${target.ecmaVersion}`}`,
      "--language_in=ECMASCRIPT_NEXT",
      "--charset=US-ASCII",
      "--emit_use_strict=false",
      "--rewrite_polyfills=false",
      "--warning_level=QUIET",
      ...(isModule(target) ? ["--chunk_output_type=ES_MODULES", "--assume_function_wrapper=true"] : []),
    ],
    code,
  ).then((text) => text.trim().replace(/\n/g, ""));

const before =
  (first: Minify, second: Minify): Minify =>
  async (target, code) =>
    second(target, await first(target, code));

export const MINIFIERS: readonly Minifier[] = [
  { name: "terser", package: null, minify: withTerser },
  { name: "esbuild", package: null, minify: withEsbuild },
  { name: "swc", package: "@swc/core", minify: withSwc },
  { name: "oxc-minify", package: "oxc-minify", minify: withOxc },
  { name: "uglify-js", package: null, minify: withUglify },
  { name: "closure, simple", package: "google-closure-compiler", minify: withClosure },
  { name: "esbuild, then terser", package: null, minify: before(withEsbuild, withTerser) },
  { name: "swc, then terser", package: "@swc/core", minify: before(withSwc, withTerser) },
  { name: "oxc-minify, then terser", package: "oxc-minify", minify: before(withOxc, withTerser) },
  { name: "uglify-js, then terser", package: null, minify: before(withUglify, withTerser) },
  { name: "terser, then uglify-js", package: null, minify: before(withTerser, withUglify) },
  {
    name: "closure, then terser",
    package: "google-closure-compiler",
    minify: before(withClosure, withTerser),
  },
];
