/** A snippet of the documents run as a module, with other modules in the place of those that it imports. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** `modules`: the text of each module, by the name under which the snippet imports it. Gives what the snippet exports. */
export async function runSnippet(text: string, modules: Record<string, string>): Promise<object> {
  const { outputFiles } = await build({
    stdin: { contents: text },
    bundle: true,
    format: "esm",
    platform: "neutral",
    write: false,
    logLevel: "silent",
    plugins: [
      {
        name: "modules",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /./ }, ({ path }) => {
            if (!Object.hasOwn(modules, path)) throw new Error(`the snippet imports "${path}"`);
            return { path, namespace: "given" };
          });
          onLoad({ filter: /./, namespace: "given" }, ({ path }) => ({ contents: modules[path]! }));
        },
      },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), "snippet-"));
  try {
    const file = join(folder, "snippet.mjs");
    await writeFile(file, outputFiles[0]!.text);
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tests that a snippet writes, by their titles, in its order; they find each other on `globalThis`. */
export interface WrittenTests {
  tests: Map<string, (fixtures: any) => Promise<void>>;
  /** The text of a module whose `test` writes into `tests`, and whose `expect` is the one given. */
  module: string;
}

let count = 0;

export function writtenTests(expect: (actual: any) => object): WrittenTests {
  const tests: WrittenTests["tests"] = new Map();
  const key = `snippet tests ${count++}`;
  const test = (title: string, run: (fixtures: any) => Promise<void>) => tests.set(title, run);
  Object.assign(globalThis, { [key]: { test, expect } });
  return { tests, module: `export const { test, expect } = globalThis[${JSON.stringify(key)}];` };
}
