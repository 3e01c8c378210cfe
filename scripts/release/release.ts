/** `npm run release`: lays a build out for a web server or a CDN, and moves the address that pages use to it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CheckError, isMain, runCommand, writing } from "../cli.ts";
import { gitOrNull } from "../git.ts";
import { type Options, parseOptions } from "./arguments.ts";
import { currentNumber } from "./builds.ts";
import { checkAlias, describeList, describeReleased, listBuilds, releasedJson } from "./describe.ts";
import { layout } from "./folders.ts";
import { closedFolder } from "./modes.ts";
import { rememberedOrigin, rememberOrigin } from "./origin.ts";
import { release, switchTo } from "./publish.ts";

/** What a build is made of. */
const SOURCES = ["src", "scripts", "package.json", "package-lock.json", "tsconfig.json"];

/** A manifest names a commit so that anyone can rebuild it and compare: it must be the commit that was built. */
function assertCommitted(): void {
  const changes = gitOrNull("status", "--porcelain", "--", ...SOURCES);
  if (changes) {
    const files = changes.split("\n").map((line) => line.slice(3));
    throw new CheckError(
      `${files[0]}${files.length > 1 ? ` and ${files.length - 1} more` : ""} is in no commit, so nobody could ` +
        `rebuild this release: commit first, or give --allow-dirty`,
    );
  }
}

/** Calls `use` with a folder that holds the build: the one given, or one built for the occasion. */
async function withBuild<T>(options: Options, use: (folder: string) => Promise<T>): Promise<T> {
  if (options.from !== undefined) return use(resolve(options.from));
  if (!options.allowDirty) assertCommitted();
  const folder = await mkdtemp(join(tmpdir(), "release-build-"));
  try {
    console.error("building");
    // Only here: a rollback in a hurry does not wait for a compiler to load.
    const [{ build }, { chooseBuildNumber }] = await Promise.all([
      import("../build.ts"),
      import("../build/number.ts"),
    ]);
    // What is released is made here and now, whatever an earlier build has kept.
    process.env.BUILD_CACHE = "off";
    await build({ out: folder, buildNumber: chooseBuildNumber(options.buildNumber) });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Does `work` in the release folder. What the file system refuses, a full disk among it, is a sentence and no stack. */
async function inFolder<T>({ out }: Options, root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await writing("--out", out, work);
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (!syscall) throw error;
    const serves = await currentNumber(layout(root)).catch(() => null);
    throw new CheckError(`${message}. The alias serves ${serves === null ? "nothing" : `build ${serves}`}`);
  }
}

async function list(root: string, site: string, { json }: Options): Promise<void> {
  const builds = await listBuilds(root, site);
  const alias = await checkAlias(root);
  console.log(json ? JSON.stringify({ alias, builds }, null, 2) : describeList(builds, alias));
  if (builds.some(({ damage }) => damage)) throw new CheckError("a published build is damaged");
  if (builds.length > 0 && alias.problem) throw new CheckError("pages that load the alias do not get it");
}

async function main(argv: string[]): Promise<void> {
  const options = parseOptions(argv);
  const root = resolve(options.out);
  const site = options.site ?? (await rememberedOrigin(root));

  if (options.list) return list(root, site, options);
  const number = options.rollback ?? options.switch;
  const released =
    number !== undefined
      ? await inFolder(options, root, () => switchTo(root, number))
      : await withBuild(options, (from) =>
          inFolder(options, root, () => release({ root, from, switchAlias: !options.stage })),
        );
  const { site: given } = options;
  if (given !== undefined) await inFolder(options, root, () => rememberOrigin(root, given));
  if (!site)
    console.error("the tag names no host yet: give --origin https://HOST once, and it is remembered");
  console.log(
    options.json
      ? JSON.stringify(releasedJson(released, root, site), null, 2)
      : describeReleased(released, root, site),
  );
  const closed = await closedFolder(root);
  if (closed) console.error(`only its owner may enter ${closed}: a web server of another user answers 403`);
}

if (isMain(import.meta.url)) await runCommand(main);
