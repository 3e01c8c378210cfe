/** What the release workflow may do, and in which order. Read as text: what counts here are a few exact lines. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { suite } from "../support/suite.ts";

const test = suite("release workflow");

const text = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8").replace(/^\s*#.*\n/gm, "");
const [before, testJob, publishJob] = text.split(/^ {2}(?:test|publish):\n/m) as [string, string, string];

test("everything may only read, but for the one job that publishes", () => {
  assert.match(before, /^permissions:\n {2}contents: read\n/m);
  assert.not.match(testJob, /permissions:|secrets\./);
  assert.equal(text.match(/: write\b.*/g), [": write"]);
  assert.match(publishJob, /^ {4}permissions:\n {6}contents: read\n {6}id-token: write\n/m);
});

test("no token is stored: npm knows the workflow by its identity", () => {
  assert.not.match(text, /secrets\.|NODE_AUTH_TOKEN|NPM_TOKEN/);
});

test("the checks of a clean clone come first, then the file that is published is packed", () => {
  const steps = [
    ".ci/run",
    'package.json").version',
    "not yet released",
    "npm pkg set repository",
    "run: npm pack",
  ];
  const places = steps.map((step) => testJob.indexOf(step));
  assert.not.ok(places.includes(-1), `${steps[places.indexOf(-1)]} is missing`);
  assert.equal(
    places,
    [...places].sort((one, other) => one - other),
  );
});

test("what was tested is published, with provenance, and nothing is built or installed beside it", () => {
  assert.match(publishJob, "needs: test");
  assert.match(publishJob, /npm publish --provenance --access public \.\/stackexchange-auth-\*\.tgz/);
  assert.not.match(publishJob, /checkout|npm (ci|install|run)/);
});

test.run();
