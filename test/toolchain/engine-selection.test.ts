/** Which engines run, on machines that have not all of them: never fewer than asked for, and never none. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { npmChromium } from "../support/engines/install.ts";
import { suite } from "../support/suite.ts";

const test = suite("selection of engines");

const BROWSERS = new URL("../support/browsers.ts", import.meta.url).href;
const SCRIPT = `
  const { selectEngines } = await import(${JSON.stringify(BROWSERS)});
  try {
    const { engines, absent } = selectEngines();
    console.log(JSON.stringify({ engines: engines.map(({ name }) => name), absent }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
`;

/** A machine whose programs are only those of `folder`. */
function select(folder: string, engines?: string): { engines?: string[]; absent?: string[]; error?: string } {
  const { CHROMIUM, FIREFOX, ENGINES, ...env } = process.env;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", SCRIPT],
    {
      encoding: "utf8",
      env: { ...env, PATH: folder, ...(engines ? { ENGINES: engines } : {}) },
    },
  );
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
}

let folder: string;
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "engines-"));
});
test.after.each(() => rmSync(folder, { recursive: true }));

const program = (name: string, text: string) => {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
};

test("an unknown engine is named, with those there are", () => {
  assert.is(
    select(folder, "chromium,lynx").error,
    'ENGINES: "lynx" is no engine; there are chromium, firefox, webkit, chromium-headed, or all',
  );
});

test("an engine asked for that cannot be had fails, and says what is missing", () => {
  const { error } = select(folder, "firefox");
  assert.match(error!, "no firefox to test with: apt-get could not install firefox-esr here");
});

test("nothing asked for: what is there runs, what is not is named", () => {
  program("firefox", "exit 0");
  program("chromium", "exit 0");
  assert.equal(select(folder), { engines: ["chromium", "firefox"], absent: ["webkit", "chromium-headed"] });
});

test("a machine without a browser and without apt-get takes the npm registry's Chromium, or fails", () => {
  const found = select(folder);
  // Here, or on another machine: one of the two, never an empty run.
  if (npmChromium()) assert.equal(found.engines, ["chromium"]);
  else assert.match(found.error!, "no chromium to test with");
});

test("a missing engine is installed by apt-get, which is asked again when it fails", () => {
  const log = join(folder, "log");
  program("sudo", '[ "$1" = -n ] && shift; exec "$@"');
  for (const name of ["true", "env"]) symlinkSync(`/usr/bin/${name}`, join(folder, name));
  // The second try makes a browser.
  program(
    "apt-get",
    `[ "$1" = --version ] && exit 0
     echo "$DEBIAN_FRONTEND $*" >> ${log}
     [ "$1" = update ] && exit 0
     [ -e ${folder}/tried ] || { : > ${folder}/tried; exit 100; }
     echo '#!/bin/sh' > ${folder}/firefox-esr; /bin/chmod +x ${folder}/firefox-esr`,
  );
  assert.equal(select(folder, "firefox"), { engines: ["firefox"], absent: [] });
  const asked = readFileSync(log, "utf8").trim().split("\n");
  assert.is(asked.length, 4, "two updates, two installs");
  assert.is(asked[1], "noninteractive install -y -qq --no-install-recommends firefox-esr");
  assert.is(asked[3], asked[1]);
});

test.run();
