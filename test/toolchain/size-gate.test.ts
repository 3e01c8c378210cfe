/** The size gate, each of its parts made red and green again on a small project. */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import type { Entry } from "../../scripts/size/ledger.ts";
import type { Report } from "../../scripts/size/report.ts";
import type { Outcome } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { NOISE, Project, source } from "./project.ts";

const test = suite("size gate");

let project: Project;

const write = (text: string): void => project.write("src/all.ts", source(text));
const size = (...args: string[]): Outcome => project.run("size/size", args);
const reportOf = (outcome: Outcome): Report => JSON.parse(outcome.stdout) as Report;
const checkOf = (report: Report, name: string): Report["checks"][number] =>
  report.checks.find((check) => check.name === name)!;

/** The one check of the printed report that has `name`, with the lines that belong to it. */
function printed(outcome: Outcome, name: string): string {
  return new RegExp(`^(ok|FAIL) +${name} .*(\\n {10}.*)*`, "m").exec(outcome.stdout)?.[0] ?? "";
}

test.before(() => {
  project = new Project();
});

test.after(() => project.remove());

test("the first commit has no base, and no limits yet", () => {
  project.commit("Start");
  const outcome = size();
  assert.is(outcome.status, 1);
  assert.match(outcome.stdout, "with no base: this is the first commit");
  assert.match(printed(outcome, "ratchet"), "without a row in .size-limit.json");
  assert.match(printed(outcome, "size-limit"), "FAIL");
  assert.match(printed(outcome, "ledger"), "history.jsonl is missing");
});

test("accepting the first limits turns every check green", () => {
  const accepted = project.run("size/size", ["accept", "--reason", "The first limits"]);
  assert.is(accepted.status, 0, accepted.stderr);
  const outcome = size("--json");
  assert.is(outcome.status, 0, outcome.stdout + outcome.stderr);
  const report = reportOf(outcome);
  assert.ok(report.ok);
  assert.equal(
    report.checks.map(({ name }) => name),
    ["ratchet", "size-limit", "budget", "ledger"],
  );
  assert.is(report.lines.length, 3);
  for (const line of report.lines) assert.ok(line.head > 200 && line.head < 400, JSON.stringify(line));
  project.commit("The first limits");
});

test("one byte more fails, at the ratchet and in size-limit itself, and tightening does not let it through", () => {
  write(`${NOISE}x`);
  const summary = project.path(".cache/summary.md");
  const file = project.path(".cache/size.json");
  const outcome = project.run("size/size", ["--markdown", "--json", file, "--max-growth", "0B"], {
    GITHUB_STEP_SUMMARY: summary,
  });
  assert.is(outcome.status, 1);
  assert.match(outcome.stderr, "the size gate says no: ratchet, size-limit");

  const report = JSON.parse(project.read(".cache/size.json")) as Report;
  const ratchet = checkOf(report, "ratchet");
  assert.match(ratchet.found[0]!, /^all\.js raw: \d+ B where the row says \d+ B \(\+1 B\)$/);
  assert.is(ratchet.fix, 'npm run size -- accept --reason "..."');
  assert.match(checkOf(report, "size-limit").found[0]!, /^all\.js raw: \d+ B, over its limit of \d+ B$/);
  assert.is(checkOf(report, "size-limit").fix, ratchet.fix);
  // The row is no one file's size, and says so; the sum is its own.
  const budget = ratchet.found.find((line) => line.includes("worst build number"))!;
  const [, row, worst, headroom] = /: (\d+) B \(worst of the sample (\d+) \+ (\d)\) where/.exec(budget)!;
  assert.is(Number(row), Number(worst) + Number(headroom));
  assert.is(report.trailer!.for, "commit");
  assert.match(report.trailer!.lines.join("\n"), /^Size: \d+ -> \d+ gz, \d+ -> \d+ br$/);
  assert.match(
    checkOf(report, "growth").found[0]!,
    /^all\.js (gzip|brotli): \d+ -> \d+ B, \+\d B where 0 B are allowed$/,
  );

  // The letter moved the compressed sizes by no more than a build number does.
  for (const { format, verdict, change, noiseFloor } of report.lines) {
    if (format === "raw") assert.is(verdict, "larger");
    else assert.is(verdict, change === 0 ? "same" : change! <= noiseFloor ? "noise" : "larger");
  }
  assert.ok(
    report.lines.some(({ verdict }) => verdict === "noise"),
    JSON.stringify(report.lines),
  );

  assert.match(readFileSync(summary, "utf8"), /^\| all\.js \| gzip \| \d+ \| \d+ \|/m);
  assert.match(readFileSync(summary, "utf8"), "❌ **ratchet**: all.js raw");

  const refused = project.run("size/size", ["tighten"]);
  assert.is(refused.status, 1);
  assert.match(refused.stderr, "tightening is for files that shrank");
  assert.is(project.git("status", "--porcelain", "--", ".size-limit.json"), "");
});

