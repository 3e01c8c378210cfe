/** What a browser, a cache and a CDN's edge get from a real nginx that serves the release. */
import { chmod, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { ALIAS_RULE, HEADERS } from "../../scripts/release/headers.ts";
import {
  findNginx,
  NGINX_PACKAGES,
  type RunningNginx,
  requireNginx,
  serveRelease,
} from "../../scripts/release/nginx.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { renderStaticHeaders } from "../../scripts/release/static-headers.ts";
import { suite } from "../support/suite.ts";
import { codeOf, makeDist, withFolder } from "./support.ts";

const test = suite("release behind nginx");

const ALIAS = "/js/2.0/all.js";

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Asks with these headers and no others. Unlike fetch, it decompresses nothing and follows nothing. */
function ask(
  { http }: RunningNginx,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(http + path, { method, headers }, async (got) => {
      const body = Buffer.concat(await got.toArray());
      resolve({ status: got.statusCode!, headers: got.headers as Record<string, string>, body });
    });
    sent.on("error", reject).end();
  });
}

async function withNginx(use: (server: RunningNginx, root: string, folder: string) => Promise<void>) {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    for (const number of ["7", "8"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    const server = await serveRelease(root);
    try {
      await use(server, root, folder);
    } finally {
      await server.stop();
    }
  });
}

test("brotli, gzip or neither, as the client says", async () => {
  await withNginx(async (server) => {
    const cases: [accept: string | undefined, encoding: string | undefined][] = [
      ["gzip, deflate, br, zstd", "br"],
      ["br", "br"],
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
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync } as Record<string, (b: Buffer) => Buffer>;
    for (const path of [ALIAS, "/js/2.0/8/all.js"]) {
      for (const [accept, encoding] of cases) {
        const got = await ask(server, path, accept === undefined ? {} : { "accept-encoding": accept });
        const what = `${path} for ${accept}`;
        assert.is(got.status, 200, what);
        assert.is(got.headers["content-encoding"], encoding, what);
        assert.is(got.headers.vary, "Accept-Encoding", what);
        assert.is(got.headers["content-length"], String(got.body.length), what);
        assert.is((encoding ? unpack[encoding]!(got.body) : got.body).toString(), codeOf("8"), what);
      }
    }
  });
});

test("a CDN's edge, which says Via, gets the compressed forms too", async () => {
  await withNginx(async (server) => {
    for (const encoding of ["br", "gzip"]) {
      const got = await ask(server, ALIAS, { via: "1.1 edge", "accept-encoding": encoding });
      assert.is(got.headers["content-encoding"], encoding);
    }
  });
});

test("the headers are the table's, and nothing else but what HTTP needs", async () => {
  await withNginx(async (server) => {
    for (const { path, type, headers } of HEADERS) {
      const got = await ask(server, path.replace(":build", "8"), { "accept-encoding": "br" });
      const expected: Record<string, string> = { "content-type": type };
      for (const [name, value] of headers) expected[name.toLowerCase()] = value;
      // The manifest has no compressed form, so nothing about it varies.
      if (path.endsWith(".json")) delete expected.vary;
      const { server: product, date, connection, etag, ...rest } = got.headers;
      delete rest["content-length"];
      delete rest["content-encoding"];
      assert.equal(rest, expected, path);
      assert.is(product, "nginx");
      assert.is(connection, "keep-alive");
      assert.match(etag!, /^"[0-9a-f]+-[0-9a-f]+"$/);
      assert.ok(date);
    }
  });
});

