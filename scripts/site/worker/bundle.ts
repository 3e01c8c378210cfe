/** Makes the files of the service worker: itself, and the SDK that it serves. */
import { join } from "node:path";
import { build } from "esbuild";
import { prepare } from "../../build/index.ts";
import { stamp } from "../../build/stamp.ts";
import { ROOT, TARGETS, type Tier } from "../../config.ts";
import { LANDING_JS, LOGIN_CSS } from "../../dev-tier/page-files.ts";
import { API, fileOf, LOGIN } from "./places.ts";

export const WORKER = "worker.js";

/** The worker's text: the dev tier with its pages built in. */
async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "scripts/site/worker/worker.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    plugins: [
      {
        name: "page-files",
        setup({ onLoad }) {
          onLoad({ filter: /page-files\.ts$/ }, () => ({
            contents: `export const LOGIN_CSS = ${JSON.stringify(LOGIN_CSS)}; export const LANDING_JS = ${JSON.stringify(LANDING_JS)};`,
          }));
        },
      },
    ],
  });
  return outputFiles[0]!.text;
}

/** The files by name. */
export async function workerFiles(buildNumber: string): Promise<Map<string, string>> {
  const tier: Tier = { name: "custom", loginOrigin: LOGIN, apiUrl: `${API}/2.0` };
  const files = new Map([[WORKER, await bundleWorker()]]);
  for (const target of TARGETS)
    files.set(fileOf(target.name), stamp(await prepare(target, { tier }), buildNumber).code);
  return files;
}
