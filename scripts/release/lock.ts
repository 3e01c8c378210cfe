/** One release at a time in a folder, and none for ever: the lock of a release that was killed is taken over. */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { CheckError } from "../cli.ts";

interface Holder {
  pid: number;
  host: string;
  since: string;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Makes `file` with its content at once, so that no reader sees it empty. False when it is there already. */
async function createWhole(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function holderOf(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Holder;
  } catch {
    return null;
  }
}

/**
 * Takes the lock `file`, and returns what drops it again. Throws CheckError, with nothing changed, while another
 * process holds it.
 *
 * A lock whose process is gone is taken over under a second lock of its own, because between reading the first one and
 * removing it somebody else may have done the same, and would lose the lock just taken. `beforeRemoval` is called in that
 * moment; tests stop the clock there.
 */
export async function takeLock(
  file: string,
  beforeRemoval: () => Promise<void> = async () => {},
): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() });
  const drop = () => rm(file, { force: true });

  if (await createWhole(file, mine)) return drop;
  const takeover = `${file}.takeover`;
  if (await createWhole(takeover, mine)) {
    try {
      const holder = await holderOf(file);
      const gone = holder !== null && holder.host === hostname() && !runs(holder.pid);
      if (gone) {
        await beforeRemoval();
        await rm(file);
      }
      if ((gone || holder === null) && (await createWhole(file, mine))) return drop;
    } finally {
      await rm(takeover, { force: true });
    }
  }
  const holder = (await holderOf(file)) ?? (await holderOf(takeover));
  throw new CheckError(
    holder
      ? `another release is at work here: process ${holder.pid} on ${holder.host}, since ${holder.since}. ` +
          `If it is not, remove ${file} and ${takeover}`
      : `another release was at work here a moment ago: try again`,
  );
}
