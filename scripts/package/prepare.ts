/**
 * npm runs this after `npm ci`, and when an app installs the package from its repository: npm packs that
 * clone without a prepack, so `dist/` must exist. An existing `dist/` is kept.
 */
import { existsSync } from "node:fs";
import { chooseLocalNumber } from "../build/number.ts";
import { runCommand } from "../cli.ts";
import { LAST_FILE, makeContents } from "./contents.ts";

await runCommand(async () => {
  if (!existsSync(LAST_FILE)) await makeContents(chooseLocalNumber());
});
