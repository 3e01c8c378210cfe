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

test("the first byte that differs is named", () => {
  assert.is(firstDifference("a", Buffer.from("same"), Buffer.from("same")), null);
  assert.match(
    firstDifference("a", Buffer.from("abcd"), Buffer.from("abXd"))!,
    "differ from byte 2 on (4 B and 4 B)",
  );
  assert.match(
    firstDifference("a", Buffer.from("ab"), Buffer.from("abc"))!,
    "differ from byte 2 on (2 B and 3 B)",
  );
});

test("two clean clones give the same bytes, and a manifest is checked against them", () => {
  const built = project.run("build", ["--out", "dist"]);
  assert.is(built.status, 0, built.stderr);
  const same = project.run("verify", ["--manifest", "dist/manifest.json"]);
  assert.is(same.status, 0, same.stdout + same.stderr);
  assert.match(same.stdout, "the same byte for byte in two clean clones, and the same as dist/manifest.json");
});

test("a manifest that claims other bytes fails, and says where", () => {
  const manifest = JSON.parse(project.read("dist/manifest.json")) as Manifest;
  assert.equal(compareManifests(manifest, manifest), []);
  const forged = structuredClone(manifest);
  forged.files["all.js"]!.sha256 = "0".repeat(64);
  assert.match(
    compareManifests(forged, manifest).join(),
    `all.js: sha256 is ${"0".repeat(64)} in the manifest`,
  );
  const missing = { ...manifest, files: {} };
  assert.match(compareManifests(missing, manifest).join(), "all.js: the manifest does not have it");
});

test("a build that depends on the time zone, the folder or the home is caught", () => {
  project.override("scripts/build/emit.ts", emit, {
    manifestOf: "(...args) => ({ ...original.manifestOf(...args), zone: process.env.TZ })",
  });
  project.commit("Write down where it was built");
  const outcome = project.run("verify");
  assert.is(outcome.status, 1);
  assert.match(outcome.stdout, /FAIL {2}manifest\.json: the builds differ from byte \d+ on/);
  assert.match(outcome.stderr, "does not rebuild to the same bytes");
});

test("a manifest that cannot be read: exit code 2; one that names no commit: 1", () => {
  assert.is(project.run("verify", ["--manifest", "nowhere.json"]).status, 2);
  project.write("dist/manifest.json", JSON.stringify({ commit: null, files: {} }));
  const outcome = project.run("verify", ["--manifest", "dist/manifest.json"]);
  assert.is(outcome.status, 1);
  assert.match(outcome.stderr, "names no commit, build number, tier or files");
});

test.run();
