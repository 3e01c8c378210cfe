/** npm runs this before `npm pack` and `npm publish`: the package is built anew, under a number that may be published. */
import { chooseBuildNumber } from "../build/number.ts";
import { runCommand } from "../cli.ts";
import { makeContents } from "./contents.ts";

// What is published is made here and now, whatever an earlier build has kept.
process.env.BUILD_CACHE = "off";
await runCommand(async () => makeContents(chooseBuildNumber()));
