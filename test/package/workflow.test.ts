/** What the release workflow may do, and in which order its jobs do it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { ROOT } from "../../scripts/config.ts";
import { suite } from "../support/suite.ts";

const test = suite("release workflow");

interface Job {
  needs?: string;
  permissions?: Record<string, string>;
  steps: { run?: string; uses?: string }[];
}

const workflow = parse(readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8"));
const { test: checks, publish } = workflow.jobs as { test: Job; publish: Job };

test("everything may only read, but for the one job that publishes, which may prove who it is; no token is stored", () => {
  assert.equal(workflow.permissions, { contents: "read" });
  assert.equal(Object.keys(workflow.jobs), ["test", "publish"]);
  assert.is(checks.permissions, undefined);
  assert.equal(publish.permissions, { contents: "read", "id-token": "write" });
  assert.not.match(JSON.stringify(workflow), /secrets\.|_TOKEN/);
});

test("a tag on main is checked as a clean clone is; that very package is published, with provenance", () => {
  const commands = checks.steps.map(({ run }) => run);
  const order = ["git merge-base --is-ancestor HEAD origin/main", ".ci/run", "npm pack"];
  assert.equal(
    commands.filter((run) => order.includes(run!)),
    order,
  );
  assert.is(publish.needs, "test");
  // Nothing is built or installed beside it.
  const [node, download, ...rest] = publish.steps;
  assert.match(node!.uses!, /^actions\/setup-node@/);
  assert.match(download!.uses!, /^actions\/download-artifact@/);
  assert.is(rest.length, 1);
  assert.match(rest[0]!.run!, /^npm publish --provenance --access public \.\/\S+\.tgz$/);
});

test.run();
