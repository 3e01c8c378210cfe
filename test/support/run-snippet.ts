/** Runs the code of the documents, with other modules and globals in the place of those that it uses. */
import { build } from "esbuild";

/** `modules`: the text of each module, by the name under which the snippet imports it. Gives what the snippet exports. */
export async function runSnippet(
  text: string,
  modules: Record<string, string>,
  globals: Record<string, unknown> = {},
): Promise<any> {
  const { outputFiles } = await build({
    stdin: { contents: text },
    bundle: true,
    format: "iife",
    globalName: "snippet",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "modules",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /./ }, ({ path }) => ({ path, namespace: "given" }));
          onLoad({ filter: /./, namespace: "given" }, ({ path }) => ({ contents: modules[path] }));
        },
      },
    ],
  });
  return new Function(...Object.keys(globals), `${outputFiles[0]!.text}\nreturn snippet;`)(
    ...Object.values(globals),
  );
}

/** The module of a test runner, for a snippet that `testsOf` runs. */
export const RUNNER = "export const { test, expect } = runner;";

/** The tests that a snippet writes, by their titles, in its order; `expect` is what they expect with. */
export async function testsOf(
  text: string,
  modules: Record<string, string>,
  expect: (actual: any) => object,
  globals: Record<string, unknown> = {},
): Promise<Map<string, (fixtures?: object) => Promise<void>>> {
  const tests = new Map();
  const runner = { expect, test: (title: string, run: () => Promise<void>) => tests.set(title, run) };
  await runSnippet(text, modules, { runner, ...globals });
  return tests;
}
