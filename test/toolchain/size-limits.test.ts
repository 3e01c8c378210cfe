/** The parts of the size tools that need no build: the workflow, the chart. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { ROOT } from "../../scripts/config.ts";
import { draw } from "../../scripts/site/chart.ts";
import type { Entry } from "../../scripts/size/history.ts";
import { suite } from "../support/suite.ts";

const test = suite("size tools, without a build");

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
