/** Makes the files of the service worker: itself, and the SDK that it serves. */
import { join } from "node:path";
import { build } from "esbuild";
import { prepare } from "../../build/index.ts";
import { stamp } from "../../build/stamp.ts";
import { ROOT, TARGETS, type Tier } from "../../config.ts";
import { LANDING_JS, LOGIN_CSS } from "../../dev-tier/page-files.ts";
import { API, fileOf, LOGIN } from "./places.ts";

/** The dev tier's pages are built in. */
const PAGE_FILES = `export const LOGIN_CSS = ${JSON.stringify(LOGIN_CSS)};
export const LANDING_JS = ${JSON.stringify(LANDING_JS)};`;

/** The files by name. */
export async function workerFiles(buildNumber: string): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "scripts/site/worker/worker.ts")],
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
    plugins: [
      {
        name: "page-files",
        setup: ({ onLoad }) => onLoad({ filter: /page-files\.ts$/ }, () => ({ contents: PAGE_FILES })),
      },
    ],
  });
  const files = new Map([["worker.js", outputFiles[0]!.text]]);
  const tier: Tier = { name: "custom", loginOrigin: LOGIN, apiUrl: `${API}/2.0` };
  for (const target of TARGETS)
    files.set(fileOf(target.name), stamp(await prepare(target, { tier }), buildNumber).code);
  return files;
}
