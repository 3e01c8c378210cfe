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

interface Locked {
  integrity?: string;
  hasInstallScript?: boolean;
  link?: boolean;
}

/** The packages of the lock file by their folder; `""`, the project itself, is not among them. */
function lockedPackages(): [folder: string, entry: Locked][] {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  return Object.entries(packages).filter(([folder]) => folder !== "");
}

test("each package of the lock file has the hash that its bytes must have", () => {
  const packages = lockedPackages();
  assert.ok(packages.length > 100);
  const without = packages.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""));
  // Where npm leaves hashes out: delete package-lock.json and node_modules, then npm install.
  assert.equal(
    without.map(([folder]) => folder),
    [],
  );
});

test("each package with an install script is allowed or denied by name, so that npm ci asks nothing", () => {
  const { allowScripts } = JSON.parse(read("package.json")) as { allowScripts: Record<string, boolean> };
  const scripted = lockedPackages().filter(([, { hasInstallScript }]) => hasInstallScript);
  assert.equal(
    scripted.map(([folder]) => folder.split("node_modules/").at(-1)),
    Object.keys(allowScripts),
  );
});

const WORKFLOWS = readdirSync(join(ROOT, ".github/workflows"));

/** What each line that names an action or an image names, and the version that its comment says. */
function references(workflow: string): { what: string; line: string }[] {
  const lines = read(`.github/workflows/${workflow}`).split("\n");
  return lines.flatMap((line) => {
    const what = /^\s*(?:- )?(?:uses|container|image): (.+)$/.exec(line)?.[1];
    return what && !what.startsWith("${{") ? [{ what, line: `${workflow}: ${line.trim()}` }] : [];
  });
}

test("actions and images are pinned by digest, and a comment says the version", () => {
  const all = WORKFLOWS.flatMap(references);
  assert.ok(all.length >= 10, `${all.length} references`);
  for (const { what, line } of all)
    assert.match(
      what,
      /^(\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+|node@sha256:[0-9a-f]{64} # \d+\.\d+\.\d+-bookworm)$/,
      line,
    );
  // One version of each, everywhere.
  const versions = new Map<string, string>();
  for (const { what, line } of all) {
    const name = what.replace(/@\w+:?\w+ # (\d+)?.*/, " $1");
    assert.is(versions.get(name) ?? what, what, line);
    versions.set(name, what);
  }
});

test("the release workflow's own check refuses a tag that is not on main", () => {
  const [, check] = /- name: The tag is on main\n\s+run: (.+)/.exec(read(".github/workflows/release.yml"))!;
  const folder = mkdtempSync(join(tmpdir(), "tag-"));
  try {
    const run = (command: string, cwd: string) =>
      runProgram("bash", ["-ec", command], { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" }, cwd)
        .status;
    const commit = "git -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m";
    const made = run(
      `git init -q -b main origin && cd origin
       ${commit} one && git tag v1.0.0 && ${commit} two && git tag v1.1.0
       git switch -q -c elsewhere v1.0.0 && ${commit} three && git tag v1.2.0 && git switch -q main
       git clone -q . ../clone`,
      folder,
    );
    assert.is(made, 0);
    const passes = (tag: string) =>
      run(`git checkout -q --detach ${tag} && ${check}`, join(folder, "clone")) === 0;
    assert.equal(["v1.0.0", "v1.1.0", "v1.2.0"].map(passes), [true, true, false]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
