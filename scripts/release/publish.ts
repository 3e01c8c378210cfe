/**
 * A release, step by step. At whatever step it is killed, pages get the old build or the new one, whole.
 *
 * Three facts of POSIX carry it: a file that is written elsewhere and renamed appears whole; a folder, too; and
 * renaming a link over another replaces it in one step. So the three files of the alias are links *through* one more
 * link, `current`, and replacing that one switches all three at once.
 */
import { open, readdir, readFile, rename, rm, symlink, utimes } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { CheckError } from "../cli.ts";
import {
  aliasTarget,
  type Build,
  currentNumber,
  exists,
  missingLinks,
  publishedNumbers,
  readPublished,
  readSource,
  releaseTime,
} from "./builds.ts";
import { type Layout, layout, MAP } from "./folders.ts";
import { HEADERS } from "./headers.ts";
import { takeLock } from "./lock.ts";
import { makeFolder, makeOpenFolder, openToAll, openTree } from "./modes.ts";
import { renderNginx } from "./nginx-include.ts";
import { renderStaticHeaders } from "./static-headers.ts";

/** Told before each step. Tests kill the process here. */
export type OnStep = (step: string) => void | Promise<void>;

export interface ReleaseRequest {
  /** The release folder; made when it is missing. */
  root: string;
  /** A folder that `npm run build` wrote. */
  from: string;
  /** False publishes the build and leaves the alias where it is. Default true. */
  switchAlias?: boolean;
  onStep?: OnStep;
}

export interface Released {
  build: Build;
  /** False when the same bytes were there already. */
  published: boolean;
  /** The build that the alias served before, and the one that it serves now; null when none. */
  before: string | null;
  now: string | null;
}

/** Durable before it is relied on: a rename must not survive a power cut that its content does not. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(file: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(file));
  const handle = await open(file, "w");
  try {
    await handle.writeFile(content);
    await handle.chmod(0o644);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function renameSynced(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  await rename(from, to);
  await sync(dirname(to));
}

/** Throws CheckError, naming the file, when build `number` is there with other bytes than `build` has. */
async function assertSame(at: Layout, build: Build, map: Buffer): Promise<void> {
  const differs = async (path: string, bytes: Buffer) =>
    !(await readFile(path).catch(() => Buffer.alloc(0))).equals(bytes);
  const refuse = (path: string) => {
    throw new CheckError(
      `build ${build.number} is there already with other bytes (${relative(at.root, path)}): ` +
        `a published build never changes. Release it under another number`,
    );
  };
  for (const [name, bytes] of build.files) {
    const path = join(at.build(build.number), name);
    if (await differs(path, bytes)) refuse(path);
  }
  const path = join(at.maps(build.number), MAP);
  if ((await exists(path)) && (await differs(path, map))) refuse(path);
}

/**
 * The time to give a build's files: now, but a second after every other build.
 *
 * nginx makes an ETag of a file's time in seconds and its length. Two builds of one length and one second would share it,
 * and a switch between them would be answered "not modified".
 */
async function nextReleaseTime(at: Layout): Promise<number> {
  const times = await Promise.all((await publishedNumbers(at)).map((number) => releaseTime(at, number)));
  return Math.max(Math.floor(Date.now() / 1000), ...times.map((time) => (time ?? 0) + 1));
}

async function publish(at: Layout, build: Build, onStep: OnStep): Promise<void> {
  const staged = join(at.staging, build.number);
  const time = await nextReleaseTime(at);
  for (const [name, content] of build.files) {
    await onStep(`write ${name}`);
    await writeSynced(join(staged, name), content);
    await utimes(join(staged, name), time, time);
  }
  await onStep("read back");
  for (const [name, content] of build.files) {
    if (!(await readFile(join(staged, name))).equals(content)) {
      throw new CheckError(`${join(staged, name)} does not read as it was written: is the disk full?`);
    }
  }
  await openToAll(staged);
  await sync(staged);
  await onStep("publish the build");
  await renameSynced(staged, at.build(build.number));
}

