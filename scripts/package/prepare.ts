/**
 * npm runs this after `npm ci`, and when an app installs the package from its repository: there npm packs the clone without a
 * prepack, so `dist/` must be there. A `dist/` that is there is left alone.
 */
import { existsSync } from "node:fs";
import { chooseLocalNumber } from "../build/number.ts";
import { runCommand } from "../cli.ts";
import { LAST_FILE, makeContents } from "./contents.ts";

await runCommand(async () => {
  if (!existsSync(LAST_FILE)) await makeContents(chooseLocalNumber());
});
