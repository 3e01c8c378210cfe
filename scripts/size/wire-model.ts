/** The model of `npm run size -- wire`: a row for each response, and whether those that count fit. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { CheckError } from "../cli.ts";
import { PREFIX, SCRIPT } from "../release/folders.ts";
import { serveRelease } from "../release/nginx.ts";
import { release } from "../release/publish.ts";
import type { Table } from "./print.ts";
import { measure, type Protocol, type WireResponse } from "./wire-measure.ts";

/**
 * What one TCP segment carries over Ethernet and IPv4 with timestamps, in bytes: 1500 less 20 (IP), 20 (TCP) and
 * 12 (timestamps).
 */
export const SEGMENT = 1448;

export type Encoding = "br" | "gzip";

export interface WireRow {
  path: string;
  protocol: Protocol;
  encoding: Encoding;
  status: 200 | 304;
  /** Bytes. `total` is `body` and everything around it: status, headers, frames, TLS records. */
  body: number;
  around: number;
  total: number;
  /** TCP segments that the bytes fill. */
  segments: number;
  /** Whether this row can fail the check. */
  gated: boolean;
}

export interface WireReport {
  build: string;
  limit: number;
  rows: WireRow[];
}

/**
 * The rows that decide: brotli. Every browser of the last years takes brotli over HTTPS; gzip goes to older ones
 * and to programs, so it is reported, not gated. Both protocols and both addresses count.
 */
const isGated = (encoding: Encoding, status: number) => encoding === "br" && status === 200;

const UNPACK = { br: brotliDecompressSync, gzip: gunzipSync };

/** Throws CheckError when the response is not the script in the form that was asked for. */
function check(got: WireResponse, encoding: Encoding, script: Buffer, what: string): void {
  if (got.status !== 200 || got.headers["content-encoding"] !== encoding) {
    throw new CheckError(`${what}: got ${got.status} ${got.headers["content-encoding"] ?? "uncompressed"}`);
  }
  if (!UNPACK[encoding](got.body).equals(script)) throw new CheckError(`${what}: the body is another file`);
}

/** Serves the build in `dist`, laid out in the empty folder `root`, by a real nginx, and measures every response. */
export async function measureWire(dist: string, root: string, limit: number = SEGMENT): Promise<WireReport> {
  const { build } = await release({ root, from: dist });
  const script = build.files.get(SCRIPT)!;
  const server = await serveRelease(root);
  const rows: WireRow[] = [];
  const add = (
    key: Pick<WireRow, "path" | "protocol" | "encoding">,
    status: 200 | 304,
    got: WireResponse,
  ) => {
    const { total } = got;
    const body = got.body.length;
    const segments = Math.ceil(total / SEGMENT);
    const gated = isGated(key.encoding, status);
    rows.push({ ...key, status, body, around: total - body, total, segments, gated });
  };
  try {
    for (const path of [`${PREFIX}/${SCRIPT}`, `${PREFIX}/${build.number}/${SCRIPT}`]) {
      for (const protocol of ["HTTP/2", "HTTP/1.1"] as const) {
        for (const encoding of ["br", "gzip"] as const) {
          const ask = (headers: Record<string, string>) =>
            measure({
              port: server.httpsPort,
              certificate: server.certificate,
              protocol,
              path,
              headers: { "accept-encoding": encoding, ...headers },
            });
          const what = `${path} over ${protocol} as ${encoding}`;
          const full = await ask({});
          check(full, encoding, script, what);
          add({ path, protocol, encoding }, 200, full);
          if (encoding !== "br" || !full.headers.etag) continue;
          const again = await ask({ "if-none-match": full.headers.etag });
          if (again.status !== 304)
            throw new CheckError(`${what}: asked again, got ${again.status}, not 304`);
          add({ path, protocol, encoding }, 304, again);
        }
      }
    }
  } finally {
    await server.stop();
  }
  return { build: build.number, limit, rows };
}

/** The rows over the limit that may not be. */
export function failures({ rows, limit }: WireReport): WireRow[] {
  return rows.filter(({ gated, total }) => gated && total > limit);
}

function verdict({ total, gated, status }: WireRow, limit: number): string {
  if (status === 304) return "";
  const spare = limit - total;
  if (spare >= 0) return `fits, ${spare} B to spare`;
  return `${-spare} B over${gated ? ": FAILS" : ", reported only"}`;
}

/** The report as a table. */
export function wireTable({ rows, limit, build }: WireReport): Table {
  return {
    title: `Bytes on the wire: build ${build}, nginx, TLS 1.3; the line is ${limit} B`,
    head: ["file", "protocol", "status", "form", "body", "around", "total", "segments", ""],
    rows: rows.map((row) => [
      row.path,
      row.protocol,
      row.status,
      row.encoding,
      row.body,
      row.around,
      row.total,
      row.segments,
      verdict(row, limit),
    ]),
  };
}

/** One sentence a failing row; empty when the check passes. */
export function complaint(report: WireReport): string {
  return failures(report)
    .map(
      ({ path, protocol, encoding, total }) =>
        `${path} takes ${total} B as ${encoding} over ${protocol}: ${total - report.limit} B over the line of ${report.limit} B`,
    )
    .join("\n       ");
}
