import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import * as assert from "uvu/assert";
import { gate, guard } from "../../scripts/build/guard.ts";
import { prepare } from "../../scripts/build/index.ts";
import { checkBuildNumber, stamp } from "../../scripts/build/stamp.ts";
import { readSource, transform } from "../../scripts/build/transform.ts";
import { build, tierOf } from "../../scripts/build.ts";
import { ALL_JS, devTier, HARD_BUDGET, INDEX_MJS, PRODUCTION, ROOT, TARGETS } from "../../scripts/config.ts";
import { git } from "../../scripts/git.ts";
import { artifactText } from "../support/artifact.ts";
import { type Outcome, runProgram, runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite<{ out: string }>("npm run build", { out: "" });

test.before.each((context) => {
  context.out = mkdtempSync(join(tmpdir(), "build-test-"));
});
test.after.each(({ out }) => rmSync(out, { recursive: true, force: true }));

const command = (args: string[], env?: NodeJS.ProcessEnv): Outcome =>
  runScript("scripts/build.ts", args, env);

const digest = (algorithm: string, content: Uint8Array, encoding: "hex" | "base64"): string =>
  createHash(algorithm).update(content).digest(encoding);

/** Every file of a folder, by its SHA-256. */
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [name, digest("sha256", readFileSync(join(folder, name)), "hex")]),
  );

test("writes each artifact with its compressed forms, its map and what the manifest says of them", async ({
  out,
}) => {
  await build({ out, buildNumber: "77" });
  const { files, ...manifest } = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  assert.equal(manifest, { buildNumber: "77", commit: git("rev-parse", "HEAD"), tier: "production" });
  assert.equal(
    Object.keys(files),
    TARGETS.map(({ name }) => name),
  );
  for (const { name, entry } of TARGETS) {
    const [file, gz, br, map] = ["", ".gz", ".br", ".map"].map((ending) =>
      readFileSync(join(out, name + ending)),
    );
    assert.ok(file!.equals(gunzipSync(gz!)) && file!.equals(brotliDecompressSync(br!)));
    assert.equal(files[name], {
      raw: file!.length,
      gzip: gz!.length,
      brotli: br!.length,
      sha256: digest("sha256", file!, "hex"),
      integrity: `sha384-${digest("sha384", file!, "base64")}`,
    });
    const { sources, sourcesContent } = JSON.parse(String(map));
    assert.equal([sources, sourcesContent], [[entry], [readFileSync(join(ROOT, entry), "utf8")]]);
  }
});

test("gives the same bytes twice; over its budget it says by how much, and leaves those files", async ({
  out,
}) => {
  await build({ out, buildNumber: "77" });
  const before = contents(out);
  await build({ out, buildNumber: "77" });
  assert.equal(contents(out), before);
  const long = randomBytes(4096).toString("hex");
  const { status, stderr } = command(["--out", out, "--build-number", long]);
  assert.is(status, 1);
  const figures = /is (\d+) B gzip: (\d+) B over its limit of (\d+) B/.exec(stderr)!.map(Number);
  assert.equal(figures.slice(2), [figures[1]! - HARD_BUDGET, HARD_BUDGET]);
  assert.equal(contents(out), before);
});

test("a build that is killed while it writes leaves no files of two builds together", async ({ out }) => {
  await build({ buildNumber: "1", out });
  const before = contents(out);
  const killed = `
    import fs from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    const rename = fs.rename;
    fs.rename = async (...args) => { await rename(...args); process.kill(process.pid, "SIGKILL"); };
    syncBuiltinESMExports();
    const { build } = await import("./scripts/build.ts");
    await build({ buildNumber: "2", out: ${JSON.stringify(out)} });`;
  runProgram(process.execPath, ["--import", "tsx", "--input-type=module", "-e", killed], {
    BUILD_CACHE: "off",
  });
  const staging = readdirSync(out).find((name) => name.startsWith(".staging"))!;
  rmSync(join(out, staging), { recursive: true });
  const [[name, hash], ...others] = Object.entries(contents(out)) as [[string, string]];
  assert.equal(others, []);
  assert.is.not(hash, before[name]);
});

test("the gate holds for gzip and for brotli, to the byte", () => {
  gate("all.js", { raw: 9999, gzip: 2048, brotli: 2048 });
  const over = (gzip: number, brotli: number) => () => gate("all.js", { raw: 1, gzip, brotli });
  throwsWith(over(2049, 1), "2049 B gzip: 1 B over its limit of 2048 B");
  throwsWith(over(1, 2050), "2050 B brotli: 2 B over");
});

test("talks to production's servers, the dev tier's, or others, which the manifest then names", async ({
  out,
}) => {
  const servers = { loginOrigin: "https://team.example", apiUrl: "https://team.example/api/2.3" };
  const args = ["--login-origin", "https://team.example/", "--api-url", servers.apiUrl];
  const { status, stdout, stderr } = command(["--json", "--out", out, ...args]);
  assert.is(status, 0, stderr);
  const { tier, loginOrigin, apiUrl } = JSON.parse(stdout);
  assert.equal({ tier, loginOrigin, apiUrl }, { tier: "custom", ...servers });
  for (const target of TARGETS) {
    const production = (await prepare(target, { tier: PRODUCTION })).code;
    assert.match(production, '"https://stackexchange.com/oauth/dialog');
    assert.match(production, '"https://api.stackexchange.com/2.0/me/associated?');
    const dev = (await prepare(target, { tier: devTier(4000) })).code;
    assert.match(dev, '"http://127.0.0.1:4001/oauth/dialog');
    assert.match(dev, '"http://127.0.0.1:4002/2.0/me/associated?');
    const team = readFileSync(join(out, target.name), "utf8");
    assert.match(team, '"https://team.example/oauth/dialog');
    assert.match(team, '"https://team.example/api/2.3/me/associated?');
    for (const code of [dev, team]) assert.not.match(code, "stackexchange.com/");
  }
});

