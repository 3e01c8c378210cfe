/** The adapter of the hosted script. */
import vm from "node:vm";
import { ALL_JS } from "../../scripts/config.ts";
import { artifactText } from "./artifact.ts";
import { Client } from "./client.ts";
import type { PageOptions } from "./window-double.ts";
import { xhrDouble } from "./xhr-double.ts";

let script: vm.Script | undefined;

/** A new page in which the minified script has run. */
export async function openAllJs(options?: PageOptions): Promise<Client> {
  script ??= new vm.Script(await artifactText(ALL_JS), { filename: "all.js" });
  return new Client(
    "all.js",
    script,
    ["init", "authenticate"],
    (page) => xhrDouble(page, options?.file),
    options,
  );
}
