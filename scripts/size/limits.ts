/**
 * `.size-limit.json`: the exact size that each file may have.
 *
 * Two kinds of row, both at today's figures, and both read by size-limit itself:
 *
 * - **the ratchet**, `all.js gzip`: the file at build number 1000. The number is fixed, so the figure moves only when
 *   the code does. It holds in both directions: a larger file fails, and so does a smaller one that was not tightened.
 * - **the budget**, `all.js gzip, worst build number`: the largest of a hundred builds that differ in their number alone
 *   (SAMPLE), and HEADROOM bytes more, so that no lucky number hides a growth.
 *
 * Above both is HARD_BUDGET of scripts/config.ts, which the build itself refuses to pass. A row over it is refused here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sizes } from "../build/index.ts";
import { CheckError } from "../cli.ts";
import { HARD_BUDGET, ROOT } from "../config.ts";
import { type Measured, measuredPath } from "./measure.ts";
import { COMPRESSED, type Compressed, FORMATS, HEADROOM, LIMITS } from "./settings.ts";
import { budgetOf } from "./stamps.ts";

/** One row, in size-limit's format. `brotli: false` makes it weigh the file as it is. */
export interface Row {
  name: string;
  path: string;
  limit: string;
  brotli: false;
}

/** A row that differs from its file. Bytes; null where a side is missing. */
export interface Difference {
  name: string;
  limit: number | null;
  size: number | null;
  /** What has the limit; the row unless given. */
  where?: string;
}

export const ratchetName = (artifact: string, format: keyof Sizes): string => `${artifact} ${format}`;
const BUDGET = ", worst build number";
export const budgetName = (artifact: string, format: Compressed): string => `${artifact} ${format}${BUDGET}`;

/** The rows that these measurements make. */
export function rowsOf(measured: readonly Measured[]): Row[] {
  return measured.flatMap(({ name, sizes, spread }) => [
    ...FORMATS.map((format) => row(ratchetName(name, format), measuredPath(name, format), sizes[format])),
    ...COMPRESSED.map((format) =>
      row(budgetName(name, format), measuredPath(name, format, true), budgetOf(spread[format])),
    ),
  ]);
}

const row = (name: string, path: string, size: number): Row => ({
  name,
  path,
  limit: `${size} B`,
  brotli: false,
});

/** A row's limit in bytes. Throws CheckError unless it is written as whole bytes: "1 KB" hides up to 999 of them. */
export function bytesOf({ name, limit }: Row): number {
  const match = /^(\d+) B$/.exec(limit);
  if (!match)
    throw new CheckError(`${LIMITS}: ${name}: the limit ${JSON.stringify(limit)} is not "<bytes> B"`);
  return Number(match[1]);
}

/** The committed rows; none before the first. Throws CheckError when the file cannot be read. */
export function readLimits(): Row[] {
  try {
    return JSON.parse(readFileSync(join(ROOT, LIMITS), "utf8")) as Row[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new CheckError(`${LIMITS} cannot be read: ${(error as Error).message}`);
  }
}

/** The rows over what the build would refuse. */
export const overHardBudget = (rows: readonly Row[]): string[] =>
  rows
    .filter((entry) => !entry.name.endsWith(" raw") && bytesOf(entry) > HARD_BUDGET)
    .map(
      ({ name, limit }) =>
        `${name} is ${limit}, over the hard budget of ${HARD_BUDGET} B (scripts/config.ts)`,
    );

/** Every row that is missing on a side, is elsewhere, or measures another file than it says. */
export function compareRows(committed: readonly Row[], measured: readonly Row[]): Difference[] {
  const differences: Difference[] = [];
  for (const now of measured) {
    const then = committed.find(({ name }) => name === now.name);
    const size = bytesOf(now);
    if (!then || then.path !== now.path || then.brotli !== false) {
      differences.push({ name: now.name, limit: null, size });
    } else if (bytesOf(then) !== size) {
      differences.push({ name: now.name, limit: bytesOf(then), size });
    }
  }
  for (const then of committed) {
    if (!measured.some(({ name }) => name === then.name)) {
      differences.push({ name: then.name, limit: bytesOf(then), size: null });
    }
  }
  return differences;
}

/** `all.js gzip: 1340 B where the row says 1342 B (-2 B)`. */
export function describeDifference({ name, limit, size, where = "the row" }: Difference): string {
  if (size === null) return `${name}: has a row of ${limit} B, but nothing was measured`;
  // No one file has the size of a budget.
  const worst = name.endsWith(BUDGET) ? ` (worst of the sample ${size - HEADROOM} + ${HEADROOM})` : "";
  const now = `${size} B${worst}`;
  if (limit === null) return `${name}: ${now}, without ${where === "the row" ? `a row in ${LIMITS}` : where}`;
  const change = size - limit;
  return `${name}: ${now} where ${where} says ${limit} B (${change > 0 ? "+" : ""}${change} B)`;
}

/** True when tightening is enough: no row grows, comes or goes. */
export const onlyShrinks = (differences: readonly Difference[]): boolean =>
  differences.every(({ limit, size }) => limit !== null && size !== null && size < limit);