test("other servers are https, whole, and both given", () => {
  const servers = { loginOrigin: "https://a.example", apiUrl: "https://a.example/2.3" };
  assert.equal(tierOf({ tier: "production", ...servers }), { name: "custom", ...servers });
  const wrong: [change: object, said: string][] = [
    [{ loginOrigin: undefined }, "go together"],
    [{ apiUrl: undefined }, "go together"],
    [{ tier: "dev" }, "--tier dev has its own servers"],
    [{ loginOrigin: "http://a.example" }, "takes an address such as https://team.example, not http://a"],
    [{ loginOrigin: "https://a.example/oauth" }, "--login-origin takes"],
    [{ apiUrl: "https://a.example/2.3?x" }, "an address such as https://team.example/api/2.3"],
    [{ apiUrl: 'https://a.example/"' }, "--api-url takes"],
    [{ apiUrl: "a.example/2.3" }, "--api-url takes"],
  ];
  for (const [change, said] of wrong)
    throwsWith(() => tierOf({ tier: "production", ...servers, ...change }), said);
});

test("refuses a build number that could leave its string", () => {
  for (const number of ["1.2-rc_3", "0", "a"]) assert.is(checkBuildNumber(number), number);
  for (const number of [" ", '"', "'", "\\", "</script>", "1 2", "\n", "../x", "..", "\u00e9", "a\n"])
    throwsWith(() => checkBuildNumber(number), `the build number ${JSON.stringify(number)} is refused`);
});

test("the build number moves nothing but itself, and the source map still fits behind it", async () => {
  for (const target of TARGETS) {
    const prepared = await prepare(target, { tier: PRODUCTION });
    const place = ({ code, map }: { code: string; map: string }) =>
      originalPositionFor(new TraceMap(map), { line: 1, column: code.length - 3 });
    assert.is(place(prepared).source, target.entry);
    for (const number of ["1", "12345678901234567890"]) {
      const stamped = stamp(prepared, number);
      assert.is(stamped.code.replace(`"${number}"`, '"@@BuildNumber@@"'), prepared.code);
      assert.equal(place(stamped), place(prepared));
    }
    const twice = { ...prepared, code: `${prepared.code};"@@BuildNumber@@"` };
    throwsWith(() => stamp(twice, "1"), "is in the artifact 2 times");
    throwsWith(() => stamp({ ...prepared, code: "1" }, "1"), "is in the artifact 0 times");
  }
});

const team = tierOf({
  tier: "production",
  loginOrigin: "https://a.example",
  apiUrl: "https://a.example/2.3",
});
const refused: [what: string, spoil: (code: string) => string, message: RegExp, tier?: typeof team][] = [
  ["ES5 syntax", (code) => `${code};({get a(){return 1}});`, /all\.js:1:\d+: not ECMAScript 3/],
  ["a trailing comma", (code) => `${code};({a:1,});`, /not ECMAScript 3/],
  ["a reserved word as a property", (code) => `${code};SE.class=1;`, /not ECMAScript 3/],
  ["an arrow", (code) => `${code};()=>1;`, /not ECMAScript 3/],
  [
    "a byte that is not ASCII",
    (code) => `\n${code}"\u00e9"`,
    /all\.js:2:2\d+: .* not printable ASCII, near "/,
  ],
  ["a control character", (code) => `${code}\u0007`, /not printable ASCII/],
  ["a dev address", (code) => code.replace(PRODUCTION.loginOrigin, devTier().loginOrigin), /:\d+: a dev URL/],
  ["localhost", (code) => `${code};"http://localhost"`, /a dev URL/],
  ["localhost for other servers", (code) => `${code};"http://localhost"`, /a dev URL/, team],
  ["another API", (code) => code.replace("/2.3/", "/2.0/"), /does not name https:\/\/a\.example\/2\.3/, team],
  ["a placeholder", (code) => `${code};"@@Other@@"`, /all\.js:1:\d+: a placeholder/],
  ["eval", (code) => `${code};SE.x=eval;`, /eval/],
  ["another global", (code) => `${code};var leaked=1;`, /leaves SE, leaked on the global object/],
  ["an implicit global", (code) => `${code};leaked=1;`, /leaves SE, leaked/],
  ["no global", () => "var a;", /leaves a on the global object/],
];
for (const [what, spoil, message, tier = PRODUCTION] of refused) {
  test(`the guard refuses ${what}, and says where`, async () => {
    const code = await artifactText(ALL_JS, tier);
    guard(ALL_JS, tier, code);
    assert.throws(() => guard(ALL_JS, tier, spoil(code)), message);
  });
}

test("a dev build may name the dev tier; the module's syntax may be newer, but not any", async () => {
  guard(ALL_JS, devTier(), await artifactText(ALL_JS, devTier()));
  guard(INDEX_MJS, PRODUCTION, "export const a = b?.c ?? 1;");
  assert.throws(() => guard(INDEX_MJS, PRODUCTION, "export class A { #b = 1 }"), /not ECMAScript 2020/);
});

test("refuses source that is too new for ES5, with its file and line", async () => {
  const late = `${readSource(ALL_JS)}\nconst late = 1;`;
  const error = await transform(ALL_JS, PRODUCTION, late).catch((thrown) => thrown);
  assert.match(error.message, `src/all.ts:${late.split("\n").length}: Transforming const`);
});

test.run();