test("no header of the table touches the page's windows, and both files say the same", () => {
  const names = HEADERS.flatMap(({ headers }) => headers.map(([name]) => name.toLowerCase()));
  for (const name of ["cross-origin-opener-policy", "cross-origin-embedder-policy", "set-cookie"]) {
    assert.not(names.includes(name), name);
  }
  // Read back as a static host does: a path, then lines set in from it.
  const read = renderStaticHeaders(HEADERS)
    .split("\n\n")
    .slice(1)
    .map((block) => {
      const [path, ...lines] = block.trimEnd().split("\n");
      const pairs = lines.map((line) => line.match(/^ {2}([\w-]+): (.+)$/)!.slice(1));
      return { path, pairs };
    });
  assert.equal(
    read,
    HEADERS.map(({ path, type, headers }) => ({ path, pairs: [["Content-Type", type], ...headers] })),
  );
});

test("304 for If-None-Match and for If-Modified-Since, with the caching headers and no body", async () => {
  await withNginx(async (server, root) => {
    for (const encoding of ["br", "gzip", "identity"]) {
      const accept = { "accept-encoding": encoding };
      const full = await ask(server, ALIAS, accept);
      const again = await ask(server, ALIAS, { ...accept, "if-none-match": full.headers.etag! });
      assert.is(again.status, 304, encoding);
      assert.is(again.body.length, 0);
      assert.is(again.headers.etag, full.headers.etag);
      assert.is(again.headers.vary, "Accept-Encoding");
      assert.is(again.headers["cache-control"], full.headers["cache-control"]);

      const seconds = Number.parseInt(full.headers.etag!.slice(1), 16);
      const date = new Date(seconds * 1000).toUTCString();
      const since = await ask(server, ALIAS, { ...accept, "if-modified-since": date });
      assert.is(since.status, 304, encoding);
      const stale = await ask(server, ALIAS, { ...accept, "if-none-match": '"0-0"' });
      assert.is(stale.status, 200, encoding);
      // After a rollback the file is older than the copy: only an equal time is "not modified".
      await switchTo(root, "7");
      const rolledBack = await ask(server, ALIAS, { ...accept, "if-modified-since": date });
      assert.is(rolledBack.status, 200, encoding);
      await switchTo(root, "8");
    }
  });
});

test("each form of each build has its own ETag, even at the same length", async () => {
  await withNginx(async (server, root) => {
    const tags = new Map<string, string>();
    for (const number of ["7", "8"]) {
      await switchTo(root, number);
      for (const encoding of ["br", "gzip", "identity"]) {
        const { headers } = await ask(server, ALIAS, { "accept-encoding": encoding });
        assert.not(tags.has(headers.etag!), `${number} ${encoding} shares ${tags.get(headers.etag!)}'s`);
        tags.set(headers.etag!, `${number} ${encoding}`);
      }
    }
    assert.is(codeOf("7").length, codeOf("8").length);
  });
});

test("HEAD says what GET would, without the body", async () => {
  await withNginx(async (server) => {
    for (const encoding of ["br", "gzip", "identity"]) {
      const get = await ask(server, ALIAS, { "accept-encoding": encoding });
      const head = await ask(server, ALIAS, { "accept-encoding": encoding }, "HEAD");
      const { date: _a, ...expected } = get.headers;
      const { date: _b, ...actual } = head.headers;
      assert.equal([head.status, actual, head.body.length], [200, expected, 0]);
    }
  });
});

test("the alias after a switch and after a rollback: at once, under load, never a mixture", async () => {
  await withNginx(async (server, root) => {
    let done = false;
    const seen = new Set<string>();
    const load = async (encoding: string, unpack: (bytes: Buffer) => Buffer) => {
      let count = 0;
      for (; !done; count++) {
        const got = await ask(server, ALIAS, { "accept-encoding": encoding });
        assert.is(got.status, 200);
        seen.add(unpack(got.body).toString());
      }
      return count;
    };
    const loads = Promise.all([
      load("br", brotliDecompressSync),
      load("gzip", gunzipSync),
      load("", (b) => b),
    ]);
    // Awaited below; until then its failure must not end the process.
    loads.catch(() => {});
    try {
      for (let round = 0; round < 10; round++) {
        for (const number of ["7", "8"]) {
          await switchTo(root, number);
          const got = await ask(server, ALIAS);
          assert.is(got.body.toString(), codeOf(number), "the switch is not seen at once");
        }
      }
    } finally {
      done = true;
      await loads.catch(() => {});
    }
    for (const count of await loads) assert.ok(count > 10, `only ${count} requests`);
    assert.equal([...seen].sort(), [codeOf("7"), codeOf("8")]);
  });
});

