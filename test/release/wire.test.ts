/** Bytes on the wire: that they are counted right, that the line can fail, and that the page's figures are theirs. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { emit, manifestOf } from "../../scripts/build/emit.ts";
import { buildArtifact } from "../../scripts/build/index.ts";
import { CheckError } from "../../scripts/cli.ts";
import { ALL_JS, PRODUCTION, ROOT } from "../../scripts/config.ts";
import { measure } from "../../scripts/size/wire-measure.ts";
import { complaint, failures, measureWire, SEGMENT, type WireReport } from "../../scripts/size/wire-model.ts";
import { checkPage, figuresIn, inputsOf, PAGE } from "../../scripts/size/wire-page.ts";
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
    assert.equal(rowOf(report, "/js/2.0/7/all.js", "HTTP/2", "br").segments, 1);
  });
});

test("one byte more than a segment, as brotli, fails; as gzip it is only reported", () => {
  const row = { path: "/x", protocol: "HTTP/2", status: 200, body: 1000, around: 448 } as const;
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

test("a server that hangs up is an error and not a smaller figure", async () => {
  const server = net.createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const asked = { port, certificate: "", protocol: "HTTP/1.1", path: "/", headers: {} } as const;
  const error = await measure(asked).catch((thrown) => thrown);
  server.close();
  assert.instance(error, Error);
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
        (error: Error) => error instanceof CheckError && /npm run size -- wire --page/.test(error.message),
      );
    };
    refused(page.replace("250,000", "250,001"));
    refused(page, { ...inputs, build: inputs.build + 9 });
  });
});

test("the command: exit code 1 and a sentence over the line, and the table in the job's summary", async () => {
  await withFolder(async (folder) => {
    const from = await makeDist(join(folder, "dist"), "7");
    const summary = join(folder, "summary.md");
    await writeFile(summary, "before\n");
    const args = [
      "--import",
      "tsx",
      "scripts/size/size.ts",
      "wire",
      "--from",
      from,
      "--limit",
      "200",
      "--markdown",
    ];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, GITHUB_STEP_SUMMARY: summary },
    }).then(
      () => ({ code: 0, stdout: "", stderr: "" }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    assert.is(code, 1);
    assert.match(stderr, /\/js\/2\.0\/all\.js takes \d+ B as br over HTTP\/2: \d+ B over the line of 200 B/);
    assert.is((await readFile(summary, "utf8")).trimEnd(), `before\n${stdout}`.trimEnd());
    assert.match(stdout, /B over: FAILS \|/);
    assert.match(stdout, /B over, reported only \|/);
  });
});

test.run();
