/** Where a release folder is served: given once by `--origin`, and kept in the folder for the tags of later commands. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { layout } from "./folders.ts";

/** Empty when it was never given. */
export async function rememberedOrigin(root: string): Promise<string> {
  return (await readFile(layout(root).origin, "utf8").catch(() => "")).trim();
}

export async function rememberOrigin(root: string, origin: string): Promise<void> {
  const file = layout(root).origin;
  const draft = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(draft, `${origin}\n`);
  await rename(draft, file);
}
