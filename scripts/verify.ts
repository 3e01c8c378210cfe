/** `npm run verify`: the same commit gives the same bytes, in another folder, time zone, language and home. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import type { Manifest } from "./build/emit.ts";
import { chooseBuildNumber } from "./build/number.ts";
import { CheckError, isMain, newCommand, runCommand, UsageError } from "./cli.ts";
import { SERVERS } from "./config.ts";
import { resolveCommit, short, treeIsChanged } from "./size/commits.ts";
import { compareFolders, compareManifests, PLACES, type Rebuild, rebuild } from "./size/rebuild.ts";

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
    .opts<{ manifest?: string; install?: boolean; json?: boolean }>();

  const claimed = options.manifest ? await readClaim(options.manifest) : null;
  const commit = resolveCommit(claimed?.commit ?? "HEAD");
  const request: Rebuild = {
    commit,
    buildNumber: claimed?.buildNumber ?? chooseBuildNumber(),
    servers: claimed ? serversOf(claimed) : [],
    install: options.install ?? false,
  };
  if (!claimed && treeIsChanged())
    console.error(`the working tree has changes; ${short(commit)} is what is built`);

  const root = await mkdtemp(join(tmpdir(), "verify-"));
  try {
    const [one, other] = await Promise.all(PLACES.map((place) => rebuild(root, place, request)));
    const { files, found } = await compareFolders(one!, other!);
    if (claimed) {
      const rebuilt = JSON.parse(await readFile(join(one!, "manifest.json"), "utf8")) as Manifest;
      found.push(...compareManifests(claimed, rebuilt));
    }
    const ok = found.length === 0;
    const against = claimed ? `, and the same as ${options.manifest}` : "";
    const what = `${short(commit)}, build ${request.buildNumber}: ${files.length} files`;
    if (options.json) console.log(JSON.stringify({ ok, ...request, files, found }, null, 2));
    else if (ok)
      console.log(`${pc.green("ok")}  ${what}, the same byte for byte in two clean clones${against}`);
    else for (const line of found) console.log(`${pc.red("FAIL")}  ${line}`);
    if (!ok) throw new CheckError(`${short(commit)} does not rebuild to the same bytes`);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await runCommand(main);
