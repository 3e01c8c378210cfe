/**
 * One release at a time in a folder.
 *
 * The lock is a link that leads nowhere: its text says who holds it. A link appears whole, is made only where there is
 * none, and needs no space on the disk, so that a rollback works when the disk is full. One that SIGKILL left behind is
 * taken over. A power cut's is for a person to remove: whether its process still runs cannot be known after another start
 * of the machine, nor from another machine or container.
 */
import { readFileSync, readlinkSync, rmSync } from "node:fs";
import { lstat, readlink, rename, symlink } from "node:fs/promises";
import { hostname } from "node:os";
import { CheckError } from "../cli.ts";

/** Those that end a process and can be heard. SIGHUP: the terminal was closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where process numbers mean the same: one start of one machine, and one container. Null where there is no /proc to ask. */
function findPlace(): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8);
    return `${boot}.${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`;
  } catch {
    return null;
  }
}

/** Whether `holder` is a process that can be seen from `place` and runs no longer. */
function isGone(holder: string, place: string): boolean {
  const pid = holder.endsWith(` ${place}`) && /^process (\d+) /.exec(holder)?.[1];
  if (!pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

const holderOf = (file: string): Promise<string> => readlink(file).catch(() => "not known who");

/**
 * Does `work` while nobody else may, with `tidy` before and after it. Throws CheckError, with nothing changed, when somebody
 * holds the lock `file`: it says who, and what to do when nobody does.
 */
export async function withLock<T>(
  file: string,
  tidy: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const place = findPlace();
  // Short enough for a link's own 60 bytes.
  const own = `process ${process.pid} on ${[hostname().slice(0, 15), place].filter(Boolean).join(" ")}`;
  const claim = `${file}.next`;
  /** Puts our link in the place of a dead holder's. The claim is exclusive, and the holder is read again under it. */
  async function takeOver(): Promise<boolean> {
    if (!place || !isGone(await holderOf(file), place)) return false;
    await symlink(own, claim);
    const gone = isGone(await holderOf(file), place);
    if (gone) await rename(claim, file);
    else rmSync(claim, { force: true });
    return gone;
  }
  await symlink(own, file).catch(async (error) => {
    if (error.code !== "EEXIST") throw error;
    if (await takeOver().catch(() => false)) return;
    const since = (await lstat(file).catch(() => null))?.mtime.toISOString() ?? "just now";
    throw new CheckError(
      `another release is at work here: ${await holderOf(file)}, since ${since}. If it is not, remove its lock: rm -r "${file}"`,
    );
  });
  const drop = () => {
    for (const signal of SIGNALS) process.off(signal, interrupt);
    for (const link of [file, claim]) rmSync(link, { force: true });
  };
  const interrupt = (signal: NodeJS.Signals) => {
    drop();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    await tidy();
    return await work();
  } finally {
    await tidy().finally(drop);
  }
}