async function replaceFile(at: Layout, file: string, content: string, onStep: OnStep): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => "")) === content) return;
  const draft = join(at.staging, "draft");
  await onStep(`write ${relative(at.root, file)}`);
  await writeSynced(draft, content);
  await renameSynced(draft, file);
}

/** Makes the alias's three links where they are missing. They lead nowhere until the first switch. */
async function linkAlias(at: Layout, missing: readonly string[], onStep: OnStep): Promise<void> {
  for (const form of missing) {
    await onStep(`link ${form}`);
    await symlink(aliasTarget(at, form), at.alias(form));
  }
}

async function switchLink(at: Layout, number: string, onStep: OnStep): Promise<void> {
  await symlink(relative(at.root, at.build(number)), at.nextCurrent);
  await onStep("switch the alias");
  await rename(at.nextCurrent, at.current);
  await sync(at.root);
}

/** The folders that are served, open to all; also those that a release with another umask has made. */
async function openFolders(at: Layout): Promise<void> {
  await makeOpenFolder(at.scripts);
  for (let folder = at.scripts; folder !== at.root; folder = dirname(folder)) await openTree(folder);
}

/** Runs `work` under the lock, with the leavings of killed releases swept away before and its own after. */
async function locked<T>(at: Layout, onStep: OnStep, work: () => Promise<T>): Promise<T> {
  await onStep("take the lock");
  await makeOpenFolder(at.root);
  const drop = await takeLock(at.lock);
  try {
    await onStep("sweep");
    for (const name of await readdir(at.privateRoot)) {
      if (name.startsWith("staging-")) await rm(join(at.privateRoot, name), { recursive: true });
    }
    return await work();
  } finally {
    for (const path of [at.staging, at.nextCurrent]) await rm(path, { recursive: true, force: true });
    await drop();
  }
}

const silent: OnStep = () => {};

/**
 * Publishes a build and switches the alias to it. Doing it again changes nothing.
 *
 * Throws CheckError when the build is incomplete or damaged, when it is there already with other bytes, or while another
 * release is at work; in each case nothing that is served was touched.
 */
export async function release(request: ReleaseRequest): Promise<Released> {
  const { root, from, switchAlias = true, onStep = silent } = request;
  const at = layout(root);
  const { map, ...build } = await readSource(from);
  return locked(at, onStep, async () => {
    const missing = await missingLinks(at);
    const before = await currentNumber(at);
    await openFolders(at);
    const there = await exists(at.build(build.number));
    if (there) await assertSame(at, build, map);
    else await publish(at, build, onStep);
    await openTree(at.build(build.number));
    // As it lies there, before pages get it.
    await readPublished(at, build.number);

    const mapFile = join(at.maps(build.number), MAP);
    if (!there || !(await exists(mapFile))) {
      await onStep("write the map");
      await writeSynced(join(at.staging, MAP), map);
      await renameSynced(join(at.staging, MAP), mapFile);
    }
    await replaceFile(at, at.headers, renderStaticHeaders(HEADERS), onStep);
    await replaceFile(at, at.nginx, renderNginx(HEADERS), onStep);
    await linkAlias(at, missing, onStep);

    const now = switchAlias ? build.number : before;
    if (now !== null && now !== before) await switchLink(at, now, onStep);
    await onStep("drop the lock");
    return { build, published: !there, before, now };
  });
}

/**
 * Switches the alias to a build that is there: back to an older one, or on to one that was only staged.
 * Throws CheckError, with nothing changed, when it is not there or damaged.
 */
export async function switchTo(root: string, number: string, onStep: OnStep = silent): Promise<Released> {
  const at = layout(root);
  if (!(await exists(at.scripts))) throw new CheckError(`${root} holds no release`);
  return locked(at, onStep, async () => {
    const missing = await missingLinks(at);
    const before = await currentNumber(at);
    await openFolders(at);
    if (await exists(at.build(number))) await openTree(at.build(number));
    const build = await readPublished(at, number);
    await linkAlias(at, missing, onStep);
    if (before !== number) await switchLink(at, number, onStep);
    await onStep("drop the lock");
    return { build, published: false, before, now: number };
  });
}
