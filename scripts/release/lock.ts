/**
 * One release at a time in a folder.
 *
 * The lock is a link that leads nowhere: its text says who holds it. A link appears whole, is made only where there is
 * none, and needs no space on the disk, so that a rollback works when the disk is full. One that was left behind, by
 * SIGKILL or a power cut, is for a person to remove: whether its process still runs cannot be known from another
 * machine or container.
 */
import { rmSync } from "node:fs";
import { lstat, readlink, symlink } from "node:fs/promises";
import { hostname } from "node:os";
import { CheckError } from "../cli.ts";

/**
 * Does `work` while nobody else may, with `tidy` before and after it. Throws CheckError, with nothing changed, when somebody
 * holds the lock `file`: it says who, and what to do when nobody does.
 */
export async function withLock<T>(
  file: string,
  tidy: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  // Short enough for a link's own 60 bytes.
  await symlink(`process ${process.pid} on ${hostname().slice(0, 30)}`, file).catch(async (error) => {
    if (error.code !== "EEXIST") throw error;
    const holder = await readlink(file).catch(() => "not known who");
    const since = (await lstat(file).catch(() => null))?.mtime.toISOString() ?? "just now";
    throw new CheckError(
      `another release is at work here: ${holder}, since ${since}. If it is not, remove its lock: rm -r "${file}"`,
    );
  });
  const drop = () => {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    rmSync(file, { force: true });
  };
  const interrupt = (signal: NodeJS.Signals) => {
    drop();
    process.kill(process.pid, signal);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    await tidy();
    return await work();
  } finally {
    await tidy().finally(drop);
  }
}
