/** Bytes on the wire: that they are counted right, that the line can fail, and that the page's figures are theirs. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import http2 from "node:http2";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { emit, manifestOf } from "../../scripts/build/emit.ts";
import { buildArtifact } from "../../scripts/build/index.ts";
import { CheckError } from "../../scripts/cli.ts";
import { ALL_JS, PRODUCTION, ROOT } from "../../scripts/config.ts";
import { framesOf, huffmanLength, responseOf, worstMoment } from "../../scripts/size/wire-http2.ts";
import { failures, measureWire, SEGMENT, type WireReport } from "../../scripts/size/wire-model.ts";
import { checkPage, figuresIn, inputsOf, PAGE } from "../../scripts/size/wire-page.ts";
import { applicationData } from "../../scripts/size/wire-records.ts";
import { complaint } from "../../scripts/size/wire-report.ts";
import { suite } from "../support/suite.ts";
import { makeDist, withFolder } from "./support.ts";

const test = suite("bytes on the wire");

const rowOf = ({ rows }: WireReport, path: string, protocol: string, encoding: string, status = 200) =>
  rows.find(
    (row) =>
      row.path === path && row.protocol === protocol && row.encoding === encoding && row.status === status,
  )!;

/** A script that does not compress, so that its length is nearly that of its brotli form. */
const incompressible = (length: number) =>
  `//${randomBytes(length)
    .toString("latin1")
    .replace(/[^ -~]/g, "")}`;

test("over HTTP/1.1 the total is the status line, each header, the body, and one record's 22 bytes", async () => {
  await withFolder(async (folder) => {
    const report = await measureWire(await makeDist(join(folder, "dist"), "7"), join(folder, "cdn"));
    const row = rowOf(report, "/js/2.0/7/all.js", "HTTP/1.1", "br");
    const length = String(row.body).length;
    const head = [
      "HTTP/1.1 200 OK",
      "Server: nginx",
      "Date: Sun, 22 Nov 2026 14:29:33 GMT",
      "Content-Type: text/javascript",
      `Content-Length: ${"9".repeat(length)}`,
      "Connection: keep-alive",
      "Vary: Accept-Encoding",
      `ETag: "00000000-${row.body.toString(16)}"`,
      "Content-Encoding: br",
      "Cache-Control: public, max-age=31536000, immutable",
      "Access-Control-Allow-Origin: *",
      "Cross-Origin-Resource-Policy: cross-origin",
      "X-Content-Type-Options: nosniff",
      "",
      "",
    ].join("\r\n");
    assert.is(row.around, head.length + 22);
    assert.is(row.records, 1);
    assert.equal(rowOf(report, "/js/2.0/7/all.js", "HTTP/2", "br").segments, 1);
  });
});

test("one byte more than a segment, as brotli, fails; as gzip it is only reported", () => {
  const row = { path: "/x", protocol: "HTTP/2", status: 200, body: 1000, around: 448, records: 1 } as const;
  const report = (total: number): WireReport => ({
    build: "7",
    limit: SEGMENT,
    rows: [
      { ...row, encoding: "br", total, segments: Math.ceil(total / SEGMENT), gated: true },
      { ...row, encoding: "gzip", total: 2000, segments: 2, gated: false },
    ],
  });
  assert.is(SEGMENT, 1448);
  assert.equal(failures(report(1448)), []);
  assert.is(failures(report(1449)).length, 1);
  assert.is(complaint(report(1449)), "/x takes 1449 B as br over HTTP/2: 1 B over the line of 1448 B");
});

test("a real second segment is found, over both protocols and at both addresses", async () => {
  await withFolder(async (folder) => {
    const code = incompressible(6_000);
    const dist = await makeDist(join(folder, "dist"), "7", { code });
    const report = await measureWire(dist, join(folder, "cdn"));
    assert.equal(
      failures(report).map(({ path, protocol, encoding }) => `${path} ${protocol} ${encoding}`),
      ["/js/2.0/all.js", "/js/2.0/7/all.js"].flatMap((path) => [`${path} HTTP/2 br`, `${path} HTTP/1.1 br`]),
    );
    for (const row of failures(report)) assert.ok(row.segments >= 2);
  });
});

/** The sizes of the HEADERS frames that a client sent so far. */
function headerSizes(stream: Buffer): number[] {
  // What a client says first (RFC 9113, 3.4).
  let at = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;
  const sizes: number[] = [];
  while (at + 9 <= stream.length) {
    const length = stream.readUIntBE(at, 3);
    if (stream[at + 3] === 1) sizes.push(length);
    at += 9 + length;
  }
  return sizes;
}

