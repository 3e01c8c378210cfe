import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { gate } from "../../scripts/build/gate.ts";
import { guard } from "../../scripts/build/guard.ts";
import { buildArtifact, prepare } from "../../scripts/build/index.ts";
import { type Servers, tierOf } from "../../scripts/build/servers.ts";
import { checkBuildNumber, stamp } from "../../scripts/build/stamp.ts";
import { transform } from "../../scripts/build/transform.ts";
import { build } from "../../scripts/build.ts";
import { ALL_JS, devTier, HARD_BUDGET, INDEX_MJS, PRODUCTION, ROOT, TARGETS } from "../../scripts/config.ts";
import { git } from "../../scripts/git.ts";
import { artifactText } from "../support/artifact.ts";
import { type Outcome, runProgram, runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite<{ out: string }>("npm run build", { out: "" });

test.before.each(async (context) => {
  context.out = await mkdtemp(join(tmpdir(), "build-test-"));
});
test.after.each((context) => rm(context.out, { recursive: true, force: true }));

const command = (args: string[], env?: NodeJS.ProcessEnv): Outcome =>
  runScript("scripts/build.ts", args, env);

/** Every file of a folder, by its SHA-256. */
async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const hash = async (name: string) =>
    createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)])));
}

test("writes each artifact with its compressed forms, its map and what the manifest says of them", async ({
  out,
}) => {
  await build({ out, buildNumber: "77" });
  const manifest = JSON.parse(await readFile(join(out, "manifest.json"), "utf8"));
  assert.is(manifest.buildNumber, "77");
  assert.is(manifest.tier, "production");
  assert.is(manifest.commit, git("rev-parse", "HEAD"));
  assert.equal(
    Object.keys(manifest.files),
    TARGETS.map(({ name }) => name),
  );

  for (const { name } of TARGETS) {
    const [raw, gz, br, map] = await Promise.all(
      ["", ".gz", ".br", ".map"].map((ending) => readFile(join(out, name + ending))),
    );
    const entry = manifest.files[name];
    assert.equal([entry.raw, entry.gzip, entry.brotli], [raw!.length, gz!.length, br!.length]);
    assert.ok(raw!.equals(gunzipSync(gz!)));
    assert.ok(raw!.equals(brotliDecompressSync(br!)));
    assert.is(entry.sha256, createHash("sha256").update(raw!).digest("hex"));
    assert.is(entry.integrity, `sha384-${createHash("sha384").update(raw!).digest("base64")}`);
    const { sources, sourcesContent } = JSON.parse(String(map));
    assert.ok(sources.some((source: string) => /src\/(all|index)\.ts$/.test(source)));
    assert.is(sources.length, sourcesContent.length);
    assert.not.match(String(map), ROOT);
  }
});

test("gives the same bytes twice", async ({ out }) => {
  await build({ out, buildNumber: "77" });
  const first = await contents(out);
  await build({ out, buildNumber: "77" });
  assert.equal(await contents(out), first);
});

test("over its budget it fails, says by how much, and leaves the earlier files as they were", async ({
  out,
}) => {
  await build({ out, buildNumber: "77" });
  const before = await contents(out);
  const long = randomBytes(4096).toString("hex");
  const { status, stderr } = command(["--out", out, "--build-number", long]);
  assert.is(status, 1);
  const [, size, excess, limit] = /is (\d+) B gzip: (\d+) B over its limit of (\d+) B/
    .exec(stderr)!
    .map(Number);
  assert.is(limit, HARD_BUDGET);
  assert.is(size! - limit!, excess!);
  assert.equal(await contents(out), before);
});

test("a build that is killed while it writes leaves no files of two builds together", async ({ out }) => {
  await build({ buildNumber: "1", out });
  const before = await contents(out);
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
  for (const name of await readdir(out))
    if (name.startsWith(".staging")) await rm(join(out, name), { recursive: true });
  const after = await contents(out);
  assert.is(Object.keys(after).length, 1);
  for (const [name, hash] of Object.entries(after)) assert.is.not(hash, before[name], name);
});

