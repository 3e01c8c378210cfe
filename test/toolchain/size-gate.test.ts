/** The size gate, each of its parts made red and green again on a small project. */
import { readFileSync, renameSync, rmSync } from "node:fs";
import * as assert from "uvu/assert";
import type { Row } from "../../scripts/size/limits.ts";
import type { Check, Report } from "../../scripts/size/report.ts";
import type { Outcome } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { green, NOISE, Project, red, source } from "./project.ts";

const test = suite("size gate");

const project = new Project();
const { size, report } = project;

const write = (text: string): void => project.write("src/all.ts", source(text));
const checkOf = (report: Report, wanted: string): Check => report.checks.find(({ name }) => name === wanted)!;
/** The changes that are not committed. */
const changes = (): string => project.git("status", "--porcelain");

/** The one check of the printed report that has `name`, with the lines that belong to it. */
const printed = ({ stdout }: Outcome, name: string): string =>
  new RegExp(`^(ok|FAIL) +${name} .*(\\n {10}.*)*`, "m").exec(stdout)?.[0] ?? "";

test.before(() => {
  project.commit("Start");
});
test.after(() => project.remove());

test("the first commit has no base and no limits; accepting the first ones turns every check green", () => {
  const first = red(size());
  assert.match(first.stdout, "with no base: this is the first commit");
  assert.match(printed(first, "ratchet"), "without a row in .size-limit.json");
  assert.match(printed(first, "size-limit"), "FAIL");

  const accepted = green(size("accept", "--reason", "The first limits"));
  assert.match(
    accepted.stdout,
    /^For the commit message:\n\nThe first limits\n\nSize: 0 -> \d+ gz, 0 -> \d+ br\n$/m,
  );
  // What size-limit says of a clean clone then names the command that makes the files.
  assert.match(project.read(".size-limit.json"), '"path": ".cache/npm-run-size/worst/all.js.br"');
  const now = report();
  assert.ok(now.ok);
  assert.equal(
    now.checks.map(({ name, ok }) => [name, ok]),
    ["ratchet", "size-limit", "budget"].map((name) => [name, true]),
  );
  assert.is(now.lines.length, 3);
  for (const line of now.lines) assert.ok(line.head > 200 && line.head < 400, JSON.stringify(line));
  project.commit("The first limits");
});

test("one byte more fails, at the ratchet and in size-limit itself, and tightening does not let it through", () => {
  write(`${NOISE}x`);
  const [summary, file] = [project.path(".cache/summary.md"), project.path(".cache/size.json")];
  const outcome = project.run("size/size", ["--markdown", "--json", file, "--max-growth", "0B"], {
    GITHUB_STEP_SUMMARY: summary,
  });
  assert.match(red(outcome).stderr, /the size gate says no: ratchet, size-limit.*, growth/);
  const written = JSON.parse(project.read(".cache/size.json")) as Report;
  const [ratchet, sizeLimit] = [checkOf(written, "ratchet"), checkOf(written, "size-limit")];
  assert.match(ratchet.found[0]!, /^all\.js raw: \d+ B where the row says \d+ B \(\+1 B\)$/);
  assert.match(sizeLimit.found[0]!, /^all\.js raw: \d+ B, over its limit of \d+ B$/);
  for (const { fix } of [ratchet, sizeLimit]) assert.is(fix, 'npm run size -- accept --reason "..."');
  // The row is no one file's size, and says so; the sum is its own.
  const budget = ratchet.found.find((line) => line.includes("worst build number"))!;
  const [, row, worst, headroom] = /: (\d+) B \(worst of the sample (\d+) \+ (\d)\) where/.exec(budget)!;
  assert.is(Number(row), Number(worst) + Number(headroom));
  assert.match(
    checkOf(written, "growth").found[0]!,
    /^all\.js (gzip|brotli): \d+ -> \d+ B, \+\d B where 0 B are allowed$/,
  );
  assert.ok(checkOf(report("--max-growth", "5%"), "growth").ok);

  // The letter moved the compressed sizes by no more than a build number does.
  assert.ok(
    written.lines.some(({ verdict }) => verdict === "noise"),
    JSON.stringify(written.lines),
  );
  assert.is(written.lines[0]!.verdict, "larger");
  assert.match(readFileSync(summary, "utf8"), /^\| all\.js \| gzip \| \d+ \| \d+ \|/m);
  assert.match(readFileSync(summary, "utf8"), /^FAIL {2}ratchet {5}all\.js raw/m);

  const unwritable = red(size("--json", project.path("nowhere/size.json")), 2).stderr;
  assert.match(unwritable, /^error: --json \S+nowhere\/size\.json cannot be written: ENOENT[^\n]*\n$/m);
  assert.match(red(size("tighten")).stderr, "tightening is for files that shrank");
  assert.is(changes(), " M src/all.ts");
});

