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

/** Throws the CheckError that says who holds the lock `file`, and what to do when nobody does. */
async function refuse(file: string): Promise<never> {
  const holder = await readlink(file).catch(() => "not known who");
  const since = await lstat(file).catch(() => null);
  throw new CheckError(
    `another release is at work here: ${holder}${since ? `, since ${since.mtime.toISOString()}` : ""}. ` +
      `If it is not, remove its lock: rm -r "${file}"`,
  );
}

/** Takes the lock `file`, and returns what drops it again. Throws CheckError, with nothing changed, when it is there. */
export async function takeLock(file: string): Promise<() => void> {
  // Short enough for a link's own 60 bytes.
  await symlink(`process ${process.pid} on ${hostname().slice(0, 30)}`, file).catch((error) => {
    if (error.code !== "EEXIST") throw error;
    return refuse(file);
  });
  const drop = () => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupt);
    rmSync(file, { force: true });
  };
  const interrupt = (signal: NodeJS.Signals) => {
    drop();
    process.kill(process.pid, signal);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, interrupt);
  return drop;
}
