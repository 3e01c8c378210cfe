/** Moves the limits to where the files are: what size:tighten and size:accept have in common. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Sizes } from "../build/index.ts";
import { CheckError } from "../cli.ts";
import { DOCUMENTS_SCRIPT, ROOT } from "../config.ts";
import { chooseBase, isOneCommit, sizesAt } from "./commits.ts";
import { appendEntry } from "./ledger.ts";
import {
  compareRows,
  type Difference,
  describeDifference,
  onlyShrinks,
  readLimits,
  rowsOf,
  writeLimits,
} from "./limits.ts";
import { measureTree } from "./measure.ts";
import { LEDGER, LIMITS } from "./settings.ts";
import { headingOf, type Trailer, trailerOf } from "./trailer.ts";

/** Writes the sizes into the documents, and returns those that it changed. */
async function updateDocuments(): Promise<string[]> {
  if (!DOCUMENTS_SCRIPT) return [];
  return (await import(pathToFileURL(join(ROOT, DOCUMENTS_SCRIPT)).href)).updateDocuments();
}

/** What moved, and the lines for the message of the commit that it belongs to. */
export interface Update {
  differences: Difference[];
  /** The documents whose figures were brought up to date. */
  documents: string[];
  trailer: Trailer | null;
}

/**
 * Writes the rows of today's files, one line in the ledger, and the figures in the documents.
 *
 * Throws CheckError, with nothing written, when no row moves, when one grows and `growth` is not allowed, or when one
 * is over the hard budget.
 */
export async function moveLimits(reason: string, growth: boolean): Promise<Update> {
  const measured = await measureTree();
  const rows = rowsOf(measured);
  const differences = compareRows(readLimits(), rows);
  if (differences.length === 0) throw new CheckError(`every row of ${LIMITS} is exact already`);
  if (!growth && !onlyShrinks(differences)) {
    throw new CheckError(
      [
        "tightening is for files that shrank; these rows grow, come or go:",
        ...differences
          .filter((difference) => !onlyShrinks([difference]))
          .map((row) => `  ${describeDifference(row)}`),
        'If that is what you want: npm run size:accept -- --reason "..."',
      ].join("\n"),
    );
  }
  const sizes: Record<string, Sizes> = Object.fromEntries(measured.map((entry) => [entry.name, entry.sizes]));
  await writeLimits(rows);
  appendEntry(sizes, reason);
  const documents = await updateDocuments();

  const base = chooseBase();
  return {
    differences,
    documents,
    trailer: base && trailerOf(sizesAt(base.commit), sizes, isOneCommit(base)),
  };
}

/** Describes the update. */
export function describeUpdate({ differences, documents, trailer }: Update): string {
  return [
    ...differences.map(describeDifference),
    `written: ${[LIMITS, LEDGER, ...documents].join(", ")}: commit them with the change`,
    ...(trailer ? [headingOf(trailer), ...trailer.lines] : []),
  ].join("\n");
}