test("a report that cannot be written where it should: one line, exit code 2", () => {
  const outcome = size("--json", project.path("nowhere/size.json"));
  assert.is(outcome.status, 2);
  assert.match(outcome.stderr, /^error: --json \S+nowhere\/size\.json cannot be written: ENOENT[^\n]*\n$/m);
  assert.not.match(outcome.stderr, "    at ");
});

test("growth passes once it was accepted with a reason", () => {
  const silent = project.run("size/size", ["accept"]);
  assert.is(silent.status, 2);
  assert.match(silent.stderr, "required option '--reason <text>' not specified");
  assert.is(project.run("size/size", ["accept", "--reason", " "]).status, 2);

  assert.is(project.run("size/size", ["accept", "--reason", "A mark at the end"]).status, 0);
  const outcome = size();
  assert.is(outcome.status, 0, outcome.stdout);
  const ledger = project.read("scripts/size/history.jsonl").trimEnd().split("\n");
  assert.is(ledger.length, 2);
  assert.is(JSON.parse(ledger[1]!).reason, "A mark at the end");
  assert.is(JSON.parse(ledger[1]!).parent, project.git("rev-parse", "HEAD"));
  project.commit("A mark at the end");
});

test("a shrink that was not tightened fails with the command that tightens it", () => {
  write(`${NOISE.slice(20)}#`);
  const stale = size();
  assert.is(stale.status, 1);
  assert.match(printed(stale, "ratchet"), /\(-20 B\)/);
  assert.match(printed(stale, "ratchet"), /npm run size -- tighten$/);

  for (const command of ["tighten", "accept"]) {
    const help = project.npm("size", command, "--help");
    assert.is(help.status, 0, help.stderr);
    assert.is(project.git("status", "--porcelain"), " M src/all.ts", `${command} --help writes`);
  }

  const tightened = project.run("size/size", ["tighten"]);
  assert.is(tightened.status, 0, tightened.stderr);
  assert.match(
    tightened.stdout,
    "written: .size-limit.json, scripts/size/history.jsonl, CHANGELOG.md: commit them",
  );
  const last = JSON.parse(project.read("scripts/size/history.jsonl").trimEnd().split("\n").at(-1)!) as Entry;
  assert.match(project.read("CHANGELOG.md"), `- \`all.js\`: ${last.sizes["all.js"]!.raw} B raw, `);
  assert.match(tightened.stdout, /^For the commit message:\nSize: \d+ -> \d+ gz, \d+ -> \d+ br$/m);
  assert.is(size().status, 0);
  project.commit("Twenty letters less");
});

test("over the hard budget: each command says it at once, by name, and writes nothing", () => {
  project.edit("scripts/config.js", (text) =>
    text.replace(/^export \* from.*/m, "$&\nexport const HARD_BUDGET = 300;"),
  );
  write(NOISE.repeat(2) + [...NOISE].reverse().join(""));
  for (const [script, args] of [
    ["build", []],
    ["size/size", []],
    ["size/size", ["accept", "--reason", "More"]],
  ] as const) {
    const { status, stderr } = project.run(script, [...args]);
    assert.is(status, 1, script);
    assert.match(stderr, /^error: all\.js is \d+ B gzip: \d+ B over its limit of 300 B$/m);
  }
  assert.is(project.git("status", "--porcelain"), " M src/all.ts");
  // Only another build number is too large.
  const { "all.js": sizes } = JSON.parse(
    project.read("scripts/size/history.jsonl").trimEnd().split("\n").at(-1)!,
  ).sizes;
  project.git("checkout", "-q", "--", "src");
  project.edit("scripts/config.js", (text) => text.replace("= 300", `= ${sizes.gzip}`));
  const worst = size();
  assert.is(worst.status, 1);
  assert.match(printed(worst, "budget"), /all\.js gzip, worst build number is \d+ B, over the hard budget/);
  project.edit("scripts/config.js", (text) => text.replace(/^export const HARD.*\n/m, ""));
});

