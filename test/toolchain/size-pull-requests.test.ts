/** Pull requests as people make them: messages, a revert, a merge, a squash, a broken base, a new variable. */
import * as assert from "uvu/assert";
import type { NamesTable, Taken } from "../../scripts/build/names.ts";
import type { Report } from "../../scripts/size/report.ts";
import type { Outcome } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { green, NOISE, Project, red, source } from "./project.ts";

const test = suite("pull requests");

const project = new Project();
const { size, report } = project;
const write = (text: string): void => project.write("src/all.ts", source(text));
const trailers = (...args: string[]): Outcome => size("trailers", ...args);
const amend = (message: string): string => project.git("commit", "-q", "--amend", "-m", message);
/** Accepts the sizes. The message that it says the commit should have. */
const accept = (reason: string): string =>
  /^For the commit message:\n\n([\s\S]*)$/m.exec(green(size("accept", "--reason", reason)).stdout)![1]!;
const sizeLine = (text: string): string => /Size: \d+ -> \d+ gz, \d+ -> \d+ br/.exec(text)?.[0] ?? "";
const subjects = (): string[] =>
  (JSON.parse(green(size("history", "--json")).stdout) as { reason: string }[]).map(({ reason }) => reason);

/** Moves the sizes to those of `text`, and commits what a person would. */
function change(text: string, reason: string): void {
  write(text);
  project.commit(accept(reason));
}

test.before(() => {
  project.commit("Start");
  accept("The first limits");
  project.commit("The first limits");
});
test.after(() => project.remove());

test("messages: none is needed where nothing moves, each other must be true", () => {
  project.write("README.md", "words");
  project.commit("Words only");
  assert.match(green(trailers()).stdout, "nothing to check");
  amend("Words only\n\nSize: 900 -> 100 gz, 800 -> 90 br");
  const boast = red(trailers()).stdout;
  assert.match(boast, 'the message says "Size: 900 -> 100 gz, 800 -> 90 br", the rows say "Size: ');
  amend(`Size: a subject is none\n\n${sizeLine(boast.split("the rows say")[1]!)}`);
  green(trailers());

  write(NOISE.slice(30));
  const truth = sizeLine(accept("Thirty letters less"));
  project.commit("Silent");
  const silent = red(trailers());
  assert.match(silent.stdout, `the message lacks "${truth}"`);
  assert.match(silent.stderr, /1 of 1 commits: ([0-9a-f]{7})\n.*git commit --amend\n.*git rebase.* \1\^/);
  const lie = truth.replace(/(\d+) br$/, (_, bytes) => `${Number(bytes) - 1} br`);
  amend(`A lie\n\n${lie}`);
  assert.match(red(trailers()).stdout, `the message says "${lie}", the rows say "${truth}"`);
  amend("Vague\n\nSize: thirty bytes less");
  assert.match(red(trailers()).stdout, '"Size: thirty bytes less" is not Size: A -> B gz, C -> D br');
  amend(`Another file's\n\n${truth.replace("Size:", "Size: index.mjs")}`);
  assert.match(red(trailers()).stdout, 'the rows say "Size: index.mjs 0 -> 0 gz, 0 -> 0 br"');
  amend(`Wrong\n\n${lie}`);

  // On main it stays wrong, and blocks nothing that follows.
  project.commit("Next");
  green(trailers());
  project.git("checkout", "-q", "-b", "later");
  change(NOISE.slice(20), "Ten letters more");
  assert.match(green(trailers()).stdout, /^ok {4}\w{7} {2}Ten letters more\n +Size: .*\n$/);
  assert.is(JSON.parse(red(trailers("--range", "HEAD", "--json")).stdout).length, 4);
  assert.match(
    red(trailers("--range", "nowhere..HEAD")).stderr,
    "nowhere names no commit of this repository",
  );
  project.git("checkout", "-q", "main");
});

test("a revert brings its rows along, and only its message must be amended; a cherry-pick needs nothing", () => {
  change(NOISE.slice(50), "Twenty letters less");
  const picked = project.git("rev-parse", "HEAD");
  project.git("revert", "--no-edit", "HEAD");
  green(size());
  const lines = sizeLine(red(trailers()).stdout);
  assert.is(sizeLine(size().stdout), lines);
  amend(`Revert\n\n${lines}`);
  green(trailers());
  project.git("cherry-pick", picked);
  green(size());
  green(trailers());
  assert.equal(subjects().slice(-3), ["Twenty letters less", "Revert", "Twenty letters less"]);
});

