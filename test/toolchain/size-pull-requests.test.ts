/** Pull requests as people make them: a revert, a merge, a squash, a broken base, a new variable. */
import { mkdirSync, rmSync } from "node:fs";
import * as assert from "uvu/assert";
import type { NamesTable, Taken } from "../../scripts/build/names.ts";
import type { Report } from "../../scripts/size/report.ts";
import type { Outcome } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { NOISE, Project, source } from "./project.ts";

const test = suite("pull requests");

let project: Project;
const LEDGER = "scripts/size/history.jsonl";
const write = (text: string): void => project.write("src/all.ts", source(text));
const accept = (reason: string): Outcome => project.run("size/size", ["accept", "--reason", reason]);
const green = (outcome: Outcome): Outcome => {
  assert.is(outcome.status, 0, outcome.stdout + outcome.stderr);
  return outcome;
};
const sizeLines = (outcome: Outcome): string => outcome.stdout.match(/^Size: .*$/gm)?.join("\n") ?? "";
const size = (...args: string[]): Outcome => project.run("size/size", args);
const reportOf = (outcome: Outcome): Report => JSON.parse(outcome.stdout) as Report;

/** Moves the sizes to those of `text`, and commits what a person would. */
function change(text: string, reason: string): void {
  write(text);
  project.commit(`${reason}\n\n${sizeLines(green(accept(reason)))}`);
}

test.before(() => {
  project = new Project();
  project.commit("Start");
  green(accept("The first limits"));
  project.commit("The first limits");
});
test.after(() => project.remove());

test("a revert: the command that the gate names puts it right", () => {
  change(NOISE.slice(30), "Thirty letters less");
  project.git("revert", "--no-edit", "HEAD");
  const outcome = size();
  assert.is(outcome.status, 1);
  assert.match(outcome.stdout, /FAIL +ledger +.*line 2 was changed, moved or removed/);
  assert.match(outcome.stdout, /^ +npm run size -- accept --reason "\.\.\."$/m);

  const accepted = green(accept("The letters come back"));
  assert.match(accepted.stdout, "git commit --amend");
  project.git("add", "-A");
  project.git("commit", "-q", "--amend", "-m", `Revert\n\n${sizeLines(accepted)}`);
  green(size());
  green(project.run("size/size", ["trailers"]));
  const again = accept("Once more");
  assert.is(again.status, 1);
  assert.match(again.stderr, "nothing to do: every row of .size-limit.json is exact");

  // A revert of growth is a shrink.
  change(`${NOISE}and more`, "More");
  project.git("revert", "--no-edit", "HEAD");
  assert.match(size().stdout, /^ +npm run size -- tighten$/m);
  project.git("add", "-A");
  const tightened = green(project.run("size/size", ["tighten"]));
  project.git("add", "-A");
  project.git("commit", "-q", "--amend", "-m", `Revert\n\n${sizeLines(tightened)}`);
  green(size());
  green(project.run("size/size", ["trailers"]));
});

test("main is merged into a branch, and both moved sizes: no line is lost, and one command makes it green", () => {
  const start = project.git("rev-parse", "HEAD");
  project.git("checkout", "-q", "-b", "work");
  change(NOISE.slice(10), "Ten letters less");
  project.git("checkout", "-q", "main");
  project.write(
    "src/all.ts",
    source(NOISE).replace("init: function () {}", "init: function () { alert(); }"),
  );
  project.commit(`An alert\n\n${sizeLines(green(accept("An alert")))}`);
  const main = project.git("rev-parse", "HEAD");
  project.git("checkout", "-q", "work");
  assert.throws(() => project.git("merge", "main"), "CONFLICT");
  assert.not.match(project.read(LEDGER), "<<<<");
  project.write(
    "src/all.ts",
    source(NOISE.slice(10)).replace("init: function () {}", "init: function () { alert(); }"),
  );
  const accepted = green(accept("Both"));
  project.commit(`Merge main\n\n${sizeLines(accepted)}`);
  assert.match(project.read(LEDGER), /Ten letters less.*\n.*An alert.*\n.*Both/);
  green(size());
  green(project.run("size/size", ["trailers", "--range", `${start}..HEAD`]));

  // GitHub merges it with a message of its own, also where main has moved on without moving a size.
  project.git("checkout", "-q", "main");
  project.edit("src/types.ts", (text) => `${text}// A word.\n`);
  project.commit("A word");
  project.git("merge", "-q", "--no-ff", "-m", "Merge pull request #1", "work");
  green(size());
  const merged = green(project.run("size/size", ["trailers", "--range", `${main}..HEAD`]));
  assert.match(merged.stdout, "Merge pull request #1");
  project.git("reset", "-q", "--hard", main);

  // Or as one commit, whose message is all of theirs. The first one is not based on main: its figures are others.
  project.git("merge", "-q", "--squash", "work");
  const messages = project.git("log", "--reverse", "--format=* %B", `${main}..work`);
  project.commit(`Squashed\n\n${messages}`);
  assert.match(project.run("size/size", ["trailers"]).stdout, "FAIL");
  project.git("reset", "-q", "--hard", main);
});

