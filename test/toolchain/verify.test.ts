/** The rebuild proof: green on a build that depends on nothing around it, red on one that does. */
import * as assert from "uvu/assert";
import type { Manifest } from "../../scripts/build/emit.ts";
import * as emit from "../../scripts/build/emit.ts";
import { compareManifests, firstDifference } from "../../scripts/size/rebuild.ts";
import { suite } from "../support/suite.ts";
import { Project } from "./project.ts";

const test = suite("rebuild proof");
let project: Project;

test.before(() => {
  project = new Project();
  project.commit("Start");
});

test.after(() => project.remove());

/** `npm run verify` in the project: its exit code, and all that it prints. */
function verify(...args: string[]): [status: number, output: string] {
  const { status, stdout, stderr } = project.run("verify", args);
  return [status, stdout + stderr];
}

test("the first byte that differs is named", () => {
  const difference = (one: string, other: string) =>
    firstDifference("a", Buffer.from(one), Buffer.from(other));
  assert.is(difference("same", "same"), null);
  assert.match(difference("abcd", "abXd")!, "differ from byte 2 on (4 B and 4 B)");
  assert.match(difference("ab", "abc")!, "differ from byte 2 on (2 B and 3 B)");
});

test("two clean clones give the same bytes, and the manifest's; one that claims others fails, and says where", () => {
  const built = project.run("build", ["--out", "dist"]);
  assert.is(built.status, 0, built.stderr);
  const [same, said] = verify("--manifest", "dist/manifest.json");
  assert.is(same, 0, said);
  assert.match(said, "the same byte for byte in two clean clones, and the same as dist/manifest.json");

  const manifest = JSON.parse(project.read("dist/manifest.json")) as Manifest;
  assert.equal(compareManifests(manifest, manifest), []);
  assert.match(
    compareManifests({ ...manifest, files: {} }, manifest).join(),
    "all.js: the manifest does not have it",
  );
  const sha256 = "0".repeat(64);
  manifest.files["all.js"]!.sha256 = sha256;
  project.write("forged.json", JSON.stringify(manifest));
  const [other, differs] = verify("--manifest", "forged.json");
  assert.is(other, 1);
  assert.match(differs, `FAIL  all.js: sha256 is ${sha256} in the manifest, `);
});

test("a build that depends on the time zone, the folder or the home is caught", () => {
  project.override("scripts/build/emit.ts", emit, {
    manifestOf: "(...args) => ({ ...original.manifestOf(...args), zone: process.env.TZ })",
  });
  project.commit("Write down where it was built");
  const [status, output] = verify();
  assert.is(status, 1);
  assert.match(output, /FAIL {2}manifest\.json: the builds differ from byte \d+ on/);
  assert.match(output, "does not rebuild to the same bytes");
});

test("a manifest that cannot be read: exit code 2; one that names no commit: 1", () => {
  assert.is(verify("--manifest", "nowhere.json")[0], 2);
  project.write("dist/manifest.json", JSON.stringify({ commit: null, files: {} }));
  const [status, output] = verify("--manifest", "dist/manifest.json");
  assert.is(status, 1);
  assert.match(output, "names no commit, build number, tier or files");
});

test.run();
