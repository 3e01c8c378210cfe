/** Moves the limits to where the files are: what size -- tighten and size -- accept have in common. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Artifact } from "../build/index.ts";
import { CheckError } from "../cli.ts";
import { DOCUMENTS_SCRIPT, ROOT } from "../config.ts";
import { gitOrNull } from "../git.ts";
import { writeTogether } from "../write-together.ts";
import { chooseBase, isOneCommit, sizesAt } from "./commits.ts";
import { ledgerAt, nextLine, rewritten } from "./ledger.ts";
import { type Difference, describeDifference, onlyShrinks, overHardBudget } from "./limits.ts";
import { measureTree } from "./measure.ts";
import { findPending } from "./pending.ts";
import { ACCEPT, LEDGER, LIMITS } from "./settings.ts";
import { headingOf, type Trailer, trailerOf } from "./trailer.ts";

/** The documents that give other sizes than these, by path, with the text that they should have. */
async function staleDocuments(artifacts: readonly Artifact[]): Promise<Map<string, string>> {
  if (!DOCUMENTS_SCRIPT) return new Map();
  return (await import(pathToFileURL(join(ROOT, DOCUMENTS_SCRIPT)).href)).documentsFor(artifacts);
}

/** What moved, and the lines for the message of the commit that it belongs to. */
export interface Update {
  differences: Difference[];
  /** The files that were written. */
  files: string[];
  trailer: Trailer | null;
}

/** The parent whose ledger lines HEAD took out, as a revert does: what is written now belongs into HEAD, by `--amend`. */
function parentToKeep(): string | null {
  const parent = gitOrNull("rev-parse", "--verify", "--quiet", "HEAD^1");
  return parent && rewritten(ledgerAt(parent), ledgerAt("HEAD")) ? parent : null;
}

/**
 * Writes the rows of today's files, one line in the ledger, and the figures in the documents: all, or nothing.
 *
 * Throws CheckError, with nothing written, when all is exact, when a row grows and `growth` is not allowed, or when one is over
 * the hard budget.
 */
export async function moveLimits(reason: string, growth: boolean): Promise<Update> {
  const measured = await measureTree();
  const base = chooseBase();
  const { rows, differences, ledger, command } = findPending(measured, base?.commit ?? null);
  if (!command)
    throw new CheckError(`nothing to do: every row of ${LIMITS} is exact, and the ledger ends in them`);
  if (!growth && !onlyShrinks(differences)) {
    throw new CheckError(
      [
        "tightening is for files that shrank; these rows grow, come or go:",
        ...differences
          .filter((difference) => !onlyShrinks([difference]))
          .map((row) => `  ${describeDifference(row)}`),
        `If that is what you want: ${ACCEPT}`,
      ].join("\n"),
    );
  }
  const [over] = overHardBudget(rows);
  if (over) throw new CheckError(over);
  const sizes = Object.fromEntries(measured.map((entry) => [entry.name, entry.sizes]));
  const floors = Object.fromEntries(measured.map((entry) => [entry.name, entry.floor]));
  const line = differences.length > 0 ? nextLine({ sizes, reason, floors }) : "";
  const files = new Map([
    [LIMITS, `${JSON.stringify(rows, null, 2)}\n`],
    [LEDGER, ledger + line],
    ...(await staleDocuments(measured.map(({ artifact }) => artifact))),
  ]);
  writeTogether(files);

  const kept = parentToKeep();
  const before = kept ?? base?.commit;
  const known = before ? sizesAt(before) : null;
  const oneCommit = kept !== null || (base !== null && isOneCommit(base));
  return {
    differences,
    files: [...files.keys()],
    trailer: known && trailerOf(known, sizes, oneCommit),
  };
}

/** Describes the update. */
export function describeUpdate({ differences, files, trailer }: Update): string {
  return [
    ...differences.map(describeDifference),
    `written: ${files.join(", ")}: commit them with the change`,
    ...(parentToKeep() ? [AMEND] : []),
    ...(trailer ? [headingOf(trailer), ...trailer.lines] : []),
  ].join("\n");
}

const AMEND = "The last commit took lines out of the ledger: add these files to it, git commit --amend";
