/**
 * A release, step by step. At whatever step it is killed, pages get the old build or the new one, whole.
 *
 * Three facts of POSIX carry it: a file that is written elsewhere and renamed appears whole; a folder, too; and
 * renaming a link over another replaces it in one step. So the three files of the alias are links *through* one more
 * link, `current`, and replacing that one switches all three at once.
 */
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { CheckError } from "../cli.ts";
import { type Build, currentNumber, publishedBuilds, readLink, readPublished, readSource } from "./builds.ts";
import { FORMS, type Layout, layout, MAP } from "./folders.ts";
import { renderNginx, renderStaticHeaders } from "./headers.ts";
import { withLock } from "./lock.ts";

export interface ReleaseRequest {
  /** The release folder; made when it is missing. */
  root: string;
  /** A folder that `npm run build` wrote. */
  from: string;
  /** False publishes the build and leaves the alias where it is. Default true. */
  switchAlias?: boolean;
  /** Where the folder is served, to be remembered in it. */
  origin?: string;
}

export interface Released {
  build: Build;
  /** False when the same bytes were there already. */
  published: boolean;
  /** The build that the alias served before, and the one that it serves now; null when none. */
  before: string | null;
  now: string | null;
}

/** Makes a folder and those above it. Node's own `recursive` takes a full disk for a missing folder. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

/** Durable before it is relied on: a rename must not survive a power cut that its content does not. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

async function move(from: string, to: string): Promise<void> {
  await rename(from, to);
  await sync(dirname(to));
}

/** Writes a file that appears whole, unless it has this content already. */
async function put(at: Layout, file: string, content: string | Buffer): Promise<void> {
  const bytes = Buffer.from(content);
  if ((await readFile(file).catch(() => null))?.equals(bytes)) return;
  await makeFolder(at.staging);
  await makeFolder(dirname(file));
  const draft = join(at.staging, "draft");
  await writeFile(draft, bytes, { flush: true });
  await move(draft, file);
}

/** Throws CheckError, naming the file, when build `number` is there with other bytes than `build` has. */
async function assertSame(at: Layout, { number, files }: Build, map: Buffer): Promise<void> {
  const wanted = [...files].map(([name, bytes]) => [join(at.build(number), name), bytes] as const);
  for (const [path, bytes] of [...wanted, [join(at.maps(number), MAP), map] as const]) {
    const there = await readFile(path).catch(() => bytes);
    if (there.equals(bytes)) continue;
    throw new CheckError(
      `build ${number} is there already with other bytes (${relative(at.root, path)}): ` +
        `a published build never changes. Release it under another number`,
    );
  }
}

/**
 * Publishes a build. Its files' time is now, but a second after every other build: nginx makes an ETag of a file's time in
 * seconds and its length. Two builds of one length and one second would share it, and a switch between them would be
 * answered "not modified".
 */
async function publish(at: Layout, { number, files }: Build): Promise<void> {
  const staged = join(at.staging, "build");
  await makeFolder(staged);
  const latest = (await publishedBuilds(at)).at(-1)?.time ?? 0;
  const time = Math.max(Math.floor(Date.now() / 1000), latest + 1);
  for (const [name, bytes] of files) {
    await writeFile(join(staged, name), bytes, { flush: true });
    await utimes(join(staged, name), time, time);
  }
  await sync(staged);
  await move(staged, at.build(number));
}

/** Makes those of the alias's three links that are missing. They lead through `current`, and nowhere until the first switch. */
async function linkAlias(at: Layout): Promise<void> {
  for (const form of FORMS) {
    const target = relative(at.scripts, join(at.current, form));
    if ((await readLink(at.alias(form), target)) === null) await symlink(target, at.alias(form));
  }
}

async function switchLink(at: Layout, number: string): Promise<void> {
  await symlink(relative(at.root, at.build(number)), at.next);
  await move(at.next, at.current);
}

async function sweep(at: Layout): Promise<void> {
  for (const path of [at.staging, at.next]) await rm(path, { recursive: true, force: true });
}

/**
 * Switches the alias to build `number`, once `prepare` has put it there. One release at a time, with the leavings of killed
 * ones swept away, and with files that everybody may read, whatever the umask.
 */
async function change(
  at: Layout,
  number: string,
  { switchAlias = true, origin }: Partial<ReleaseRequest>,
  prepare: () => Promise<boolean>,
): Promise<Released> {
  const umask = process.umask(process.umask() & 0o222);
  const work = async (): Promise<Released> => {
    await makeFolder(at.scripts);
    await linkAlias(at);
    const before = await currentNumber(at);
    const published = await prepare();
    // As it lies there, before pages get it.
    const build = await readPublished(at, number);
    const now = switchAlias ? number : before;
    if (now !== null && now !== before) await switchLink(at, now);
    if (origin !== undefined) await put(at, at.origin, `${origin}\n`);
    return { build, published, before, now };
  };
  try {
    await makeFolder(at.privateRoot);
    return await withLock(at.lock, () => sweep(at), work);
  } finally {
    process.umask(umask);
  }
}

/**
 * Publishes a build and switches the alias to it. Doing it again changes nothing.
 *
 * Throws CheckError when the build is incomplete or damaged, when it is there already with other bytes, or while another
 * release is at work; in each case nothing that is served was touched.
 */
export async function release(request: ReleaseRequest): Promise<Released> {
  const at = layout(request.root);
  const { build, map } = await readSource(request.from);
  return change(at, build.number, request, async () => {
    await assertSame(at, build, map);
    const published = !existsSync(at.build(build.number));
    if (published) await publish(at, build);
    await put(at, join(at.maps(build.number), MAP), map);
    await put(at, at.headers, renderStaticHeaders());
    await put(at, at.nginx, renderNginx());
    return published;
  });
}

/**
 * Switches the alias to a build that is there: back to an older one, or on to one that was only staged.
 * Throws CheckError, with nothing changed, when it is not there or damaged.
 */
export async function switchTo(root: string, number: string, origin?: string): Promise<Released> {
  const at = layout(root);
  if (!existsSync(at.scripts)) throw new CheckError(`${root} holds no release`);
  return change(at, number, { origin }, async () => false);
}
