/** `npm run verify`: the same commit gives the same bytes, in another folder, time zone, language and home. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pc from "picocolors";
import type { Manifest } from "./build/emit.ts";
import { chooseBuildNumber } from "./build/number.ts";
import { CheckError, isMain, newCommand, runCommand, UsageError } from "./cli.ts";
import { ROOT, SERVERS } from "./config.ts";
import { git } from "./git.ts";
import { resolveCommit, short, treeIsChanged } from "./size/commits.ts";

const run = promisify(execFile);

/** As different as two places on one machine can be: each clone's folder, from the temporary one, and what is around the build. */
const PLACES = [
  { folder: "a", env: { TZ: "UTC", LANG: "C", LC_ALL: "C" } },
  {
    folder: "somewhere else/entirely",
    env: { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" },
  },
];

type Files = Map<string, Buffer>;

/**
 * Clones the project into `home`, and builds `commit` there with the arguments `args`. The clone uses the packages that are
 * installed here when its lock file is the same, and its own by `npm ci` otherwise, or when `install` says so.
 */
async function rebuild(
  home: string,
  env: object,
  commit: string,
  args: string[],
  install: boolean,
): Promise<Files> {
  const [clone, out] = [join(home, "clone"), join(home, "clone/dist")];
  await mkdir(home, { recursive: true });
  git("clone", "--quiet", "--no-hardlinks", "--no-checkout", ROOT, clone);
  git("-C", clone, "checkout", "--quiet", "--detach", commit);
  const lock = (path: string): string => readFileSync(join(path, "package-lock.json"), "utf8");
  if (!install && lock(clone) === lock(ROOT)) {
    await symlink(join(ROOT, "node_modules"), join(clone, "node_modules"));
  } else {
    console.error(`npm ci in ${clone} (about half a minute)`);
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: clone, maxBuffer: 1e8 });
  }
  // A proof that trusts no earlier build.
  const around = { PATH: process.env.PATH ?? "", HOME: home, BUILD_CACHE: "off", ...env };
  await run(process.execPath, ["--import", "tsx", "scripts/build.ts", ...args, "--out", out], {
    cwd: clone,
    env: around,
  }).catch((error: { stderr?: string }) => {
    throw new CheckError(`the build in ${clone} failed: ${error.stderr?.trim() || error}`);
  });
  const names = (await readdir(out)).sort();
  return new Map(names.map((name) => [name, readFileSync(join(out, name))]));
}

/** How two builds differ, file by file. */
const compareBuilds = (one: Files, other: Files): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
    const [left, right] = [one.get(name), other.get(name)];
    if (!left || !right) return [`${name}: only one of the builds has it`];
    if (left.equals(right)) return [];
    const at = left.findIndex((byte, index) => byte !== right[index]);
    const first = at === -1 ? left.length : at;
    return [`${name}: the builds differ from byte ${first} on (${left.length} B and ${right.length} B)`];
  });

/** Where a manifest disagrees with the one of a rebuild. */
const compareManifests = (claimed: Manifest["files"], rebuilt: Manifest["files"]): string[] =>
  Object.keys({ ...claimed, ...rebuilt }).flatMap((name) => {
    const [said, real] = [claimed[name], rebuilt[name]];
    if (!said || !real) return [`${name}: ${said ? "the rebuild" : "the manifest"} does not have it`];
    return (Object.keys(real) as (keyof typeof real)[])
      .filter((field) => said[field] !== real[field])
      .map((field) => `${name}: ${field} is ${said[field]} in the manifest, ${real[field]} in the rebuild`);
  });

async function readClaim(path: string): Promise<Manifest> {
  let claimed: Partial<Manifest>;
  try {
    claimed = JSON.parse(await readFile(path, "utf8")) as Partial<Manifest>;
  } catch (error) {
    throw new UsageError(`--manifest ${path}: ${(error as Error).message}`);
  }
  if (!claimed.commit || !claimed.buildNumber || !claimed.files || !claimed.tier) {
    throw new CheckError(`${path} names no commit, build number, tier or files: it cannot be rebuilt`);
  }
  return claimed as Manifest;
}

/** The build's arguments for the servers of a manifest. */
const serversOf = (claimed: Manifest): string[] =>
  claimed.tier === "custom"
    ? SERVERS.flatMap(({ key, flag }) => [flag, claimed[key]!])
    : ["--tier", claimed.tier];

async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run verify --")
    .description(
      "Builds HEAD in two clean clones, with another folder, time zone, locale and HOME each, and compares every byte. " +
        "With --manifest, rebuilds the commit that the manifest names, and compares the manifest too.",
    )
    .option("--manifest <file>", "a manifest.json, committed or published")
    .option("--install", "run npm ci in each clone, instead of using the packages that are installed here")
    .option("--json", "print the result as JSON")
    .parse(argv, { from: "user" })
    .opts<{ manifest?: string; install?: true; json?: true }>();

  const install = options.install ?? false;
  const claimed = options.manifest ? await readClaim(options.manifest) : null;
  const commit = resolveCommit(claimed?.commit ?? "HEAD");
  const buildNumber = claimed?.buildNumber ?? chooseBuildNumber();
  const servers = claimed ? serversOf(claimed) : [];
  if (!claimed && treeIsChanged())
    console.error(`the working tree has changes; ${short(commit)} is what is built`);

  const root = await mkdtemp(join(tmpdir(), "verify-"));
  try {
    const args = ["--build-number", buildNumber, ...servers];
    const [one, other] = (await Promise.all(
      PLACES.map(({ folder, env }) => rebuild(join(root, folder), env, commit, args, install)),
    )) as [Files, Files];
    const found = compareBuilds(one, other);
    const manifest = one.get("manifest.json");
    if (!manifest) found.push("the build wrote no manifest.json");
    else if (claimed)
      found.push(...compareManifests(claimed.files, (JSON.parse(String(manifest)) as Manifest).files));
    const [ok, files] = [found.length === 0, [...one.keys()]];
    const against = claimed ? `, and the same as ${options.manifest}` : "";
    const what = `${short(commit)}, build ${buildNumber}: ${files.length} files`;
    if (options.json)
      console.log(JSON.stringify({ ok, commit, buildNumber, servers, install, files, found }, null, 2));
    else if (ok)
      console.log(`${pc.green("ok")}  ${what}, the same byte for byte in two clean clones${against}`);
    else for (const line of found) console.log(`${pc.red("FAIL")}  ${line}`);
    if (!ok) throw new CheckError(`${short(commit)} does not rebuild to the same bytes`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await runCommand(main);
