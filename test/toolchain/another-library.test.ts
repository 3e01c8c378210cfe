/** Another library uses the build and the size tools, as CONTRIBUTING.md says: with a `scripts/config.ts` of its own, and nothing else. */
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import type { Row } from "../../scripts/size/limits.ts";
import { suite } from "../support/suite.ts";
import { green, Repository } from "./project.ts";

/** What CONTRIBUTING.md says to take. */
const TAKEN = [
  ...["scripts/build", "scripts/size", "scripts/build.ts", "scripts/verify.ts", "scripts/cli.ts"],
  ...[
    "scripts/git.ts",
    "scripts/print.ts",
    "scripts/write-together.ts",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
  ],
];

/** What CONTRIBUTING.md says to leave: what was recorded of this SDK, and its features. */
const LEFT = /names\.json$|history-before-git\.jsonl$|TRIED\.md$|features\/table\.ts$/;

const LIBRARY = join(ROOT, "test/toolchain/another-library");

const test = suite("another library");
const library = new Repository();
const { root } = library;
const read = (name: string): string => library.read(name);
const write = (name: string, text: string): void => library.write(name, text);

/** All that `npm run SCRIPT` prints; it must end with `status`. */
function outputOf(status: number, script: string, args: string[]): string {
  const outcome = library.start("npm", ["run", "-s", script, "--", ...args]);
  const output = outcome.stdout + outcome.stderr;
  assert.is(outcome.status, status, `${script} ${args.join(" ")}: ${output}`);
  return output;
}
const run = (script: string, ...args: string[]): string => outputOf(0, script, args);
const refused = (script: string, ...args: string[]): string => outputOf(1, script, args);

/** The `Size:` lines of a command's output. */
const trailersIn = (output: string): string => (output.match(/^Size: .*$/gm) ?? []).join("\n");

/** mitt's source, as its authors wrote it: the package has it in its source map. */
function mittSource(): string {
  const map = readFileSync(join(ROOT, "node_modules/mitt/dist/mitt.mjs.map"), "utf8");
  return (JSON.parse(map) as { sourcesContent: string[] }).sourcesContent[0]!;
}

test.before(() => {
  for (const name of TAKEN)
    cpSync(join(ROOT, name), join(root, name), { recursive: true, filter: (file) => !LEFT.test(file) });
  cpSync(join(LIBRARY, "config.ts"), join(root, "scripts/config.ts"));
  write("lib/mitt.ts", mittSource());
  for (const name of ["emitter.ts", "features.ts"]) cpSync(join(LIBRARY, name), join(root, "lib", name));
  write("README.md", "# mitt\n");
  write(".gitignore", "node_modules\ndist\n.cache\n");
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  library.commit("Start");
});

test.after(() => library.remove());

/** The built module works: a wildcard handler hears an event, and its properties are in the source's order. */
async function useModule(): Promise<void> {
  const { default: mitt } = await import(`data:text/javascript,${encodeURIComponent(read("dist/mitt.mjs"))}`);
  const heard: unknown[] = [];
  const emitter = mitt();
  emitter.on("*", (...event: unknown[]) => heard.push(event));
  emitter.emit("greeting", "hello");
  assert.equal([heard, Object.keys(emitter)], [[["greeting", "hello"]], ["all", "on", "off", "emit"]]);
}

test("the tools' types fit the other config; build makes both files, and they work", async () => {
  green(library.start(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--noEmit"]));
  assert.match(run("build"), /mitt\.mjs .* B gzip.*\n.*emitter\.js /);
  await useModule();
  assert.not.match(read("dist/manifest.json"), "apiUrl");
});

test("names finds letters that are no worse, and moves no property", async () => {
  const { stdout } = green(
    library.start("npm", ["run", "-s", "size", "--", "names", "--seconds", "1", "--json"]),
  );
  const found = JSON.parse(stdout) as Record<string, { before: number; best: number; steps: number }>;
  for (const { before, best, steps } of Object.values(found)) {
    assert.ok(best <= before, `${before} -> ${best}`);
    assert.ok(steps > 10);
  }
  assert.equal(Object.keys(JSON.parse(read("scripts/build/names.json"))), ["mitt.mjs", "emitter.js"]);
  assert.not.match(run("build"), "has no letter");
  await useModule();
});

test("the first sizes are accepted", () => {
  assert.match(refused("size"), "mitt.mjs gzip: ");
  const accepted = run("size", "accept", "--reason", "The first sizes");
  assert.match(accepted, /written: \.size-limit\.json:/);
  assert.is(read("README.md"), "# mitt\n");
  assert.match(trailersIn(accepted), /^Size: 0 -> \d+ gz.*\nSize: emitter\.js 0 -> \d+ gz/);
  library.commit(`Measure\n\n${trailersIn(accepted)}`);
  assert.match(run("size"), /^mitt\.mjs +gzip +/m);
  const rows = JSON.parse(read(".size-limit.json")) as Row[];
  assert.ok(rows.some(({ name, limit }) => name === "mitt.mjs brotli" && Number.parseInt(limit, 10) < 300));
});

test("growth fails until it is accepted, and a commit must say it", () => {
  write("lib/emitter.ts", read("lib/emitter.ts").replace("(event);", "(event, type, list);"));
  assert.match(refused("size"), "npm run size -- accept");
  const trailers = trailersIn(run("size", "accept", "--reason", "A handler hears the event's type"));
  assert.match(trailers, /^Size: emitter\.js \d+ -> \d+ gz, \d+ -> \d+ br$/);
  library.commit("Hand the type over");
  assert.match(refused("size", "trailers"), `the message lacks "${trailers}"`);
  library.git("commit", "-q", "--amend", "-m", `Hand the type over\n\n${trailers}`);
  assert.match(run("size", "trailers"), trailers);
  assert.match(run("size"), /^emitter\.js +gzip .* (larger|noise)$/m);
});

test("heat and features know its lines", () => {
  assert.match(run("size", "heat", "--target", "emitter.js"), "lib/emitter.ts:11");
  assert.match(run("size", "features"), /wildcard handlers +\d+ +\d+ +\d+/);
});

test("verify builds two clones", () => {
  assert.match(run("verify"), "the same byte for byte in two clean clones");
});

test("the guard and the hard budget are the other config's", () => {
  const source = read("lib/emitter.ts");
  const withMore = (text: string): string => {
    write("lib/emitter.ts", `${source}${text}\n`);
    return refused("build");
  };
  assert.match(withMore("window.leaked = 1;"), "emitter.js leaves emitter, leaked on the global object");
  assert.match(withMore("console.log(1);"), /emitter\.js:1:\d+: a message on the console/);
  assert.match(withMore("const late = 1;"), "const to the configured target environment");
  const noise = Array.from({ length: 200 }, (_, index) => (index * 7919).toString(36)).join("");
  assert.match(withMore(`window.emitter.text = "${noise}";`), "over its limit of 300 B");
});

test.run();
