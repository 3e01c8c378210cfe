/** The rebuild proof: green on a build that depends on nothing around it, red on one that does. */
import * as assert from "uvu/assert";
import type { Manifest } from "../../scripts/build/emit.ts";
import * as emit from "../../scripts/build/emit.ts";
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

test("two clean clones give the same bytes, and the manifest's; one that claims others fails, and says where", () => {
  const built = project.run("build", ["--out", "dist"]);
  assert.is(built.status, 0, built.stderr);
  const [same, said] = verify("--manifest", "dist/manifest.json");
  assert.is(same, 0, said);
  assert.match(said, "the same byte for byte in two clean clones, and the same as dist/manifest.json");

  const manifest = JSON.parse(project.read("dist/manifest.json")) as Manifest;
  const sha256 = "0".repeat(64);
  manifest.files["all.js"]!.sha256 = sha256;
  manifest.files["more.js"] = manifest.files["all.js"]!;
  project.write("forged.json", JSON.stringify(manifest));
  const [other, differs] = verify("--manifest", "forged.json");
  assert.is(other, 1);
  assert.match(differs, `FAIL  all.js: sha256 is ${sha256} in the manifest, `);
  assert.match(differs, "FAIL  more.js: the rebuild does not have it");
});

test("a build that depends on the time zone, the folder or the home is caught", () => {
  project.override("scripts/build/emit.ts", emit, {
    manifestOf: "(...args) => ({ ...original.manifestOf(...args), zone: process.env.TZ })",
  });
  project.commit("Write down where it was built");
  const [status, output] = verify();
  assert.is(status, 1);
  const [, at, one, other] = /manifest\.json: the builds differ from byte (\d+) on \((\d+) B and (\d+) B\)/
    .exec(output)!
    .map(Number);
  assert.equal([one! - at!, other! - at!], ['UTC"\n}\n'.length, 'Pacific/Chatham"\n}\n'.length]);
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
