/** The parts of the size tools that need no build: the paths that can move a byte, the workflow, the chart. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { ROOT } from "../../scripts/config.ts";
import { draw } from "../../scripts/site/chart.ts";
import type { Entry } from "../../scripts/size/history.ts";
import { BYTE_PATHS } from "../../scripts/size/settings.ts";
import { suite } from "../support/suite.ts";

const test = suite("size tools, without a build");

test("every module that the build imports is among the paths that can move a byte", async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["scripts/build.ts"],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
  const inputs = Object.keys(metafile.inputs);
  assert.ok(inputs.includes("scripts/build/minify.ts"));
  for (const path of [...inputs, "src/all.ts", "package.json", "package-lock.json"])
    assert.ok(
      BYTE_PATHS.some((known) => path === known || path.startsWith(`${known}/`)),
      `${path} is in no BYTE_PATHS of scripts/size/settings.ts`,
    );
});

test("the workflow checks each push to main, whatever is pushed after it", () => {
  const workflow = readFileSync(join(ROOT, ".github/workflows/size.yml"), "utf8");
  const { group } = (parse(workflow) as { concurrency: { group: string } }).concurrency;
  assert.match(group, /github\.event_name == 'pull_request' && github\.ref \|\| github\.sha \}\}$/);
});

test("the chart: no script, both colour schemes, every entry, nothing of a reason left as markup", () => {
  const entry = (gzip: number, brotli: number, reason: string): Entry => ({
    ...{ commit: null, buildNumber: "1000", sizes: { "all.js": { raw: 2000, gzip, brotli } }, reason },
  });
  const svg = draw([entry(1327, 1119, "why"), entry(1226, 1018, '<script>alert("1")</script> & more')]);
  assert.not.match(svg, /<script|\son\w+=|href=/);
  assert.match(svg, "@media (prefers-color-scheme: dark)");
  assert.match(svg, "brotli 1018 B</text>");
  assert.match(svg, "Now: all.js 1226 B gzip, 1018 B brotli.");
  assert.is(svg.match(/<circle/g)?.length, 4);
});

test.run();
