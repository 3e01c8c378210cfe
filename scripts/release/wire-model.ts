/** The model of `npm run size -- wire`: a row for each response, and whether those that count fit. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { CheckError } from "../cli.ts";
import type { Table } from "../print.ts";
import { PREFIX, SCRIPT } from "./folders.ts";
import { type RunningNginx, serveRelease } from "./nginx.ts";
import { release } from "./publish.ts";
import { measure, type Protocol } from "./wire-measure.ts";

/**
 * What one TCP segment carries over Ethernet and IPv4 with timestamps, in bytes: 1500 less 20 (IP), 20 (TCP) and
 * 12 (timestamps).
 */
export const SEGMENT = 1448;

const UNPACK = { br: brotliDecompressSync, gzip: gunzipSync };

/** Asks for the script, or, with its etag, whether it has changed. Throws CheckError when the response is another one. */
async function ask(
  { httpsPort: port, certificate }: RunningNginx,
  script: Buffer,
  [path, protocol, encoding]: readonly [path: string, Protocol, keyof typeof UNPACK],
  etag?: string,
) {
  const status = etag ? 304 : 200;
  const headers = { "accept-encoding": encoding, ...(etag ? { "if-none-match": etag } : {}) };
  const got = await measure({ port, certificate, protocol, path, headers });
  const form = got.headers["content-encoding"] ?? "uncompressed";
  const what = `${path} over ${protocol} as ${encoding}`;
  if (got.status !== status || (!etag && form !== encoding))
    throw new CheckError(`${what}: got ${got.status} ${form}, not ${status}`);
  if (!etag && !UNPACK[encoding](got.body).equals(script))
    throw new CheckError(`${what}: the body is another file`);
  const { total } = got;
  const body = got.body.length;
  const segments = Math.ceil(total / SEGMENT);
  // What decides is brotli. Every browser of the last years takes it over HTTPS; gzip goes to older ones and to programs.
  const gated = encoding === "br" && !etag;
  const row = { path, protocol, encoding, status, body, around: total - body, total, segments, gated };
  return { row, etag: got.headers.etag };
}

type WireRow = Awaited<ReturnType<typeof ask>>["row"];
export type WireReport = Awaited<ReturnType<typeof measureWire>>;

/** Serves the build in `dist`, laid out in the empty folder `root`, by a real nginx, and measures every response. */
export async function measureWire(dist: string, root: string, limit: number = SEGMENT) {
  const { build } = await release({ root, from: dist });
  const script = build.files.get(SCRIPT)!;
  const server = await serveRelease(root);
  const rows: WireRow[] = [];
  try {
    for (const path of [`${PREFIX}/${SCRIPT}`, `${PREFIX}/${build.number}/${SCRIPT}`]) {
      for (const protocol of ["HTTP/2", "HTTP/1.1"] as const) {
        const { row, etag } = await ask(server, script, [path, protocol, "br"]);
        const again = await ask(server, script, [path, protocol, "br"], etag);
        const gzip = await ask(server, script, [path, protocol, "gzip"]);
        rows.push(row, again.row, gzip.row);
      }
    }
  } finally {
    await server.stop();
  }
  return { build: build.number, limit, rows };
}

/** The rows over the limit that may not be. */
const failures = ({ rows, limit }: WireReport): WireRow[] =>
  rows.filter(({ gated, total }) => gated && total > limit);

function verdict({ total, gated, status }: WireRow, limit: number): string {
  if (status === 304) return "";
  if (total <= limit) return `fits, ${limit - total} B to spare`;
  return `${total - limit} B over${gated ? ": FAILS" : ", reported only"}`;
}

/** The report as a table. */
export function wireTable({ rows, limit, build }: WireReport): Table {
  return {
    title: `Bytes on the wire: build ${build}, nginx, TLS 1.3; the line is ${limit} B`,
    head: ["file", "protocol", "status", "form", "body", "around", "total", "segments", ""],
    rows: rows.map((row) => {
      const { path, protocol, status, encoding, body, around, total, segments } = row;
      return [path, protocol, status, encoding, body, around, total, segments, verdict(row, limit)];
    }),
  };
}

/** One sentence a failing row; empty when the check passes. */
export function complaint(report: WireReport): string {
  const lines = failures(report).map(
    ({ path, protocol, encoding, total }) =>
      `${path} takes ${total} B as ${encoding} over ${protocol}: ${total - report.limit} B over the line of ${report.limit} B`,
  );
  return lines.join("\n       ");
}
