import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./config.ts";

/** Writes several files of the project, by path from its root: all of them, or none when one cannot be written. */
export function writeTogether(files: ReadonlyMap<string, string | Uint8Array>): void {
  const draftOf = (path: string): string => join(ROOT, `${path}.${process.pid}.draft`);
  try {
    for (const [path, text] of files) writeFileSync(draftOf(path), text);
    for (const path of files.keys()) renameSync(draftOf(path), join(ROOT, path));
  } finally {
    for (const path of files.keys()) rmSync(draftOf(path), { force: true });
  }
}