test("a squash is checked as one change, and what its message must say is said before", () => {
  project.git("checkout", "-q", "-b", "steps");
  const start = project.git("rev-parse", "HEAD");
  change(NOISE.slice(20), "One");
  change(NOISE.slice(35), "Two");
  const fine = green(project.run("size/size", ["trailers"]));
  assert.not.match(fine.stdout, "squash");
  const messages = project.git("log", "--reverse", "--format=* %B", `${start}..HEAD`);
  assert.is(messages.match(/^Size: /gm)?.length, 2);
  const tip = project.git("rev-parse", "HEAD");
  project.git("reset", "-q", "--soft", start);
  project.commit(`Squashed\n\n${messages}`);
  green(project.run("size/size", ["trailers"]));

  // Without the first one's line the other is not true.
  project.git("commit", "-q", "--amend", "-m", `Squashed\n\n${messages.replace(/^Size: .*\n/m, "")}`);
  assert.is(project.run("size/size", ["trailers"]).status, 1);
  project.git("reset", "-q", "--hard", tip);
  project.git("commit", "-q", "--amend", "-m", "Two");
  const note = project.run("size/size", ["trailers"]);
  assert.match(
    note.stdout,
    /A squash of these commits needs another message .*\n +Size: \d+ -> \d+ gz, \d+ -> \d+ br/,
  );
  project.git("checkout", "-q", "main");
});

test("a base whose rows cannot be read is unknown: the rest is measured, and the other gates speak", () => {
  const rows = project.read(".size-limit.json");
  project.write(".size-limit.json", "<<<<<<<");
  const broken = size();
  assert.is(broken.status, 1);
  assert.match(broken.stdout, /FAIL +ratchet +\.size-limit\.json cannot be read/);
  assert.match(broken.stdout, /ok +ledger/);
  project.commit("Break it");
  project.write(".size-limit.json", rows);
  project.commit("Repair it");
  const repaired = green(size("--json"));
  const report = reportOf(repaired);
  assert.is(report.unknown, "its .size-limit.json cannot be read");
  assert.ok(
    report.lines.every(({ base, head, verdict }) => base === null && head > 0 && verdict === "unknown"),
  );
  assert.match(size().stdout, /whose sizes are not known: its \.size-limit\.json cannot be read/);
  assert.is(size("--max-growth", "1B").status, 1);
  green(project.run("size/size", ["trailers"]));
});

test("a variable that the table of names does not know is said in every form, and its luck is in the noise floor", () => {
  const floorOf = (report: Report): number =>
    report.lines.find(({ format }) => format === "brotli")!.noiseFloor;
  const before = reportOf(size("--json"));
  assert.equal(before.taken["all.js"], []);
  project.edit("src/all.ts", (text) =>
    text.replace("authenticate: function () {}", "authenticate: function (fresh) { fresh.one(fresh.two); }"),
  );
  const said = /all\.js: 1 variable took a free letter \(fresh\): npm run size -- names/;
  const shown = size();
  assert.match(shown.stdout, said, shown.stderr);
  assert.match(size("--markdown").stdout, said);
  const report = reportOf(size("--json"));
  assert.is(report.taken["all.js"]![0]!.name, "fresh");
  // With that letter in the table the bytes are the same, and what is left is the build number's share.
  const [{ path, name, letter, luck }] = report.taken["all.js"] as [Taken];
  assert.ok(luck.brotli > 0);
  project.edit("scripts/build/names.json", (text) => {
    const table = JSON.parse(text) as NamesTable;
    return JSON.stringify({ ...table, "all.js": { ...table["all.js"], [path]: { [name]: letter } } });
  });
  const settled = reportOf(size("--json"));
  assert.equal(settled.taken["all.js"], []);
  assert.is(floorOf(report), Math.max(floorOf(settled) + luck.brotli, floorOf(before)));
  project.git("checkout", "-q", "--", "scripts/build/names.json");

  // The way back has the same floor: the ledger keeps it.
  green(accept("A new variable"));
  project.commit("A new variable");
  project.git("checkout", "-q", "HEAD~1", "--", "src/all.ts");
  assert.is(floorOf(reportOf(size("--json"))), floorOf(report));
  project.git("checkout", "-q", "HEAD", "--", "src/all.ts");
});

test("accepting writes everything or nothing", () => {
  write(NOISE.slice(50));
  rmSync(project.path("CHANGELOG.md"));
  mkdirSync(project.path("CHANGELOG.md"));
  assert.is.not(accept("Less").status, 0);
  assert.is(project.git("status", "--porcelain", "--", ".size-limit.json", LEDGER), "");
  rmSync(project.path("CHANGELOG.md"), { recursive: true });
  project.git("checkout", "-q", "--", "CHANGELOG.md");
  green(accept("Less"));
});

test.run();
