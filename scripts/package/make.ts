/**
 * Makes what the npm package holds, in `dist/`: anew, under a number that may be published, before `npm pack` and
 * `npm publish` (prepack).
 *
 * With `--if-missing` npm runs it after `npm ci`, and when an app installs the package from its repository (prepare): npm
 * packs that clone without a prepack, so `dist/` must exist. One that is there is kept.
 */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chooseBuildNumber, chooseLocalNumber } from "../build/number.ts";
import { build, DIST, describe } from "../build.ts";
import { runCommand } from "../cli.ts";
import { declarations } from "./declarations.ts";

await runCommand(async ([ifMissing]) => {
  // Written last, so that it is there when everything is.
  if (ifMissing && existsSync(join(DIST, "index.d.mts"))) return;
  // What is published is made here and now, whatever an earlier build has kept.
  if (!ifMissing) process.env.BUILD_CACHE = "off";
  const buildNumber = ifMissing ? chooseLocalNumber() : chooseBuildNumber();
  const { manifest, before } = await build({ buildNumber });
  console.log(describe(manifest, before));
  for (const [name, text] of await declarations()) {
    await writeFile(join(DIST, name), text);
    console.log(`  ${name}  ${Buffer.byteLength(text)} B`);
  }
});