test("limits moved by hand, a row taken out, and a ledger line rewritten all fail", () => {
  project.edit(".size-limit.json", (text) => {
    const [raw, , ...rest] = JSON.parse(text) as { limit: string }[];
    return JSON.stringify([{ ...raw, limit: "300000 B" }, ...rest]);
  });
  project.edit("scripts/size/history.jsonl", (text) => text.replace("A mark at the end", "Nothing to see"));
  const outcome = size();
  assert.is(outcome.status, 1);
  const ratchet = printed(outcome, "ratchet");
  assert.match(ratchet, /all\.js raw: \d+ B where the row says 300000 B/);
  assert.match(ratchet, /all\.js gzip: \d+ B, without a row/);
  assert.match(printed(outcome, "size-limit"), "size-limit weighed 4 of 5 files");
  const ledger = printed(outcome, "ledger");
  assert.match(
    ledger,
    /history\.jsonl: line 2 was changed, moved or removed: .*A mark at the end.*; lines are only ever added/,
  );
  assert.match(ledger, /all\.js raw: \.size-limit\.json says 300000 B, the ledger's last line \d+ B/);
  project.git("checkout", "-q", "--", ".");
});

test("size -- history prints the ledger and names the commit of each line", () => {
  const drawn = project.run("size/size", ["history"]);
  assert.is(drawn.status, 0, drawn.stderr);
  assert.is(project.git("status", "--porcelain"), "");
  const [, , line] = drawn.stdout.split("\n");
  assert.match(
    line!,
    new RegExp(`^${project.git("rev-parse", "--short=7", "HEAD~2")} +all\\.js .*The first limits$`),
  );
});

test("a base that cannot be had is an error, not an empty column", () => {
  const unknown = size("--base", "nowhere");
  assert.is(unknown.status, 1);
  assert.match(unknown.stderr, "nowhere names no commit of this repository");

  const shallow = project.path(".cache/shallow");
  project.git("clone", "-q", "--depth", "1", `file://${project.root}`, shallow);
  const outcome = project.runIn(shallow, "size/size");
  assert.is(outcome.status, 1);
  assert.match(
    printed(outcome, "base"),
    /FAIL +base +this clone is shallow and lacks the parent of .*fetch-depth: 0/,
  );
  assert.match(printed(outcome, "ratchet"), "ok");
});

test("the default base: HEAD with changes, its parent on main, and where a branch left main", () => {
  const base = (): unknown => JSON.parse(project.evaluate("size/commits", "chooseBase()"));
  const head = project.git("rev-parse", "HEAD");
  assert.equal(base(), { commit: project.git("rev-parse", "HEAD~1"), why: "HEAD's parent" });
  project.git("checkout", "-q", "-b", "work");
  project.commit("One");
  project.commit("Two");
  assert.equal(base(), { commit: head, why: "where this branch left main" });
  write("changed");
  assert.equal(base(), {
    commit: project.git("rev-parse", "HEAD"),
    why: "HEAD: the working tree has changes",
  });
  project.git("checkout", "-q", "--", ".");
});

test("the lines for a message: one commit's by its name, and those of a whole branch by theirs", () => {
  const heading = (...args: string[]): string =>
    /^(.*):\nSize: \d+ -> \d+ gz, \d+ -> \d+ br$/m.exec(size(...args).stdout)?.[1] ?? "none";
  write(NOISE.slice(40));
  assert.is(heading(), "For the commit message");
  assert.is(heading("--base", "main"), "Whole branch, for a squash");
  project.commit("Fewer letters");
  assert.is(heading(), "Whole branch, for a squash");
  assert.is(heading("--base", "HEAD~1"), "For the commit message");
});

test("wrong arguments: one line, exit code 2, and nothing measured", () => {
  for (const [args, words] of [
    [["--max-growth", "much"], "takes whole bytes or per cent"],
    [["--bass", "main"], "unknown option '--bass'"],
    [["--json", "--markdown"], "--json needs a file beside --markdown"],
  ] as const) {
    const outcome = size(...args);
    assert.is(outcome.status, 2, args.join(" "));
    assert.match(outcome.stderr, words);
    assert.is(outcome.stdout, "");
  }
});

test.run();