test("the gate holds for gzip and for brotli, to the byte", () => {
  gate("all.js", { raw: 9999, gzip: 2048, brotli: 2048 });
  assert.throws(
    () => gate("all.js", { raw: 1, gzip: 2049, brotli: 1 }),
    /2049 B gzip: 1 B over its limit of 2048 B/,
  );
  assert.throws(() => gate("all.js", { raw: 1, gzip: 1, brotli: 2050 }), /2050 B brotli: 2 B over/);
});

test("swaps the dev tier's addresses for production's", async () => {
  for (const target of TARGETS) {
    const production = (await prepare(target, { tier: PRODUCTION })).code;
    const dev = (await prepare(target, { tier: devTier(4000) })).code;
    assert.match(production, "https://stackexchange.com/oauth/dialog");
    assert.match(production, "https://api.stackexchange.com/2.0/me/associated");
    assert.not.match(production, "127.0.0.1");
    assert.match(dev, "http://127.0.0.1:4001/oauth/dialog");
    assert.match(dev, "http://127.0.0.1:4002/2.0/me/associated");
    assert.not.match(dev, "stackexchange.com/");
  }
});

test("takes other servers, and names them in the manifest", ({ out }) => {
  const servers = ["--login-origin", "https://team.example/", "--api-url", "https://team.example/api/2.3"];
  const { status, stdout, stderr } = command(["--json", "--out", out, ...servers]);
  assert.is(status, 0, stderr);
  const { tier, loginOrigin, apiUrl } = JSON.parse(stdout);
  assert.equal(
    [tier, loginOrigin, apiUrl],
    ["custom", "https://team.example", "https://team.example/api/2.3"],
  );
  for (const { name } of TARGETS) {
    const code = readFileSync(join(out, name), "utf8");
    assert.match(code, '"https://team.example/oauth/dialog');
    assert.match(code, '"https://team.example/api/2.3/me/associated?');
    assert.not.match(code, "stackexchange.com");
  }
});

test("other servers are https, whole, and both given", () => {
  const team = { tier: "production", loginOrigin: "https://a.example", apiUrl: "https://a.example/2.3" };
  assert.is(tierOf(team).name, "custom");
  assert.is(tierOf({ tier: "production" }), PRODUCTION);
  const wrong: [Partial<Servers>, string][] = [
    [{ loginOrigin: undefined }, "go together"],
    [{ apiUrl: undefined }, "go together"],
    [{ tier: "dev" }, "--tier dev has its own servers"],
    [
      { loginOrigin: "http://a.example" },
      "--login-origin takes an address such as https://team.example, not http://a",
    ],
    [{ loginOrigin: "https://a.example/oauth" }, "--login-origin takes"],
    [
      { apiUrl: "https://a.example/2.3?x" },
      "--api-url takes an address such as https://team.example/api/2.3",
    ],
    [{ apiUrl: 'https://a.example/"' }, "--api-url takes"],
    [{ apiUrl: "a.example/2.3" }, "--api-url takes"],
  ];
  for (const [change, said] of wrong)
    assert.throws(
      () => tierOf({ ...team, ...change }),
      (error: Error) => error.name === "UsageError" && error.message.includes(said),
      JSON.stringify(change),
    );
});

test("a build for other servers is guarded as production's is", async () => {
  const tier = tierOf({
    tier: "production",
    loginOrigin: "https://a.example",
    apiUrl: "https://a.example/2.3",
  });
  const code = await artifactText(ALL_JS, tier);
  guard(ALL_JS, tier, code);
  assert.throws(() => guard(ALL_JS, tier, `${code};"http://localhost"`), /a dev URL/);
  throwsWith(
    () => guard(ALL_JS, tier, code.replace("/2.3/", "/2.0/")),
    "does not name https://a.example/2.3",
  );
});

test("takes the build number from the argument, then from the environment, then from git", ({ out }) => {
  const number = (args: string[], env = {}) =>
    JSON.parse(command(["--json", "--out", out, ...args], env).stdout).buildNumber;
  assert.is(number(["--build-number", "a"], { BUILD_NUMBER: "b" }), "a");
  assert.is(number([], { BUILD_NUMBER: "b" }), "b");
  assert.is(number([]), git("rev-list", "--count", "HEAD"));
});

test("refuses a build number that could leave its string", () => {
  for (const number of ["1.2-rc_3", "0", "a"]) assert.is(checkBuildNumber(number), number);
  for (const number of [" ", '"', "'", "\\", "</script>", "1 2", "\n", "../x", "..", "\u00e9", "a\n"]) {
    assert.throws(() => checkBuildNumber(number), /refused/, JSON.stringify(number));
  }
  throwsWith(() => checkBuildNumber(""), "the build number is empty");
});

