/** Who may read a release: everybody, whatever the umask of the person who makes it. */
import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CheckError } from "../cli.ts";

/** Beside read, a folder needs the right to enter it. */
const neededBy = (isFolder: boolean): number => (isFolder ? 0o555 : 0o444);

const octal = (mode: number): string => (mode & 0o777).toString(8);

/** Lets everybody read `path`, as its creator's umask may not. Throws CheckError when it is not ours to change. */
export async function openToAll(path: string): Promise<void> {
  const found = await stat(path);
  const needed = neededBy(found.isDirectory());
  if ((found.mode & needed) === needed) return;
  await chmod(path, (found.mode & 0o7777) | needed).catch((error: Error) => {
    throw new CheckError(
      `${path} has mode ${octal(found.mode)}, and must be readable by all: ${error.message}`,
    );
  });
}

/**
 * Makes the folder `path` and those above it where they are missing, and gives those that it made. Node's own `recursive`
 * takes a full disk for a missing folder.
 */
export async function makeFolder(path: string): Promise<string[]> {
  try {
    await mkdir(path);
    return [path];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && dirname(path) !== path) {
      return [...(await makeFolder(dirname(path))), ...(await makeFolder(path))];
    }
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return [];
    throw error;
  }
}

/** The same; each folder that it makes is open to all. */
export async function makeOpenFolder(path: string): Promise<void> {
  for (const made of await makeFolder(path)) await openToAll(made);
}

/** Opens `folder` and everything in it to all. Links are followed by whoever reads them, and have no mode. */
export async function openTree(folder: string): Promise<void> {
  await openToAll(folder);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) await openToAll(join(folder, entry.name));
  }
}

/** Throws CheckError when somebody may not read `path`. */
export async function checkOpen(path: string): Promise<void> {
  const found = await stat(path);
  const needed = neededBy(found.isDirectory());
  if ((found.mode & needed) !== needed) {
    throw new CheckError(`${path} has mode ${octal(found.mode)}: a web server may not read it (chmod a+rX)`);
  }
}

/** The nearest folder, `path` or one above it, that only its owner may enter; undefined when there is none. */
export async function closedFolder(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found && !(found.mode & 0o011)) return path;
  return dirname(path) === path ? undefined : closedFolder(dirname(path));
}