test("nothing but the script and the manifest has an address, and no cache keeps what is not there", async () => {
  await withNginx(async (server, root) => {
    const hidden = [
      "/",
      "/_headers",
      "/js",
      "/js/2.0",
      "/js/2.0/8",
      "/js/2.0/8/all.js.br",
      "/js/2.0/all.js.gz",
      "/js/2.0/8/all.js.map",
      "/js/2.0/8/",
      "/js/2.0/",
      "/js/2.0/9/all.js",
      "/js/2.0/9/manifest.json",
      "/js/2.0/all.js/",
      "/js/2.0/%2e%2e/%2e%2e/%2e%2e/private/maps/8/all.js.map",
      "/without-brotli/js/2.0/all.js",
      "/private/maps/8/all.js.map",
      "/current/all.js",
      "/nginx.conf",
    ];
    for (const path of hidden) {
      for (const accept of ["gzip", "br;Q=0"]) {
        const got = await ask(server, path, { host: "evil.example", "accept-encoding": accept });
        assert.is(got.status, 404, path);
        assert.is(got.headers["cache-control"], "no-store", path);
        assert.is(got.headers.location, undefined, path);
        assert.is(got.body.length, 0, path);
      }
    }
    assert.is((await ask(server, "/%")).status, 400);
    const refused = await ask(server, ALIAS, {}, "POST");
    assert.equal([refused.status, refused.headers["cache-control"]], [405, "no-store"]);

    // A build that was asked for too early is there as soon as it is published.
    await release({ root, from: await makeDist(join(root, "../9"), "9") });
    assert.is((await ask(server, "/js/2.0/9/all.js")).status, 200);
  });
});

test("the alias may be kept for minutes, a build for a year", () => {
  const caching = ({ headers }: (typeof HEADERS)[number]) => new Map(headers).get("Cache-Control")!;
  const [maxAge, stale] = caching(ALIAS_RULE).match(/\d+/g)!.map(Number) as [number, number];
  assert.ok(maxAge <= 600 && stale <= 3600, "a bad build would outlive its rollback by more than that");
  assert.match(caching(ALIAS_RULE), /^public, max-age=\d+, stale-while-revalidate=\d+$/);
  for (const rule of HEADERS.filter((one) => one !== ALIAS_RULE)) {
    assert.is(caching(rule), "public, max-age=31536000, immutable");
  }
});

test("where there is no nginx, or one without brotli, a sentence says what to install", async () => {
  await withFolder(async (folder) => {
    assert.is(findNginx([undefined, join(folder, "nginx")]), "there is no nginx");
    const bare = join(folder, "bare-nginx");
    await writeFile(bare, `#!/bin/sh\necho "configure arguments: --modules-path=${folder}" >&2\n`);
    await chmod(bare, 0o755);
    const sentence = findNginx([bare]) as string;
    assert.match(sentence, /^nginx has no brotli_static module at \S+ngx_http_brotli_static_module\.so$/);
    const asked: string[] = [];
    const install = (packages: readonly string[]) => {
      asked.push(...packages);
      return false;
    };
    assert.throws(
      () => requireNginx(() => sentence, install),
      /^nginx has no brotli_static .* install nginx-light, libnginx-mod-http-brotli-static, openssl \(/,
    );
    const mayInstall = process.getuid?.() === 0 || Boolean(process.env.CI);
    assert.equal(asked, mayInstall ? NGINX_PACKAGES : []);
  });
});

test.run();
