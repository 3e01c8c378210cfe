/** What the release workflow may do, and in which order its jobs do it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { ROOT } from "../../scripts/config.ts";
import { suite } from "../support/suite.ts";

interface Job {
  needs?: string;
  permissions?: Record<string, string>;
  steps: { run?: string; uses?: string; with?: Record<string, string>; env?: Record<string, string> }[];
}

interface Workflow {
  permissions: Record<string, string>;
  env?: Record<string, string>;
  jobs: Record<string, Job>;
}

const test = suite("release workflow");

const workflow = parse(readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8")) as Workflow;
const { test: checks, publish } = workflow.jobs as { test: Job; publish: Job };

const commands = ({ steps }: Job): string[] => steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
/** Actions by name, whatever their version. */
const actions = ({ steps }: Job): string[] =>
  steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses.split("@")[0]!]));

test("everything may only read, but for the one job that publishes, which may prove who it is", () => {
  assert.equal(workflow.permissions, { contents: "read" });
  assert.equal(Object.keys(workflow.jobs), ["test", "publish"]);
  assert.is(checks.permissions, undefined);
  assert.equal(publish.permissions, { contents: "read", "id-token": "write" });
});

test("no token is stored: npm knows the workflow by its identity", () => {
  assert.not.match(JSON.stringify(workflow), /secrets\.|_TOKEN/);
});

test("the checks of a clean clone come before the file that is published is packed", () => {
  const all = commands(checks);
  const [tested, packed] = [all.indexOf(".ci/run"), all.indexOf("npm pack")];
  assert.ok(tested >= 0 && tested < packed, all.join("\n"));
});

test("what was tested is published, with provenance, and nothing is built or installed beside it", () => {
  assert.is(publish.needs, "test");
  assert.equal(actions(publish), ["actions/setup-node", "actions/download-artifact"]);
  assert.is(commands(publish).length, 1);
  assert.match(commands(publish)[0]!, /^npm publish --provenance --access public \.\/\S+\.tgz$/);
});

test.run();
