/** The minified artifact in two engines that know ES5 and nothing newer, with a host of the year 2010 around it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptInstall } from "../../scripts/apt.ts";
import { ALL_JS } from "../../scripts/config.ts";
import { artifactText } from "../support/artifact.ts";
import { missingOldEngines, OLD_ENGINES } from "../support/missing.ts";
import { suite } from "../support/suite.ts";

const test = suite<{ folder: string }>("ES5-only engines", { folder: "" });

/** Whether each has the File and the requests to other origins that IE 9 has not. */
const HOSTS = { "IE 9": false, "IE 10": true };

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "legacy-"));
  const missing = missingOldEngines();
  if (missing.length > 0 && !aptInstall(missing)) {
    throw new Error(`the old engines are missing; install Debian's packages ${missing.join(" and ")}`);
  }
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

for (const [program] of OLD_ENGINES) {
  for (const [browser, modern] of Object.entries(HOSTS)) {
    test(`${program} with the host of ${browser}`, async ({ folder }) => {
      const file = join(folder, "all.js");
      writeFileSync(
        file,
        [`var MODERN = ${modern};`, read("host.js"), await artifactText(ALL_JS), read("core.js")].join("\n"),
      );
      const output = execFileSync(program, [file], { encoding: "utf8" });
      const lines = output.trim().split("\n");
      const red = lines.filter((line) => !line.startsWith("ok ")).slice(0, -1);
      const [, passed, all] = /^(\d+) of (\d+)$/.exec(lines.at(-1)!) ?? [];
      if (red.length > 0 || !passed || passed !== all || Number(all) < 10)
        throw new Error(red.join("\n") || output);
    });
  }
}

test.run();
