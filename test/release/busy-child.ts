/** A process that releases one new build after another until it is killed: `busy-child.ts ROOT FOLDER`. */
import { join } from "node:path";
import { release } from "../../scripts/release/publish.ts";
import { makeDist } from "./support.ts";

const [root, folder] = process.argv.slice(2) as [string, string];
for (let number = Date.now(); ; number++) {
  const from = await makeDist(join(folder, String(number)), String(number));
  await release({ root, from });
  process.stdout.write(".");
}