test("growth passes once it was accepted with a reason; its way back is noise, too", () => {
  assert.match(red(size("accept"), 2).stderr, "required option '--reason <text>' not specified");
  for (const reason of [" ", "Size: small"]) red(size("accept", "--reason", reason), 2);
  const accepted = green(size("accept", "--reason", "A mark at the end"));
  green(size());
  assert.match(size("history").stdout, /\(next\) +all\.js .*Not committed yet\n$/);
  project.commit(/message:\n\n([\s\S]*)$/.exec(accepted.stdout)![1]!);
  green(size("trailers"));
  assert.match(green(size("accept", "--reason", "Again")).stdout, /^nothing to do: .*\n$/);
  write(NOISE);
  const { lines } = report();
  assert.ok(
    lines.some(({ change, verdict }) => change! < 0 && verdict === "noise"),
    JSON.stringify(lines),
  );
});

test("a shrink that was not tightened fails with the command that tightens it", () => {
  write(`${NOISE.slice(20)}#`);
  assert.match(printed(red(size()), "ratchet"), /\(-20 B\)[\s\S]*npm run size -- tighten$/);
  for (const command of ["tighten", "accept"]) {
    green(size(command, "--help"));
    assert.is(changes(), " M src/all.ts", `${command} --help writes`);
  }
  const tightened = green(size("tighten"));
  assert.match(tightened.stdout, "written: .size-limit.json, CHANGELOG.md: commit them");
  assert.match(tightened.stdout, /^For the commit message:\n\nSize: \d+ -> \d+ gz, \d+ -> \d+ br$/m);
  assert.match(project.read("CHANGELOG.md"), `- \`all.js\`: ${report().lines[0]!.head} B raw, `);
  green(size());
  project.commit("Twenty letters less");
});

test("over the hard budget: each command says it at once, by name, and writes nothing", () => {
  const { head: gzip } = report().lines[1]!;
  project.edit("scripts/config.js", (text) => `${text}\nexport const HARD_BUDGET = 300;`);
  write(NOISE.repeat(2) + [...NOISE].reverse().join(""));
  for (const [script, ...args] of [["build"], ["size/size"], ["size/size", "accept", "--reason", "More"]])
    assert.match(
      red(project.run(script!, args)).stderr,
      /^error: all\.js is \d+ B gzip: \d+ B over its limit of 300 B$/m,
    );
  assert.is(changes(), " M src/all.ts");
  // Only another build number is too large.
  project.git("checkout", "-q", "--", "src");
  project.edit("scripts/config.js", (text) => text.replace("= 300", `= ${gzip}`));
  const over = /all\.js gzip, worst build number is \d+ B, over the hard budget/;
  assert.match(printed(red(size()), "budget"), over);
  write(`${NOISE.slice(20)}!`);
  assert.match(red(size("accept", "--reason", "Other")).stderr, over);
  project.git("checkout", "-q", "--", "src");
  project.edit("scripts/config.js", (text) => text.replace(/\nexport const HARD.*$/, ""));
});

test("rows changed by hand: a limit, a row taken out, another file, brotli's turn again, one too many, kilobytes", () => {
  const rows = project.read(".size-limit.json");
  const [raw, , brotli, worst, worstBrotli] = JSON.parse(rows) as Row[];
  const changed = [
    { ...raw, limit: "300000 B" },
    { ...brotli, path: ".cache/npm-run-size/all.js" },
    { ...worst, brotli: true },
    worstBrotli,
    { ...raw, name: "old.js raw" },
  ];
  project.write(".size-limit.json", JSON.stringify(changed));
  const ratchet = printed(red(size()), "ratchet");
  for (const line of [
    /all\.js raw: \d+ B where the row says 300000 B/,
    /all\.js gzip: \d+ B, without a row/,
    /all\.js brotli: \d+ B, without a row/,
    /all\.js gzip, worst build number: \d+ B \(.*\), without a row/,
    /old\.js raw: has a row of \d+ B, but nothing was measured/,
  ])
    assert.match(ratchet, line);
  project.write(".size-limit.json", JSON.stringify([raw, brotli, worst, worstBrotli]));
  assert.match(printed(red(size()), "size-limit"), "size-limit weighed 4 of 5 files");
  project.write(".size-limit.json", rows.replace(/\d+ B/, "1 KB"));
  assert.match(printed(red(size()), "ratchet"), 'all.js raw: the limit "1 KB" is not "<bytes> B"');
  project.git("checkout", "-q", "--", ".");
});