test("both sides of a merge moved sizes: accepting mends the conflict, and history has each change once", () => {
  project.git("checkout", "-q", "-b", "work");
  change(NOISE.slice(60), "Ten letters less");
  project.git("checkout", "-q", "main");
  const alert = (text: string): string =>
    text.replace("init: function () {}", "init: function () { alert(); }");
  project.edit("src/all.ts", alert);
  project.commit(accept("An alert"));
  const main = project.git("rev-parse", "HEAD");
  project.git("checkout", "-q", "work");
  assert.throws(() => project.git("merge", "main"), /CONFLICT|git merge/);
  write(NOISE.slice(60));
  project.edit("src/all.ts", alert);
  assert.match(
    red(size()).stdout,
    /FAIL +ratchet +\.size-limit\.json cannot be read.*\n +npm run size -- accept/,
  );
  project.commit(accept("Both"));
  green(size());
  green(trailers());
  assert.equal(subjects().slice(-3).sort(), ["An alert", "Both", "Ten letters less"]);

  // GitHub merges it with a message of its own, also where main has moved on without moving a size.
  project.git("checkout", "-q", "main");
  project.edit("src/types.ts", (text) => `${text}// A word.\n`);
  project.commit("A word");
  const before = subjects().length;
  project.git("merge", "-q", "--no-ff", "-m", "Merge pull request #1", "work");
  green(size());
  green(trailers("--range", `${main}..HEAD`));
  assert.is(subjects().length, before + 2);
  // What only one side had is not lost when the merge takes the sizes of the other.
  project.git("checkout", "-q", "-b", "ours", `${main}~1`);
  change(NOISE.slice(70), "Twenty letters less");
  project.git("merge", "-q", "-s", "ours", "-m", "Ours", main);
  assert.equal(subjects().slice(-3).sort(), ["An alert", "Ours", "Twenty letters less"]);
  project.git("checkout", "-q", "main");
  project.git("reset", "-q", "--hard", main);
});

test("a squash is checked as one change, and what its message must say is said before", () => {
  const start = project.git("rev-parse", "HEAD");
  project.git("checkout", "-q", "-b", "steps");
  change(NOISE.slice(20), "One");
  change(NOISE.slice(35), "Two");
  assert.not.match(green(trailers()).stdout, "squash");
  const messages = project.git("log", "--reverse", "--format=* %B", `${start}..HEAD`);
  const tip = project.git("rev-parse", "HEAD");
  project.git("reset", "-q", "--soft", start);
  project.commit(`Squashed\n\n${messages}`);
  green(trailers());
  // Without the first one's line the other is not true.
  amend(`Squashed\n\n${messages.replace(/^Size: .*\n/m, "")}`);
  red(trailers());
  project.git("reset", "-q", "--hard", tip);
  amend("Two");
  assert.match(
    red(trailers()).stdout,
    /A squash of these commits needs another message .*\n +Size: \d+ -> \d+ gz, \d+ -> \d+ br/,
  );
  project.git("checkout", "-q", "main");
});

test("a base whose rows cannot be read is unknown: the rest is measured, and the other gates speak", () => {
  const rows = project.read(".size-limit.json");
  project.write(".size-limit.json", "<<<<<<<");
  project.commit("Break it");
  project.write(".size-limit.json", rows);
  project.commit("Repair it");
  const now = report();
  assert.ok(now.ok);
  assert.is(now.unknown, "its .size-limit.json is missing, or cannot be read");
  assert.ok(now.lines.every(({ base, head, verdict }) => base === null && head > 0 && verdict === "unknown"));
  assert.match(
    red(size("--max-growth", "1B")).stdout,
    /whose sizes are not known: its \.size-limit\.json is missing, or cannot be read[\s\S]*FAIL +growth +the base's sizes are not known/,
  );
  green(trailers());
});

test("a variable that the table of names does not know is said in every form, and its luck is in the noise floor", () => {
  const floorOf = (one: Report): number => one.lines.find(({ format }) => format === "brotli")!.noiseFloor;
  assert.equal(report().taken["all.js"], []);
  project.edit("src/all.ts", (text) =>
    text.replace("authenticate: function () {}", "authenticate: function (fresh) { fresh.one(fresh.two); }"),
  );
  const said = /all\.js: 1 variable took a free letter \(fresh\): npm run size -- names/;
  assert.match(size().stdout, said);
  assert.match(size("--markdown").stdout, said);
  const now = report();
  // With that letter in the table the bytes are the same, and what is left is the build number's share.
  const [{ path, name, letter, luck }] = now.taken["all.js"] as [Taken];
  assert.is(name, "fresh");
  assert.ok(luck.brotli > 0);
  project.edit("scripts/build/names.json", (text) => {
    const table = JSON.parse(text) as NamesTable;
    return JSON.stringify({ ...table, "all.js": { ...table["all.js"], [path]: { [name]: letter } } });
  });
  const settled = report();
  assert.equal(settled.taken["all.js"], []);
  assert.is(floorOf(now), floorOf(settled) + luck.brotli);
});

test("a commit with another lock file is rebuilt with packages of its own", () => {
  const lock = project.read("package-lock.json");
  project.write("package-lock.json", "{}");
  project.commit("Another lock file");
  project.write("package-lock.json", lock);
  assert.match(red(project.run("verify")).stderr, /^npm ci in /m);
});

test.run();
