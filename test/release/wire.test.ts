/** Bytes on the wire: that they are counted right, that the line can fail, and that the page's figures are theirs. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { emit, manifestOf } from "../../scripts/build/emit.ts";
import { buildArtifact } from "../../scripts/build/index.ts";
import { ALL_JS, PRODUCTION } from "../../scripts/config.ts";
import { measure } from "../../scripts/release/wire-measure.ts";
import { complaint, measureWire, SEGMENT } from "../../scripts/release/wire-model.ts";
import { checkPage, figuresIn, inputsOf, PAGE } from "../../scripts/release/wire-page.ts";
import { runScript } from "../support/program.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";
import { makeDist, withFolder } from "./support.ts";

const test = suite("bytes on the wire");

test("a server that hangs up is an error and not a smaller figure", async () => {
  const server = net.createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const asked = { port, certificate: "", protocol: "HTTP/1.1", path: "/", headers: {} } as const;
  const error = await measure(asked).catch((thrown) => thrown);
  server.close();
  assert.instance(error, Error);
});

test("today's build fits in one segment; each byte is counted, and the page's figures follow from it", async () => {
  await withFolder(async (folder) => {
    const dist = join(folder, "dist");
    const artifact = await buildArtifact(ALL_JS, { tier: PRODUCTION, buildNumber: "10000" });
    await emit(dist, [artifact], manifestOf([artifact], null));
    const report = await measureWire(dist, join(folder, "cdn"));
    assert.is(SEGMENT, 1448);
    assert.is(complaint(report), "");
    // The longest of those that count, to the byte.
    const longest = Math.max(...report.rows.filter(({ gated }) => gated).map(({ total }) => total));
    assert.is(complaint({ ...report, limit: longest }), "");
    assert.match(complaint({ ...report, limit: longest - 1 }), `as br over HTTP/1.1: 1 B over the line of`);

    const { body, around } = report.rows.find(
      (row) => row.path.endsWith("/10000/all.js") && row.protocol === "HTTP/1.1" && row.encoding === "br",
    )!;
    const head = [
      "HTTP/1.1 200 OK",
      "Server: nginx",
      "Date: Sun, 22 Nov 2026 14:29:33 GMT",
      "Content-Type: text/javascript",
      `Content-Length: ${body}`,
      "Connection: keep-alive",
      "Vary: Accept-Encoding",
      `ETag: "00000000-${body.toString(16)}"`,
      "Content-Encoding: br",
      "Cache-Control: public, max-age=31536000, immutable",
      "Access-Control-Allow-Origin: *",
      "Cross-Origin-Resource-Policy: cross-origin",
      "X-Content-Type-Options: nosniff",
      "",
      "",
    ];
    // And one TLS record around it.
    assert.is(around, head.join("\r\n").length + 22);

    const page = await readFile(PAGE, "utf8");
    checkPage(page, inputsOf(report));
    const { inputs } = figuresIn(page);
    const fix = "npm run size -- wire --page";
    throwsWith(() => checkPage(page.replace("250,000", "250,001"), inputs), fix);
    throwsWith(() => checkPage(page, { ...inputs, build: inputs.build + 9 }), fix);
  });
});

test("a real second segment fails the command, over both protocols and at both addresses; the job's summary has the table", async () => {
  await withFolder(async (folder) => {
    // It does not compress, so that its length is nearly that of its brotli form.
    const code = `//${randomBytes(6_000).toString("base64").slice(0, 3_000)}`;
    const from = await makeDist(join(folder, "dist"), "7", { code });
    const summary = join(folder, "summary.md");
    await writeFile(summary, "before\n");
    const args = ["wire", "--from", from, "--limit", "1500", "--markdown"];
    const { status, stdout, stderr } = runScript("scripts/size/size.ts", args, {
      GITHUB_STEP_SUMMARY: summary,
    });
    assert.is(status, 1, stderr);
    const over = [...stderr.matchAll(/(\S+) takes \d+ B as br over (\S+): \d+ B over the line of 1500 B/g)];
    assert.equal(
      over.map(([, path, protocol]) => `${path} ${protocol}`),
      ["/js/2.0/all.js", "/js/2.0/7/all.js"].flatMap((path) => [`${path} HTTP/2`, `${path} HTTP/1.1`]),
    );
    assert.is((await readFile(summary, "utf8")).trimEnd(), `before\n${stdout}`.trimEnd());
    assert.is(stdout.match(/ [23] \| .*B over: FAILS \|/g)?.length, 4);
    assert.match(stdout, /B over, reported only \|/);
  });
});

test.run();