test("Huffman lengths are those of another HPACK encoder", async () => {
  const texts = [
    "Sun, 22 Nov 2026 14:29:33 GMT",
    "Wed, 30 Sep 2099 23:59:58 GMT",
    '"6b02fc15-461"',
    '"ffffffff-9a8"',
  ];
  const sizes = await new Promise<number[]>((resolve, reject) => {
    let stream = Buffer.alloc(0);
    const wire = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        stream = Buffer.concat([stream, chunk]);
        const seen = headerSizes(stream);
        if (seen.length > texts.length) resolve(seen);
        done();
      },
    });
    const session = http2.connect("http://localhost", { createConnection: () => wire as never });
    session.on("error", reject);
    for (const text of ["", ...texts])
      session.request({ ":path": "/", "x-measured": text }).on("error", reject);
  });
  // The first request also pays for the names, which the later ones find in the connection's table.
  const differences = sizes.slice(1).map((size) => size - sizes[1]!);
  assert.equal(
    differences,
    texts.map((text) => huffmanLength(text) - huffmanLength(texts[0]!)),
  );
});

test("the worst moment is worse than any other, so that the figure is the same at every run", () => {
  for (let at = 0; at < 3_000; at++) {
    const date = new Date(Date.UTC(2026, 0, 1) + at * 10_000_019).toUTCString();
    const etag = `"${(0x60000000 + at * 99_991).toString(16)}-461"`;
    assert.ok(worstMoment(date, etag) >= 0, `${date} ${etag}`);
    assert.ok(worstMoment(date, etag) < 8, `${date} ${etag}`);
  }
  assert.throws(() => huffmanLength("{"), /not in this Huffman table/);
});

test("the connection's own frames are not the response's, even in one record with it", () => {
  const frame = (type: number, stream: number, length: number) => {
    const bytes = Buffer.alloc(9 + length);
    bytes.writeUIntBE(length, 0, 3);
    bytes[3] = type;
    bytes.writeUInt32BE(stream, 5);
    return bytes;
  };
  const record = (...frames: Buffer[]) => {
    const plaintext = Buffer.concat(frames);
    return { wire: plaintext.length + 22, plaintext };
  };
  const settings = frame(4, 0, 18);
  const headers = frame(1, 1, 200);
  const data = frame(0, 1, 1000);
  assert.equal(responseOf([record(settings), record(headers, data)]), { total: 209 + 1009 + 22, records: 1 });
  assert.equal(responseOf([record(settings, headers, data)]), { total: 209 + 1009 + 22, records: 1 });
  assert.equal(responseOf([record(settings), record(headers), record(data)]), {
    total: 209 + 1009 + 44,
    records: 2,
  });
  // A frame may begin in one record and end in the next.
  const cut = Buffer.concat([headers, data]);
  assert.is(responseOf([record(cut.subarray(0, 300)), record(cut.subarray(300))]).total, 209 + 1009 + 44);
  assert.throws(() => framesOf(data.subarray(0, 500)), /cut off/);
});

test("a damaged record, or an unknown cipher suite, is an error and not a smaller figure", () => {
  assert.throws(() => applicationData(Buffer.alloc(0), "TLS_NONE", Buffer.alloc(32)), /no cipher suite/);
  const cut = Buffer.from([23, 3, 3, 0, 50, 1, 2, 3]);
  assert.throws(() => applicationData(cut, "TLS_AES_128_GCM_SHA256", Buffer.alloc(32)), /cut off/);
});

test("today's build fits in one segment, and the page's figures follow from what is measured on it", async () => {
  await withFolder(async (folder) => {
    const dist = join(folder, "dist");
    const artifact = await buildArtifact(ALL_JS, { tier: PRODUCTION, buildNumber: "10000" });
    await emit(dist, [artifact], manifestOf([artifact], null));
    const report = await measureWire(dist, join(folder, "cdn"));
    assert.is(complaint(report), "");
    const page = await readFile(PAGE, "utf8");
    checkPage(page, inputsOf(report));

    const { inputs } = figuresIn(page);
    const refused = (text: string, measured = inputs) => {
      assert.throws(
        () => checkPage(text, measured),
        (error: Error) => error instanceof CheckError && /npm run size:wire -- --page/.test(error.message),
      );
    };
    refused(page.replace("250,000", "250,001"));
    refused(page, { ...inputs, build: Math.round(inputs.build * 1.03) });
  });
});

test("the command: exit code 1 and a sentence over the line, and the table in the job's summary", async () => {
  await withFolder(async (folder) => {
    const from = await makeDist(join(folder, "dist"), "7");
    const summary = join(folder, "summary.md");
    await writeFile(summary, "before\n");
    const args = ["--import", "tsx", "scripts/size/wire.ts", "--from", from, "--limit", "300", "--markdown"];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, GITHUB_STEP_SUMMARY: summary },
    }).then(
      () => ({ code: 0, stdout: "", stderr: "" }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    assert.is(code, 1);
    assert.match(stderr, /\/js\/2\.0\/all\.js takes \d+ B as br over HTTP\/2: \d+ B over the line of 300 B/);
    assert.is((await readFile(summary, "utf8")).trimEnd(), `before\n${stdout}`.trimEnd());
    assert.match(stdout, /B over: FAILS \|/);
    assert.match(stdout, /B over, reported only \|/);
  });
});

test.run();
