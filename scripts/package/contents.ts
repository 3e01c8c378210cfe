/** Makes what the npm package holds, in `dist/`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, DIST, describe } from "../build.ts";
import { declarations } from "./declarations.ts";

/** What the package cannot do without; written last, so that it is there when everything is. */
export const LAST_FILE = join(DIST, "index.d.mts");

export async function makeContents(buildNumber: string): Promise<void> {
  const { manifest, before } = await build({ buildNumber });
  console.log(describe(manifest, before));
  for (const [name, text] of await declarations()) {
    await writeFile(join(DIST, name), text);
    console.log(`  ${name}  ${Buffer.byteLength(text)} B`);
  }
}
