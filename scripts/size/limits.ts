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
 * Each commit carries its own rows, and its message says why they moved: git keeps the history of the sizes.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sizes } from "../build/artifact.ts";
import { CheckError } from "../cli.ts";
import { HARD_BUDGET, ROOT } from "../config.ts";
import { signed } from "../print.ts";
import type { Figure } from "./measure.ts";
import { HEADROOM, LIMITS } from "./settings.ts";

/** One row, in size-limit's format. `brotli: false` makes it weigh the file as it is. */
export interface Row {
  name: string;
  path: string;
  limit: string;
  brotli: false;
}

/** Bytes, by artifact. */
export type SizesByName = Record<string, Sizes>;

/** A row that differs from its file. Bytes; null where a side is missing. */
export interface Difference {
  name: string;
  limit: number | null;
  size: number | null;
}

/** The rows in `text`. Throws CheckError unless each limit is whole bytes: "1 KB" hides up to 999 of them. */
export function parseRows(text: string): Row[] {
  let rows: Row[];
  try {
    rows = JSON.parse(text) as Row[];
  } catch (error) {
    throw new CheckError(`${LIMITS} cannot be read: ${(error as Error).message}`);
  }
  for (const { name, limit } of rows) {
    if (!/^\d+ B$/.test(limit))
      throw new CheckError(`${LIMITS}: ${name}: the limit ${JSON.stringify(limit)} is not "<bytes> B"`);
  }
  return rows;
}

/** The rows in the working tree; none before the first. Throws CheckError when they cannot be read. */
export const readRows = (): Row[] =>
  existsSync(join(ROOT, LIMITS)) ? parseRows(readFileSync(join(ROOT, LIMITS), "utf8")) : [];

/** What the ratchet's rows say of each artifact. */
export function sizesOfRows(rows: readonly Row[]): SizesByName {
  const sizes: SizesByName = {};
  for (const { name, limit } of rows) {
    // "all.js gzip": the rows of the worst build number have more words.
    const [, artifact, format] = /^(\S+) (raw|gzip|brotli)$/.exec(name) ?? [];
    if (!artifact) continue;
    sizes[artifact] ??= { raw: 0, gzip: 0, brotli: 0 };
    sizes[artifact][format as keyof Sizes] = Number.parseInt(limit, 10);
  }
  return sizes;
}

/** What is over the size that the build would refuse. */
export const overHardBudget = (figures: readonly Figure[]): string[] =>
  figures
    .filter(({ name, limit }) => !name.endsWith(" raw") && limit > HARD_BUDGET)
    .map(
      ({ name, limit }) =>
        `${name} is ${limit} B, over the hard budget of ${HARD_BUDGET} B (scripts/config.ts)`,
    );

/** Every row that is missing on a side, is elsewhere, or has another limit than the file's. */
function compareRows(committed: readonly Row[], figures: readonly Figure[]): Difference[] {
  const names = new Set([...figures, ...committed].map(({ name }) => name));
  return [...names].flatMap((name): Difference[] => {
    const row = committed.find((one) => one.name === name);
    const figure = figures.find((one) => one.name === name);
    const isItsRow = row && (!figure || (row.path === figure.path && row.brotli === false));
    const limit = isItsRow ? Number.parseInt(row.limit, 10) : null;
    return limit === figure?.limit ? [] : [{ name, limit, size: figure?.limit ?? null }];
  });
}

/** Where the rows in the working tree differ. All do when they cannot be read, as with a conflict's marks in them. */
export function findDifferences(figures: readonly Figure[]): { differences: Difference[]; problem?: string } {
  try {
    return { differences: compareRows(readRows(), figures) };
  } catch (error) {
    if (error instanceof CheckError) return { differences: compareRows([], figures), problem: error.message };
    throw error;
  }
}

/** `all.js gzip: 1340 B where the row says 1342 B (-2 B)`. */
export function describeDifference({ name, limit, size }: Difference): string {
  if (size === null) return `${name}: has a row of ${limit} B, but nothing was measured`;
  // No one file has the size of a budget.
  const worst = name.endsWith("number") ? ` (worst of the sample ${size - HEADROOM} + ${HEADROOM})` : "";
  if (limit === null) return `${name}: ${size} B${worst}, without a row in ${LIMITS}`;
  return `${name}: ${size} B${worst} where the row says ${limit} B (${signed(size - limit)} B)`;
}

/** True when tightening is enough: the row neither grows, comes nor goes. */
export const isShrink = ({ limit, size }: Difference): boolean =>
  limit !== null && size !== null && size < limit;
