/** `npm pack`, which builds first: the very file that would be published. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../scripts/config.ts";

const run = promisify(execFile);

/** Packs the project into `folder`. Returns the tarball and the paths in it. A build's cache that it used would be there, too. */
export async function packPackage(folder: string): Promise<{ tarball: string; files: string[] }> {
  const { stdout } = await run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], {
    cwd: ROOT,
    env: { ...process.env, BUILD_CACHE: join(folder, "build-cache") },
  });
  // What prepack prints comes before.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as {
    filename: string;
    files: { path: string }[];
  }[];
  return { tarball: join(folder, packed!.filename), files: packed!.files.map(({ path }) => path) };
}
