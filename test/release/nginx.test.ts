/** What a browser, a cache and a CDN's edge get from a real nginx that serves the release. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { renderStaticHeaders } from "../../scripts/release/headers.ts";
import { type RunningNginx, serveRelease } from "../../scripts/release/nginx.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { suite } from "../support/suite.ts";
import { codeOf, makeDist } from "./support.ts";

const test = suite("release behind nginx");

const ALIAS = "/js/2.0/all.js";
const BUILD = "/js/2.0/8/all.js";
const ENCODINGS = ["br", "gzip", "identity"];

let folder: string;
let root: string;
let server: RunningNginx;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "release-test-"));
  root = join(folder, "cdn");
  for (const number of ["7", "8"])
    await release({ root, from: await makeDist(join(folder, number), number) });
  server = await serveRelease(root);
});
test.before.each(async () => {
  await switchTo(root, "8");
});
test.after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Asks with these headers and no others, for this very path. Gives the body decompressed. */
async function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
  const { port } = new URL(server.http);
  const [got] = (await once(request({ port, path, headers, method }).end(), "response")) as [IncomingMessage];
  const body = Buffer.concat(await got.toArray());
  const said = got.headers as Record<string, string>;
  if (body.length > 0) assert.is(said["content-length"], String(body.length), path);
  const encoding = body.length > 0 && said["content-encoding"];
  const raw = encoding === "br" ? brotliDecompressSync(body) : encoding ? gunzipSync(body) : body;
  return { status: got.statusCode!, headers: said, text: raw.toString() };
}

test("brotli, gzip or neither, as the client says, and with it a CDN's edge, which says Via", async () => {
  const cases: [accept: string | undefined, encoding: string | undefined][] = [
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, deflate", "gzip"],
    ["gzip;q=1.0, br;q=0", "gzip"],
    ["br;Q=0, gzip", "gzip"],
    ["gzip, BR ; q=0.000", "gzip"],
    ["gzip,br;\tQ=0.0", "gzip"],
    ["br;Q=0", undefined],
    ["br;Q=0.001, gzip;Q=0", "br"],
    ["gzip;q=0, br;Q=1", "br"],
    ["identity", undefined],
    ["gzip;q=0, br;q=0", undefined],
    [undefined, undefined],
  ];
  for (const path of [ALIAS, BUILD]) {
    for (const [accept, encoding] of cases) {
      for (const via of [{}, { via: "1.1 edge" }] as Record<string, string>[]) {
        const { status, headers, text } = await ask(
          path,
          accept ? { ...via, "accept-encoding": accept } : via,
        );
        const what = `${path} for ${accept}`;
        assert.equal([status, headers["content-encoding"], text], [200, encoding, codeOf("8")], what);
        assert.is(headers.vary, "Accept-Encoding", what);
      }
    }
  }
});

test("nginx and static hosts send these headers: the alias is kept for minutes, a build for a year", async () => {
  const rule = (type: string, caching: string) => ({
    "content-type": type,
    "cache-control": caching,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    vary: "Accept-Encoding",
  });
  const expected: [path: string, headers: Record<string, string>][] = [
    [ALIAS, rule("text/javascript", "public, max-age=300, stale-while-revalidate=3600")],
    ["/js/2.0/:build/all.js", rule("text/javascript", "public, max-age=31536000, immutable")],
    ["/js/2.0/:build/manifest.json", rule("application/json", "public, max-age=31536000, immutable")],
  ];
  for (const [path, headers] of expected) {
    const got = await ask(path.replace(":build", "8"), { "accept-encoding": "br" });
    const { date, etag, "content-length": _, "content-encoding": encoding, ...rest } = got.headers;
    // The manifest has no compressed form, so nothing about it varies.
    const { vary, ...always } = headers;
    const varying = encoding ? { vary } : {};
    assert.equal(rest, { server: "nginx", connection: "keep-alive", ...always, ...varying }, path);
    assert.match(etag!, /^"[0-9a-f]+-[0-9a-f]+"$/);
    assert.ok(date);
  }
  // For a static host: a path, then lines set in from it. Names of headers have no case.
  const blocks = expected.map(([path, headers]) => {
    const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
    return `\n${path}\n${lines.join("")}`;
  });
  const comment = /^#.*\n/;
  assert.is(renderStaticHeaders().replace(comment, "").toLowerCase(), blocks.join("").toLowerCase());
});

test("HEAD, 304, and an ETag for each form of each build, even at the same length; a rollback is seen at once", async () => {
  assert.is(codeOf("7").length, codeOf("8").length);
  const tags = new Set<string>();
  for (const encoding of ENCODINGS) {
    const accept = { "accept-encoding": encoding };
    const full = await ask(ALIAS, accept);
    const head = await ask(ALIAS, accept, "HEAD");
    assert.equal([head.status, head.text], [200, ""]);
    assert.equal({ ...head.headers, date: "" }, { ...full.headers, date: "" });

    const etag = full.headers.etag!;
    const date = new Date(Number.parseInt(etag.slice(1), 16) * 1000).toUTCString();
    const again = await ask(ALIAS, { ...accept, "if-none-match": etag });
    assert.equal([again.status, again.text, again.headers.etag], [304, "", etag]);
    for (const name of ["vary", "cache-control"]) assert.is(again.headers[name], full.headers[name]);
    assert.is((await ask(ALIAS, { ...accept, "if-modified-since": date })).status, 304, encoding);
    assert.is((await ask(ALIAS, { ...accept, "if-none-match": '"0-0"' })).status, 200, encoding);
    // After a rollback the file is older than the copy: only an equal time is "not modified".
    await switchTo(root, "7");
    const rolledBack = await ask(ALIAS, { ...accept, "if-modified-since": date });
    assert.equal([rolledBack.status, rolledBack.text], [200, codeOf("7")], encoding);
    tags.add(etag).add(rolledBack.headers.etag!);
    await switchTo(root, "8");
  }
  assert.is(tags.size, 6);
});

test("nothing but the script and the manifest has an address, and no cache keeps what is not there", async () => {
  const hidden = [
    "/",
    "/_headers",
    "/js/2.0/8",
    "/js/2.0/8/all.js.br",
    "/js/2.0/all.js.gz",
    "/js/2.0/8/all.js.map",
    "/js/2.0/8/",
    "/js/2.0/",
    "/js/2.0/9/all.js",
    "/js/2.0/9/manifest.json",
    "/js/2.0/all.js/",
    "/js/2.0/%2e%2e/8/all.js.map",
    "/without-brotli/js/2.0/all.js",
    "/private/maps/8/all.js.map",
    "/nginx.conf",
  ];
  for (const path of hidden) {
    for (const accept of ["gzip", "br;Q=0"]) {
      const got = await ask(path, { host: "evil.example", "accept-encoding": accept });
      const { "cache-control": caching, location } = got.headers;
      assert.equal([got.status, caching, location, got.text], [404, "no-store", undefined, ""], path);
    }
  }
  for (const path of ["/%", "/js/2.0/%2e%2e/%2e%2e/%2e%2e/private/maps/8/all.js.map"])
    assert.is((await ask(path)).status, 400, path);
  const refused = await ask(ALIAS, {}, "POST");
  assert.equal([refused.status, refused.headers["cache-control"]], [405, "no-store"]);

  // A build that was asked for too early is there as soon as it is published.
  await release({ root, from: await makeDist(join(folder, "9"), "9") });
  assert.is((await ask("/js/2.0/9/all.js")).status, 200);
});

test.run();
