/** Prints the model of `npm run size:wire`. */
import type { Table } from "./print.ts";
import { failures, type WireReport, type WireRow } from "./wire-model.ts";

function verdict({ total, gated, status }: WireRow, limit: number): string {
  if (status === 304) return "";
  const spare = limit - total;
  if (spare >= 0) return `fits, ${spare} B to spare`;
  return `${-spare} B over${gated ? ": FAILS" : ", reported only"}`;
}

export function wireTable({ rows, limit, build }: WireReport): Table {
  return {
    title: `Bytes on the wire: build ${build}, nginx, TLS 1.3; the line is ${limit} B`,
    head: ["file", "protocol", "status", "form", "body", "around", "total", "records", "segments", ""],
    rows: rows.map((row) => [
      row.path,
      row.protocol,
      row.status,
      row.encoding,
      row.body,
      row.around,
      row.total,
      row.records,
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
