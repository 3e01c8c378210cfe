/**
 * One release at a time in a folder, and none for ever.
 *
 * The lock is a link that leads nowhere: its text says who holds it. A link appears whole, is made only where there is
 * none, can be read whatever the umask, and needs no space on the disk, so that a rollback works when the disk is full.
 */
import { randomUUID } from "node:crypto";
import { lstat, lutimes, readlink, rm, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { CheckError } from "../cli.ts";
import { makeFolder } from "./modes.ts";
import { ownId, type ProcessId, runs } from "./process-id.ts";

/** A holder that cannot be seen from here, on another machine or in another container, shows every so many ms that it is there. */
const BEAT = 2_000;
/** After so many ms without a sign it is gone. */
const GONE = 30_000;

/** The link's text. `nonce` tells two locks of one process apart. */
function write({ pid, start, place, host }: ProcessId, nonce: string): string {
  return `${pid}.${start}.${nonce}@${place}@${host}`;
}

function read(text: string): ProcessId | undefined {
  const [, pid, start, place, host] = /^(\d+)\.(\d*)\.\w+@([\w.-]+)@([\w.-]*)$/.exec(text) ?? [];
  return pid && place ? { pid: Number(pid), start: start!, place, host: host! } : undefined;
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Who holds the lock `file`: the link's text; undefined when nobody does. Throws CheckError when something else is there. */
async function holderOf(file: string): Promise<string | undefined> {
  try {
    return await readlink(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new CheckError(
      `${file} is no lock of a release (${(error as Error).message}). If no other release is at work, remove it`,
    );
  }
}

/** Throws CheckError while the holder is, or may be, at work. */
async function assertGone(file: string, text: string): Promise<void> {
  const holder = read(text);
  const alive = holder && runs(holder);
  if (alive === false) return;
  const touched = await lstat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  const silent = Date.now() - touched;
  if (alive === undefined && silent > GONE) return;
  const who = holder ? `process ${holder.pid} on ${holder.host}` : `"${text}"`;
  const seconds = Math.max(0, Math.round(silent / 1000));
  throw new CheckError(
    `another release is at work here: ${who}, seen ${seconds} s ago. If it is not, remove ${file}` +
      `${alive === undefined ? `, or try again ${GONE / 1000} s after it was last seen` : ""}`,
  );
}

/** Makes the link `file`. False when something is there already. */
async function create(file: string, text: string): Promise<boolean> {
  try {
    await symlink(text, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Makes the link `file`, in the place of one whose holder is gone if need be. Throws CheckError while another holds it.
 *
 * Whoever takes a lock over holds a second one meanwhile, because between reading the first and removing it somebody else may
 * have done the same, and would lose the lock just taken. `beforeRemoval` is called in that moment.
 */
async function take(file: string, text: string, beforeRemoval: () => Promise<void>): Promise<void> {
  if (await create(file, text)) return;
  const found = await holderOf(file);
  if (found !== undefined) await assertGone(file, found);
  const second = `${file}.takeover`;
  await take(second, text, async () => {});
  try {
    if (found !== undefined && (await holderOf(file)) === found) {
      await beforeRemoval();
      await rm(file);
    }
    if (!(await create(file, text)))
      throw new CheckError(`another release is at work here: it has just taken ${file}`);
  } finally {
    await rm(second, { force: true });
  }
}

/**
 * Takes the lock `file`, and returns what drops it again. Throws CheckError, with nothing changed, while another
 * process holds it. `beforeRemoval` is where tests stop the clock.
 */
export async function takeLock(
  file: string,
  beforeRemoval: () => Promise<void> = async () => {},
): Promise<() => Promise<void>> {
  await makeFolder(dirname(file));
  const text = write(ownId(), randomUUID().slice(0, 4));
  await take(file, text, beforeRemoval);
  const beat = setInterval(() => {
    const now = new Date();
    lutimes(file, now, now).catch(() => {});
  }, BEAT).unref();
  return async () => {
    clearInterval(beat);
    if ((await holderOf(file)) === text) await rm(file);
  };
}
