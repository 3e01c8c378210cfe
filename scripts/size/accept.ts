/** `npm run size -- accept` and `tighten`: move the limits to where the files are, and say what the commit's message must say. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Artifact } from "../build/artifact.ts";
import { CheckError, newCommand, UsageError } from "../cli.ts";
import { DOCUMENTS_SCRIPT, ROOT } from "../config.ts";
import { writeTogether } from "../write-together.ts";
import { resolveCommit, sizesAt } from "./commits.ts";
import { describeDifference, findDifferences, isShrink, overHardBudget } from "./limits.ts";
import { figuresOf, measureTree } from "./measure.ts";
import { ACCEPT, LIMITS } from "./settings.ts";
import { linesFor } from "./trailers.ts";

/** The documents that give other sizes than these, by path, with the text that they should have. */
async function staleDocuments(artifacts: readonly Artifact[]): Promise<Map<string, string>> {
  if (!DOCUMENTS_SCRIPT) return new Map();
  return (await import(pathToFileURL(join(ROOT, DOCUMENTS_SCRIPT)).href)).documentsFor(artifacts);
}

/**
 * Writes the rows of today's files, and the figures in the documents: all, or nothing.
 *
 * Throws CheckError, with nothing written, when a row grows and `growth` is not allowed, or is over the hard budget.
 */
async function moveLimits(growth: boolean, reason?: string, json?: boolean): Promise<void> {
  // Outside a checkout there is no commit to write a message for.
  const head = resolveCommit("HEAD");
  const measured = await measureTree();
  const figures = figuresOf(measured);
  const { differences } = findDifferences(figures);
  const grown = differences.filter((difference) => !isShrink(difference));
  if (!growth && grown.length > 0) {
    throw new CheckError(
      [
        "tightening is for files that shrank; these rows grow, come or go:",
        ...grown.map((row) => `  ${describeDifference(row)}`),
        `If that is what you want: ${ACCEPT}`,
      ].join("\n"),
    );
  }
  const [over] = overHardBudget(figures);
  if (over) throw new CheckError(over);

  const files = new Map<string, string>();
  if (differences.length > 0) {
    const rows = figures.map(({ content, ...row }) => ({ ...row, limit: `${row.limit} B`, brotli: false }));
    files.set(LIMITS, `${JSON.stringify(rows, null, 2)}\n`);
    for (const stale of await staleDocuments(measured.map(({ artifact }) => artifact))) files.set(...stale);
    writeTogether(files);
  }
  // The rows are committed on top of HEAD, whatever the report's base is.
  const sizes = Object.fromEntries(measured.map((one) => [one.name, one.sizes]));
  const lines = linesFor(sizesAt(head), sizes);
  const message = [...(reason ? [reason] : []), ...(lines.length > 0 ? [lines.join("\n")] : [])].join("\n\n");
  if (json) {
    const trailer = lines.length > 0 ? { lines, for: "commit" } : null;
    console.log(JSON.stringify({ differences, files: [...files.keys()], trailer, message }, null, 2));
    return;
  }
  for (const difference of differences) console.log(describeDifference(difference));
  if (files.size === 0) console.log(`nothing to do: every row of ${LIMITS} is exact`);
  else console.log(`written: ${[...files.keys()].join(", ")}: commit them with the change`);
  if (message && (files.size > 0 || lines.length > 0)) console.log(`For the commit message:\n\n${message}`);
}

export async function accept(argv: string[]): Promise<void> {
  const { reason, json } = newCommand("npm run size -- accept")
    .description("Moves the limits to today's bytes, up or down, and prints the message of the commit.")
    .requiredOption("--reason <text>", "why the bytes are worth it: one line, the commit's subject")
    .option("--json", "print what moved as JSON")
    .parse(argv, { from: "user" })
    .opts<{ reason: string; json?: boolean }>();
  if (!reason.trim() || reason.includes("\n") || reason.startsWith("Size:"))
    throw new UsageError('--reason takes one line that says why, and does not start with "Size:"');
  await moveLimits(true, reason.trim(), json);
}

export async function tighten(argv: string[]): Promise<void> {
  const { reason, json } = newCommand("npm run size -- tighten")
    .description("Moves the limits down to today's bytes. Refuses when anything grew: accept is for that.")
    .option("--reason <text>", "the commit's subject")
    .option("--json", "print what moved as JSON")
    .parse(argv, { from: "user" })
    .opts<{ reason?: string; json?: boolean }>();
  await moveLimits(false, reason, json);
}
