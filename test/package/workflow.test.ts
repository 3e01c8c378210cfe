/** What the release workflow may do, and in which order its jobs do it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { ROOT } from "../../scripts/config.ts";
import { suite } from "../support/suite.ts";

const test = suite("release workflow");

const workflow = parse(readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8"));
const { test: checks, publish, ...others } = workflow.jobs;
/** What each step of a job runs, or the action that it uses. */
const stepsOf = (job: typeof publish): string[] =>
  job.steps.map(({ run, uses }: Record<string, string>) => run ?? uses!.replace(/@.*/, ""));

test("everything may only read, but for the one job that publishes, which may prove who it is; no token is stored", () => {
  assert.equal([workflow.permissions, checks.permissions, others], [{ contents: "read" }, undefined, {}]);
  assert.equal(publish.permissions, { contents: "read", "id-token": "write" });
  assert.not.match(JSON.stringify(workflow), /secrets\.|_TOKEN/);
});

test("a tag on main is checked as a clean clone is; that very package is published, with provenance", () => {
  const order = ["git merge-base --is-ancestor HEAD origin/main", ".ci/run", "npm pack"];
  const found = stepsOf(checks).filter((step) => order.includes(step));
  assert.equal(found, order);
  assert.is(publish.needs, "test");
  // Nothing is built or installed beside it.
  assert.equal(stepsOf(publish), [
    "actions/setup-node",
    "actions/download-artifact",
    "npm publish --provenance --access public ./stackexchange-auth-*.tgz",
  ]);
});

test.run();