test("accepting writes everything or nothing", () => {
  write(NOISE.slice(50));
  project.edit("scripts/config.js", (text) => text.replace("scripts/site/figures.js", "scripts/more.mjs"));
  project.write("scripts/more.mjs", 'export const documentsFor = () => new Map([["nowhere/a.md", ""]]);');
  assert.match(red(size("accept", "--reason", "Less")).stderr, "nowhere/a.md");
  assert.is(project.git("status", "--porcelain", "--", ".size-limit.json"), "");
  project.edit("scripts/config.js", (text) => text.replace("scripts/more.mjs", "scripts/site/figures.js"));
  project.git("clean", "-fdq");
  project.git("checkout", "-q", "--", ".");
});

test("history has each change once, with its commit and its reason, behind those that are older than git", () => {
  project.commit("Moves nothing");
  const entries = JSON.parse(green(size("history", "--json")).stdout) as { reason: string }[];
  const [, ...older] = project.read("scripts/size/history-before-git.jsonl").trimEnd().split("\n");
  assert.equal(
    entries.slice(0, 19),
    older.map((line) => JSON.parse(line)),
  );
  assert.equal(
    entries.slice(19).map(({ reason }) => reason),
    ["The first limits", "A mark at the end", "Twenty letters less"],
  );
  const commit = project.git("rev-parse", "--short=7", "HEAD~1");
  assert.match(size("history").stdout, new RegExp(`\\n${commit} +all\\.js .*Twenty letters less\\n$`));
});

test("a base that cannot be had is an error, not an empty column; a shallow clone says what it lacks", () => {
  assert.match(red(size("--base", "nowhere")).stderr, "nowhere names no commit of this repository");
  project.write(".git/shallow", `${project.git("rev-parse", "HEAD~1")}\n`);
  assert.match(size("history").stdout, /Cut: this clone is shallow.*\n$/);
  project.write(".git/shallow", `${project.git("rev-parse", "HEAD")}\n`);
  const outcome = red(size());
  assert.match(
    printed(outcome, "base"),
    /FAIL +base +this clone is shallow and lacks the parent of .*fetch-depth: 0/,
  );
  assert.match(printed(outcome, "ratchet"), "ok");
  rmSync(project.path(".git/shallow"));

  renameSync(project.path(".git"), project.path("git"));
  assert.match(size("history").stdout, /Cut: this is no git checkout.*\n$/);
  assert.match(red(size("accept", "--reason", "More")).stderr, "HEAD names no commit");
  renameSync(project.path("git"), project.path(".git"));
});

test("the default base, and whose message the lines are for", () => {
  const shown = (...args: string[]): (string | undefined)[] => {
    const { stdout } = size(...args);
    return [
      / \(([^)]*)\)\n/.exec(stdout)?.[1],
      /^(.*):\nSize: \d+ -> \d+ gz, \d+ -> \d+ br$/m.exec(stdout)?.[1],
    ];
  };
  const [hint, one, branch] = [
    "HEAD: the working tree has changes",
    "For the commit message",
    "Whole branch, for a squash",
  ];
  assert.equal(shown(), ["HEAD's parent", undefined]);
  project.git("checkout", "-q", "-b", "work");
  project.commit("One");
  write(NOISE.slice(40));
  assert.equal(shown(), [hint, one]);
  assert.equal(shown("--base", "main"), ["--base main", branch]);
  project.commit("Fewer letters");
  assert.equal(shown(), ["where this branch left main", branch]);
  assert.equal(shown("--base", "HEAD~1"), ["--base HEAD~1", one]);
  // Its packages and scripts move bytes, too.
  project.edit("package.json", (text) => `${text}\n`);
  assert.is(shown()[0], hint);
  project.git("checkout", "-q", "--", ".");
});

test.run();
