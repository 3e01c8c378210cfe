/** `npm run release`: lays a build out for a web server or a CDN, and moves the address that pages use to it. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Option } from "commander";
import { CheckError, checkOrigin, isMain, newCommand, runCommand, writing } from "../cli.ts";
import { gitOrNull } from "../git.ts";
import { currentNumber } from "./builds.ts";
import { describeList, describeReleased, inspect, releasedModel } from "./describe.ts";
import { layout } from "./folders.ts";
import { type Released, release, switchTo } from "./publish.ts";

interface Options {
  out: string;
  from?: string;
  buildNumber?: string;
  stage?: boolean;
  rollback?: string;
  switch?: string;
  list?: boolean;
  origin?: string;
  allowDirty?: boolean;
  json?: boolean;
}

/** What takes a build that is there goes with no other such option, and with none of a new build. */
function existing(flags: string, text: string): Option {
  const option = new Option(flags, text);
  const others = ["switch", "rollback", "list", "from", "buildNumber", "allowDirty", "stage"];
  return option.conflicts(others.filter((name) => name !== option.attributeName()));
}

function parseOptions(argv: string[]): Options {
  return newCommand("npm run release --")
    .description(
      "Builds the SDK and lays it out for a CDN: an immutable folder for the build, and the alias that pages use, " +
        "switched last and in one step. See scripts/site/content/cdn.md.",
    )
    .requiredOption("--out <folder>", "the release folder; it keeps every build")
    .addOption(
      new Option("--from <folder>", "release what npm run build wrote there").conflicts("buildNumber"),
    )
    .option("--build-number <id>", "default: the variable BUILD_NUMBER, else the number of commits")
    .option("--allow-dirty", "build although the sources have changes that are in no commit")
    .option("--stage", "publish the build, and leave the alias where it is")
    .addOption(existing("--switch <build>", "only switch the alias, to a build that is there"))
    .addOption(existing("--rollback <build>", "the same, under the name one looks for in a hurry"))
    .addOption(existing("--list", "list the builds, each one checked; * marks the alias's"))
    .option("--origin <origin>", "where the folder is served, for the tag; remembered in it", checkOrigin)
    .option("--json", "print what a script wants to know")
    .allowExcessArguments(false)
    .parse(argv, { from: "user" })
    .opts<Options>();
}

/** What a build is made of. */
const SOURCES = ["src", "scripts", "package.json", "package-lock.json", "tsconfig.json"];

/** A manifest names a commit so that anyone can rebuild it and compare: it must be the commit that was built. */
function assertCommitted(): void {
  const changes = gitOrNull("status", "--porcelain", "--", ...SOURCES);
  if (!changes) return;
  const [first, ...others] = changes.split("\n").map((line) => line.slice(3));
  throw new CheckError(
    `${first}${others.length > 0 ? ` and ${others.length} more` : ""} is in no commit, so nobody could ` +
      `rebuild this release: commit first, or give --allow-dirty`,
  );
}

/** Calls `use` with a folder that holds the build: the one given, or one built for the occasion. */
async function withBuild<T>(options: Options, use: (folder: string) => Promise<T>): Promise<T> {
  if (options.from !== undefined) return use(resolve(options.from));
  if (!options.allowDirty) assertCommitted();
  const folder = await mkdtemp(join(tmpdir(), "release-build-"));
  try {
    console.error("building");
    // Only here: a rollback in a hurry does not wait for a compiler to load.
    const { build } = await import("../build.ts");
    const { chooseBuildNumber } = await import("../build/number.ts");
    // What is released is made here and now, whatever an earlier build has kept.
    process.env.BUILD_CACHE = "off";
    await build({ out: folder, buildNumber: chooseBuildNumber(options.buildNumber) });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Does `work` in the release folder. What the file system refuses, a full disk among it, is a sentence and no stack. */
async function inFolder<T>(out: string, work: () => Promise<T>): Promise<T> {
  try {
    return await writing("--out", out, work);
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (!syscall) throw error;
    const serves = await currentNumber(layout(resolve(out))).catch(() => null);
    throw new CheckError(`${message}. The alias serves ${serves === null ? "nothing" : `build ${serves}`}`);
  }
}

async function list(root: string, site: string, json?: boolean): Promise<void> {
  const found = await inspect(root, site);
  const { alias, builds } = found;
  console.log(json ? JSON.stringify(found, null, 2) : describeList(found));
  if (builds.some(({ damage }) => damage)) throw new CheckError("a published build is damaged");
  if (builds.length > 0 && alias.problem) throw new CheckError("pages that load the alias do not get it");
}

/** The nearest folder, `path` or one above it, that only its owner may enter; undefined when there is none. */
async function closedFolder(path: string): Promise<string | undefined> {
  if (!((await stat(path)).mode & 0o011)) return path;
  return dirname(path) === path ? undefined : closedFolder(dirname(path));
}

async function main(argv: string[]): Promise<void> {
  const { out, json, origin, ...options } = parseOptions(argv);
  const root = resolve(out);
  const site = origin ?? (await readFile(layout(root).origin, "utf8").catch(() => "")).trim();
  if (options.list) return list(root, site, json);

  const number = options.rollback ?? options.switch;
  const released: Released =
    number !== undefined
      ? await inFolder(out, () => switchTo(root, number, origin))
      : await withBuild({ out, ...options }, (from) =>
          inFolder(out, () => release({ root, from, switchAlias: !options.stage, origin })),
        );
  if (!site)
    console.error("the tag names no host yet: give --origin https://HOST once, and it is remembered");
  const model = releasedModel(released, root, site);
  console.log(json ? JSON.stringify(model, null, 2) : describeReleased(model));
  const closed = await closedFolder(root);
  if (closed) console.error(`only its owner may enter ${closed}: a web server of another user answers 403`);
}

if (isMain(import.meta.url)) await runCommand(main);
