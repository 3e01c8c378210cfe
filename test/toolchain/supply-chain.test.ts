/** Nothing that is installed or run in CI can change under its name: packages, actions, images. And a tag ships main. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { runProgram } from "../support/program.ts";
import { suite } from "../support/suite.ts";

const test = suite("supply chain");

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

test("each package has the hash that its bytes must have, and may run an install script only by name", () => {
  const { packages } = JSON.parse(read("package-lock.json"));
  delete packages[""];
  const names = Object.keys(packages);
  assert.ok(names.length > 100);
  const without = names.filter((name) => !/^sha512-[\w+/]{86}==$/.test(packages[name].integrity));
  // Where npm leaves hashes out: delete package-lock.json and node_modules, then npm install.
  assert.equal(without, []);
  const scripted = names.filter((name) => packages[name].hasInstallScript);
  assert.equal(
    scripted.map((name) => name.split("node_modules/").at(-1)),
    Object.keys(JSON.parse(read("package.json")).allowScripts),
  );
});

test("actions and images are pinned by digest, a comment says the version, and it is the same everywhere", () => {
  const workflows = readdirSync(join(ROOT, ".github/workflows")).map((name) =>
    read(`.github/workflows/${name}`),
  );
  const named = workflows.flatMap((text) => [
    ...text.matchAll(/^\s*(?:- )?(?:uses|container|image): (.+)$/gm),
  ]);
  const all = named.map(([, what]) => what!).filter((what) => !what.startsWith("${{"));
  assert.ok(all.length >= 10, `${all.length} references`);
  const versions = new Map<string, string>();
  for (const what of all) {
    const pinned = /^(\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+|node@sha256:[0-9a-f]{64} # \d+\.\d+\.\d+-bookworm)$/;
    assert.match(what, pinned);
    const name = what.replace(/@\w+:?\w+ # (\d+)?.*/, " $1");
    assert.is(versions.get(name) ?? what, what);
    versions.set(name, what);
  }
});

test("sizes: each push to main is checked, whatever is pushed after it", () => {
  const group =
    /^concurrency:\n +group: size-.* github\.event_name == 'pull_request' && github\.ref \|\| github\.sha }}$/m;
  assert.match(read(".github/workflows/size.yml"), group);
});

test("the release workflow's own check refuses a tag that is not on main", () => {
  const [, check] = /- name: The tag is on main\n\s+run: (.+)/.exec(read(".github/workflows/release.yml"))!;
  const folder = mkdtempSync(join(tmpdir(), "tag-"));
  const run = (command: string): boolean => {
    const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    return runProgram("bash", ["-ec", command], env, folder).status === 0;
  };
  const commit = "git -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m";
  const made = run(
    `git init -q -b main origin && cd origin
     ${commit} one && git tag v1.0.0 && ${commit} two && git tag v1.1.0
     git switch -q -c elsewhere v1.0.0 && ${commit} three && git tag v1.2.0 && git switch -q main
     git clone -q . ../clone`,
  );
  assert.ok(made);
  const passes = (tag: string) => run(`cd clone && git checkout -q --detach ${tag} && ${check}`);
  assert.equal(["v1.0.0", "v1.1.0", "v1.2.0"].map(passes), [true, true, false]);
  rmSync(folder, { recursive: true, force: true });
});

test.run();
