/** Commit trailers: a true one passes, a false, a missing and an unreadable one fail. */
import * as assert from "uvu/assert";
import type { Entry } from "../../scripts/size/ledger.ts";
import { parseTrailers } from "../../scripts/size/trailer.ts";
import type { Outcome } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { NOISE, Project, source } from "./project.ts";

const test = suite("commit trailers");

let project: Project;
const trailers = (...args: string[]): Outcome => project.run("size/size", ["trailers", ...args]);
const write = (text: string): void => project.write("src/all.ts", source(text));

test.before(() => {
  project = new Project();
  project.commit("Start");
  assert.is(project.run("size/size", ["accept", "--reason", "The first limits"]).status, 0);
  project.commit("The ledger begins");
});

test.after(() => project.remove());

test("the form: all.js unless another artifact is named, and no other way of writing it", () => {
  const { claims, unreadable } = parseTrailers(
    [
      "size: a subject is none",
      "",
      "Size: 1340 -> 1330 gz, 1134 -> 1120 br. And words after it.",
      "Size: index.mjs 900 -> 890 gz, 800 -> 790 br",
      "Size: 1340 -> 1330 gz",
    ].join("\n"),
  );
  assert.equal(claims, [
    { artifact: "all.js", gzip: [1340, 1330], brotli: [1134, 1120] },
    { artifact: "index.mjs", gzip: [900, 890], brotli: [800, 790] },
  ]);
  assert.equal(unreadable, ["Size: 1340 -> 1330 gz"]);
});

test("nothing is checked for commits that touch no byte; a false claim on one of them still fails", () => {
  project.write("README.md", "words");
  project.commit("Words only");
  const quiet = trailers();
  assert.is(quiet.status, 0, quiet.stderr);
  assert.match(quiet.stdout, "nothing to check");
  assert.is(quiet.stderr, "");

  project.write("README.md", "other words");
  project.commit("Words again\n\nSize: 900 -> 100 gz, 800 -> 90 br");
  const boast = trailers();
  assert.is(boast.status, 1);
  const said = 'the message says "Size: 900 -> 100 gz, 800 -> 90 br", the rows say ';
  assert.match(boast.stdout, said);
  const truth = /rows say "(Size: (\d+) -> \2 gz, (\d+) -> \3 br)"/.exec(boast.stdout)?.[1] ?? "";
  project.git("commit", "-q", "--amend", "-m", `Words again\n\n${truth}`);
  assert.is(trailers().status, 0);
});

test("a commit that moves a size: without a trailer, with a false one, an unreadable one, and the true one", () => {
  write(NOISE.slice(30));
  assert.is(project.run("size/size", ["tighten"]).status, 0);
  project.commit("Thirty letters less");
  const silent = trailers();
  assert.is(silent.status, 1);
  const truth = /the message lacks "(Size: \d+ -> \d+ gz, \d+ -> \d+ br)"/.exec(silent.stdout)?.[1] ?? "";
  assert.ok(truth, silent.stdout);

  const amend = (line: string): Outcome => {
    project.git("commit", "-q", "--amend", "-m", `Thirty letters less\n\n${line}`);
    return trailers();
  };
  const lie = truth.replace(/(\d+) br$/, (_, size) => `${Number(size) - 1} br`);
  const caught = amend(lie);
  assert.is(caught.status, 1);
  assert.match(caught.stdout, `the message says "${lie}", the rows say "${truth}"`);
  assert.match(
    caught.stderr,
    /1 of 1 commits: ([0-9a-f]{7})\n.*git commit --amend\n.*rebase.*\n.*size -- accept --commit \1 --reason/,
  );

  const vague = amend("Size: thirty bytes less");
  assert.is(vague.status, 1);
  assert.match(vague.stdout, '"Size: thirty bytes less" is not Size: A -> B gz, C -> D br');

  // On main the message stays as it is, and the ledger puts it right. A line with other sizes does not.
  const commit = project.git("rev-parse", "HEAD");
  assert.is(
    project.run("size/size", ["accept", "--commit", "HEAD", "--reason", "The message was vague"]).status,
    0,
  );
  assert.is(trailers().status, 0);
  project.edit("scripts/size/history.jsonl", (text) => {
    const lines = text.trimEnd().split("\n");
    const line = JSON.parse(lines.pop()!) as Entry;
    assert.is(line.commit, commit);
    line.sizes["all.js"]!.brotli -= 1;
    return `${[...lines, JSON.stringify(line)].join("\n")}\n`;
  });
  assert.is(trailers().status, 1);
  project.git("checkout", "-q", "--", ".");

  const honest = amend(truth);
  assert.is(honest.status, 0, honest.stdout + honest.stderr);
  assert.match(honest.stdout, `ok    ${project.git("rev-parse", "--short=7", "HEAD")}  Thirty letters less`);
});

test("a ledger line that a commit rewrites fails, whatever came after", () => {
  const good = project.git("rev-parse", "HEAD");
  project.edit("scripts/size/history.jsonl", (text) => text.replace("The first limits", "Nothing to see"));
  project.commit("Tidy up");
  project.commit("Something else");
  const outcome = trailers("--range", `${good}..HEAD`);
  assert.is(outcome.status, 1);
  assert.match(
    outcome.stdout,
    /Tidy up\n +scripts\/size\/history\.jsonl: line 1 was changed, moved or removed/,
  );
});

test("all of main: what came before the ledger is not checked, and --last bounds the work", () => {
  const all = trailers("--range", "HEAD", "--json");
  const subjects = (JSON.parse(all.stdout) as { subject: string }[]).map(({ subject }) => subject);
  assert.equal(subjects, ["Tidy up", "Thirty letters less", "Words again"]);
  const newest = trailers("--range", "HEAD", "--last", "1", "--json");
  assert.is((JSON.parse(newest.stdout) as object[]).length, 1);
});

test("wrong arguments: one line and exit code 2; a commit that does not exist: 1", () => {
  assert.is(trailers("--last", "0").status, 2);
  assert.is(trailers("--range", "..HEAD").status, 2);
  const unknown = trailers("--range", "nowhere..HEAD");
  assert.is(unknown.status, 1);
  assert.match(unknown.stderr, 'nowhere names no commit of this repository; --range takes "a..b"');
});

test.run();
