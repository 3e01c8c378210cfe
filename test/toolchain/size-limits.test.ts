/** The rows, the ledger, and the growth limit: the parts of the gate that need no build. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import * as assert from "uvu/assert";
import { gate } from "../../scripts/build/gate.ts";
import { HARD_BUDGET, ROOT, TARGETS } from "../../scripts/config.ts";
import { draw } from "../../scripts/site/chart.ts";
import { allowance, parseGrowth } from "../../scripts/size/growth.ts";
import { type Entry, mended, parseLedger, rewritten } from "../../scripts/size/ledger.ts";
import {
  budgetName,
  bytesOf,
  compareRows,
  onlyShrinks,
  overHardBudget,
  type Row,
  ratchetName,
  readLimits,
} from "../../scripts/size/limits.ts";
import { type Lock, sameByteMakers } from "../../scripts/size/rebuild.ts";
import { BYTE_PACKAGES, BYTE_PATHS, COMPRESSED, FORMATS } from "../../scripts/size/settings.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite("limits, ledger and chart");

const row = (name: string, bytes: number): Row => ({ name, path: name, limit: `${bytes} B`, brotli: false });

test("size-limit and the build refuse the same file: the hard budget is the last byte of both", () => {
  const folder = mkdtempSync(join(tmpdir(), "hard-budget-"));
  try {
    const verdict = (bytes: number): { build: boolean; sizeLimit: boolean } => {
      writeFileSync(join(folder, "file.br"), Buffer.alloc(bytes, 1));
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ devDependencies: { "@size-limit/file": "*" } }),
      );
      const rows = [{ ...row("file.br", HARD_BUDGET), path: "file.br" }];
      const config = join(folder, ".size-limit.json");
      writeFileSync(config, JSON.stringify(rows));
      // From the project's folder, where size-limit finds its plugin; it looks for the file beside the configuration.
      const bin = join(ROOT, "node_modules/size-limit/bin.js");
      const { status, stdout } = spawnSync(process.execPath, [bin, "--json", "--config", config], {
        cwd: ROOT,
        encoding: "utf8",
      });
      const [result] = JSON.parse(stdout) as { size: number; passed: boolean }[];
      assert.is(result!.size, bytes);
      assert.is(result!.passed, status === 0);
      let build = true;
      try {
        gate("file", { raw: bytes, gzip: 1, brotli: bytes });
      } catch {
        build = false;
      }
      return { build, sizeLimit: result!.passed };
    };
    assert.equal(verdict(HARD_BUDGET), { build: true, sizeLimit: true });
    assert.equal(verdict(HARD_BUDGET + 1), { build: false, sizeLimit: false });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the committed rows: one for each figure of each artifact, whole bytes, all within the hard budget", () => {
  const rows = readLimits();
  const names = TARGETS.flatMap(({ name }) => [
    ...FORMATS.map((format) => ratchetName(name, format)),
    ...COMPRESSED.map((format) => budgetName(name, format)),
  ]);
  assert.equal(rows.map(({ name }) => name).sort(), names.sort());
  for (const entry of rows) {
    assert.ok(bytesOf(entry) > 0);
    // What size-limit says of a clean clone then names the command that makes the files.
    assert.match(entry.path, /^\.cache\/npm-run-size\//);
    if (!entry.name.endsWith(" raw")) assert.ok(bytesOf(entry) <= HARD_BUDGET, entry.name);
  }
});

test("a row over the hard budget is named; the raw size may be over it", () => {
  const rows = [
    row("all.js gzip", HARD_BUDGET + 1),
    row("all.js brotli", HARD_BUDGET),
    row("all.js raw", 9999),
  ];
  assert.equal(overHardBudget(rows), [
    `all.js gzip is ${HARD_BUDGET + 1} B, over the hard budget of ${HARD_BUDGET} B (scripts/config.ts)`,
  ]);
});

test("a limit in kilobytes is refused: it would hide bytes", () => {
  assert.throws(
    () => bytesOf({ ...row("all.js gzip", 0), limit: "1 KB" }),
    'the limit "1 KB" is not "<bytes> B"',
  );
});

test("rows differ in either direction, when one is missing on a side, and when one weighs another file", () => {
  const committed = [row("a gzip", 10), row("b gzip", 10), row("c gzip", 10), row("d gzip", 10)];
  const measured = [
    row("a gzip", 11),
    row("b gzip", 9),
    { ...row("d gzip", 10), path: "elsewhere" },
    row("e gzip", 5),
  ];
  const differences = compareRows(committed, measured);
  assert.equal(differences, [
    { name: "a gzip", limit: 10, size: 11 },
    { name: "b gzip", limit: 10, size: 9 },
    { name: "d gzip", limit: null, size: 10 },
    { name: "e gzip", limit: null, size: 5 },
    { name: "c gzip", limit: 10, size: null },
  ]);
  assert.not(onlyShrinks(differences));
  assert.ok(onlyShrinks([differences[1]!]));
  assert.equal(compareRows(committed, committed), []);
  assert.is(compareRows([{ ...row("a gzip", 10), brotli: true as never }], [row("a gzip", 10)]).length, 1);
});

test("--max-growth: bytes, per cent, and nothing else", () => {
  assert.is(allowance(parseGrowth("10B"), 1000), 10);
  assert.is(allowance(parseGrowth("1.5%"), 1000), 15);
  for (const text of ["10", "1.5B", "-1B", "B", "%", "10 KB", ""]) {
    throwsWith(() => parseGrowth(text), "--max-growth takes whole bytes or per cent");
  }
});

test("the ledger may grow, and do nothing else", () => {
  assert.is(rewritten("", "a\n"), null);
  assert.is(rewritten("a\n", "a\n"), null);
  assert.is(rewritten("a\n", "a\nb\n"), null);
  // A merge puts the lines of the other side between.
  assert.is(rewritten("a\nb\n", "a\nx\nb\n"), null);
  assert.match(rewritten("a\nb\n", "a\nB\n")!, "line 2 was changed, moved or removed: b");
  assert.match(rewritten("a\nb\n", "a\n")!, "line 2 was changed, moved or removed: b");
  assert.match(rewritten("a\nb\n", "b\na\n")!, "line 2 was changed, moved or removed: b");
  assert.match(rewritten("a\n", "ab\n")!, "line 1 was changed, moved or removed: a");
});

test("what a ledger lacks is put back: the lines of every side, and its own behind them", () => {
  assert.is(mended(["a\nb\n"], 'a\nb\n{"c"}\n'), 'a\nb\n{"c"}\n');
  assert.is(mended(["a\nb\n"], 'a\n{"c"}\n'), 'a\nb\n{"c"}\n');
  assert.is(mended(["a\nb\n"], "a\n<<<<<<< HEAD\n"), "a\nb\n");
  const merged = mended(["a\nb\n", "a\nc\n"], "a\nb\n");
  assert.is(merged, "a\nb\nc\n");
  assert.is(rewritten("a\nc\n", merged), null);
});

test("a ledger line that cannot be read says which one it is", () => {
  const line = '{"parent":null,"buildNumber":"1000","sizes":{},"reason":"x"}\n';
  assert.is(parseLedger(line).length, 1);
  throwsWith(() => parseLedger(`${line}{}\n`), "history.jsonl:2: a field is missing");
  throwsWith(() => parseLedger(`${line}${line}nonsense\n`), "history.jsonl:3: ");
});

test("every module that the build imports is among the paths that can move a byte, every package accounted for", async () => {
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
  const inputs = Object.entries(metafile.inputs);
  assert.ok(inputs.some(([path]) => path === "scripts/build/minify.ts"));
  for (const [path] of inputs) {
    assert.ok(
      BYTE_PATHS.some((known) => path === known || path.startsWith(`${known}/`)),
      `${path} is in no BYTE_PATHS of scripts/size/settings.ts`,
    );
  }
  // These read arguments and print; they write no byte.
  const others = ["commander", "picocolors"];
  for (const { path, external } of inputs.flatMap(([, { imports }]) => imports)) {
    if (!external || path.startsWith("node:")) continue;
    assert.ok([...BYTE_PACKAGES, ...others].includes(path), `${path} is in no BYTE_PACKAGES`);
  }
});

test("a checkout shares the packages here only when those that write bytes are the same", () => {
  const lock = (packages: Record<string, string>, dependencies = {}): Lock => ({
    packages: Object.fromEntries(
      Object.entries(packages).map(([name, integrity]) => [
        `node_modules/${name}`,
        { integrity, dependencies },
      ]),
    ),
  });
  const ours = lock({ terser: "one", knip: "one", "eslint-scope": "one" });
  assert.ok(sameByteMakers(lock({ terser: "one", knip: "two" }), ours));
  assert.not(sameByteMakers(lock({ terser: "two" }), ours));
  assert.not(sameByteMakers(lock({ terser: "one", esbuild: "one" }), ours));
  const nested = (integrity: string): Lock => lock({ terser: "one", inner: integrity }, { inner: "*" });
  assert.not(sameByteMakers(nested("two"), nested("one")));
});

const entry = (gzip: number, brotli: number, reason = "why"): Entry => ({
  parent: null,
  buildNumber: "1000",
  sizes: { "all.js": { raw: 2000, gzip, brotli } },
  reason,
});

test("the chart: no script, both colour schemes, every entry, nothing of a reason left as markup", () => {
  const svg = draw([entry(1327, 1119), entry(1226, 1018, '<script>alert("1")</script> & more')]);
  assert.not.match(svg, /<script|\son\w+=|href=/);
  assert.match(svg, "@media (prefers-color-scheme: dark)");
  assert.match(svg, "gzip 1226 B</text>");
  assert.match(svg, "brotli 1018 B</text>");
  assert.match(svg, "Now: all.js 1226 B gzip, 1018 B brotli.");
  assert.is(svg.match(/<circle/g)?.length, 4);
  assert.is(svg, draw([entry(1327, 1119), entry(1226, 1018, '<script>alert("1")</script> & more')]));
});

test.run();
