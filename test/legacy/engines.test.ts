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

const test = suite("ES5-only engines");

test.before(() => {
  const missing = missingOldEngines();
  if (!aptInstall(missing))
    throw new Error(`the old engines are missing; install Debian's packages ${missing.join(" and ")}`);
});

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

for (const [program] of OLD_ENGINES) {
  // Whether it has the File and the requests to other origins that IE 9 has not, and how many tests there are then.
  for (const [browser, modern, count] of [["IE 9", false, 9] as const, ["IE 10", true, 10] as const]) {
    test(`${program} with the host of ${browser}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "legacy-"));
      try {
        const file = join(folder, "all.js");
        const host = [`var MODERN = ${modern};`, read("host.js")];
        writeFileSync(file, [...host, await artifactText(ALL_JS), read("core.js")].join("\n"));
        const output = execFileSync(program, [file], { encoding: "utf8" });
        if (!output.endsWith(`\n${count} of ${count}\n`)) throw new Error(output);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
}

test.run();
