/** npm runs this before `npm pack` and `npm publish`: the package is built anew, under a number that may be published. */
import { chooseBuildNumber } from "../build/number.ts";
import { runCommand } from "../cli.ts";
import { makeContents } from "./contents.ts";

await runCommand(async () => makeContents(chooseBuildNumber()));
