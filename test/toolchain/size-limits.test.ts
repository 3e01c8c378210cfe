/** The parts of the gate that need no build: the rows, and the paths that can move a byte. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { ROOT } from "../../scripts/config.ts";
import { draw } from "../../scripts/site/chart.ts";
import type { Entry } from "../../scripts/size/history.ts";
import { compareRows, isShrink, parseRows, type Row } from "../../scripts/size/limits.ts";
import { BYTE_PATHS } from "../../scripts/size/settings.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite("limits");

test("rows differ in either direction, when one is missing on a side, and when one weighs another file", () => {
  const row = (name: string, bytes = 10): Row => ({ name, path: name, limit: `${bytes} B`, brotli: false });
  const committed = [row("a"), row("b"), row("c"), { ...row("d"), brotli: true as never }, row("same")];
  const figures = { a: 11, b: 9, d: 10, e: 5, same: 10 };
  const differences = compareRows(
    [...committed, { ...row("f"), path: "elsewhere" }],
    Object.entries({ ...figures, f: 10 }).map(([name, limit]) => ({
      ...{ name, path: name, limit, content: Buffer.alloc(0) },
    })),
  );
  assert.equal(differences, [
    { name: "a", limit: 10, size: 11 },
    { name: "b", limit: 10, size: 9 },
    { name: "d", limit: null, size: 10 },
    { name: "e", limit: null, size: 5 },
    { name: "f", limit: null, size: 10 },
    { name: "c", limit: 10, size: null },
  ]);
  assert.equal(differences.map(isShrink), [false, true, false, false, false, false]);
  const text = JSON.stringify([{ ...row("all.js gzip"), limit: "1 KB" }]);
  throwsWith(() => parseRows(text), 'all.js gzip: the limit "1 KB" is not "<bytes> B"');
});

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