test("the build number moves nothing but itself", async () => {
  for (const target of TARGETS) {
    const [short, long] = await Promise.all(
      ["1", "123.abc"].map((buildNumber) => buildArtifact(target, { tier: PRODUCTION, buildNumber })),
    );
    assert.is(short!.code.replace('"1"', '"123.abc"'), long!.code);
  }
});

test("the source map still fits behind the build number", async () => {
  const source = (code: string) => code.indexOf("authenticate:");
  const prepared = await prepare(ALL_JS, { tier: PRODUCTION });
  const { originalPositionFor, TraceMap } = await import("@jridgewell/trace-mapping");
  const line = (code: string, map: string) =>
    originalPositionFor(new TraceMap(map), { line: 1, column: source(code) });
  const expected = line(prepared.code, prepared.map);
  assert.match(expected.source!, "all.ts");
  for (const buildNumber of ["1", "12345678901234567890"]) {
    const { code, map } = stamp(prepared, buildNumber);
    assert.is.not(source(code), source(prepared.code));
    assert.equal(line(code, map), expected);
  }
});

const refused: [what: string, spoil: (code: string) => string, message: RegExp][] = [
  ["ES5 syntax", (code) => `${code};({get a(){return 1}});`, /all\.js:1:\d+: not ECMAScript 3/],
  ["a trailing comma", (code) => `${code};({a:1,});`, /not ECMAScript 3/],
  ["a reserved word as a property", (code) => `${code};SE.class=1;`, /not ECMAScript 3/],
  ["an arrow", (code) => `${code};()=>1;`, /not ECMAScript 3/],
  [
    "a byte that is not ASCII",
    (code) => `${code};"\u00e9"`,
    /all\.js:1:\d+: a byte that is not printable ASCII, near /,
  ],
  ["a control character", (code) => `${code}\u0007`, /not printable ASCII/],
  [
    "a dev address",
    (code) => code.replace(PRODUCTION.loginOrigin, devTier().loginOrigin),
    /all\.js:1:\d+: a dev URL/,
  ],
  ["localhost", (code) => `${code};"http://localhost"`, /a dev URL/],
  ["a placeholder", (code) => `${code};"@@Other@@"`, /all\.js:1:\d+: a placeholder/],
  ["eval", (code) => `${code};SE.x=eval;`, /eval/],
  ["another global", (code) => `${code};var leaked=1;`, /leaves SE, leaked on the global object/],
  ["an implicit global", (code) => `${code};leaked=1;`, /leaves SE, leaked/],
  ["no global", () => "var a;", /leaves a on the global object/],
];
for (const [what, spoil, message] of refused) {
  test(`refuses ${what}, and says where`, async () => {
    const code = await artifactText(ALL_JS);
    guard(ALL_JS, PRODUCTION, code);
    assert.throws(() => guard(ALL_JS, PRODUCTION, spoil(code)), message);
  });
}

test("lets a dev build name the dev tier", async () => {
  const code = await artifactText(ALL_JS, devTier());
  guard(ALL_JS, devTier(), code);
});

test("refuses syntax that is too new for the module", () => {
  guard(INDEX_MJS, PRODUCTION, "export const a = b?.c ?? 1;");
  assert.throws(() => guard(INDEX_MJS, PRODUCTION, "export class A { #b = 1 }"), /not ECMAScript 2020/);
});

test("refuses source that is too new for ES5, with its file and line", async () => {
  const edit = (source: string) => `${source}\nconst late = 1;\nconsole.log(late);`;
  try {
    await transform(ALL_JS, PRODUCTION, edit);
  } catch (error) {
    assert.match((error as Error).message, /src\/all\.ts:\d+/);
    return;
  }
  throw new Error("const was let through");
});

test("refuses a placeholder that is missing or there twice", () => {
  const map = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
  assert.throws(() => stamp({ code: "1", map }, "1"), /is in the artifact 0 times/);
  assert.throws(
    () => stamp({ code: '"@@BuildNumber@@"+"@@BuildNumber@@"', map }, "1"),
    /is in the artifact 2 times/,
  );
});

test.run();
