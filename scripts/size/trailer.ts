/** The line of a commit message that says what the commit does to the sizes: `Size: 1340 -> 1330 gz, 1134 -> 1120 br`. */
import { TARGETS } from "../config.ts";
import type { SizesByName } from "./commits.ts";

/** What one line claims, in bytes. */
export interface Claim {
  artifact: string;
  gzip: [before: number, after: number];
  brotli: [before: number, after: number];
}

/** The artifact that a line without a name speaks of. */
const MAIN = TARGETS[0]!.name;

const FORM = /^Size: (?:(\S+\.[cm]?js) )?(\d+) -> (\d+) gz, (\d+) -> (\d+) br\b/;

/** The form, for a message to the person who has to write one. */
export const TRAILER_FORM = "Size: A -> B gz, C -> D br";

/**
 * The claims in `message`, and the lines that look like one and are not.
 *
 * A line speaks of the first target unless it names another artifact: `Size: index.mjs 900 -> 890 gz, 800 -> 790 br`.
 */
export function parseTrailers(message: string): { claims: Claim[]; unreadable: string[] } {
  const claims: Claim[] = [];
  const unreadable: string[] = [];
  for (const line of message.split("\n").filter((text) => text.startsWith("Size: "))) {
    const match = FORM.exec(line);
    if (!match) {
      unreadable.push(line);
      continue;
    }
    const [, artifact = MAIN, ...figures] = match;
    const [a, b, c, d] = figures.map(Number) as [number, number, number, number];
    claims.push({ artifact, gzip: [a, b], brotli: [c, d] });
  }
  return { claims, unreadable };
}

/** The claims of a squash as one: those of an artifact that follow on each other, oldest first, as GitHub puts them together. */
export function together(claims: readonly Claim[]): Claim[] {
  const result: Claim[] = [];
  for (const claim of claims) {
    const last = result.findLast(({ artifact }) => artifact === claim.artifact);
    if (last && last.gzip[1] === claim.gzip[0] && last.brotli[1] === claim.brotli[0]) {
      last.gzip = [last.gzip[0], claim.gzip[1]];
      last.brotli = [last.brotli[0], claim.brotli[1]];
    } else result.push({ ...claim });
  }
  return result;
}

/** The real sizes of one artifact; 0 B where it does not exist. */
export const claimOf = (artifact: string, before: SizesByName, after: SizesByName): Claim => ({
  artifact,
  gzip: [before[artifact]?.gzip ?? 0, after[artifact]?.gzip ?? 0],
  brotli: [before[artifact]?.brotli ?? 0, after[artifact]?.brotli ?? 0],
});

/** The true claims of a commit: one for every artifact whose compressed size it moved. */
export function claimsOf(before: SizesByName, after: SizesByName): Claim[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((artifact) => claimOf(artifact, before, after))
    .filter(({ gzip, brotli }) => gzip[0] !== gzip[1] || brotli[0] !== brotli[1]);
}

/** The claim as written in a message. */
export function formatClaim({ artifact, gzip, brotli }: Claim): string {
  const name = artifact === MAIN ? "" : `${artifact} `;
  return `Size: ${name}${gzip[0]} -> ${gzip[1]} gz, ${brotli[0]} -> ${brotli[1]} br`;
}

/** The lines for a message: one for each artifact that moved. */
export interface Trailer {
  lines: string[];
  /** Which message they are true in: one commit's, or that of a squash of the whole branch. */
  for: "commit" | "branch";
}

/** The lines for the message of a commit, or of a branch in one commit, that moves the sizes so; null when none moves. */
export function trailerOf(before: SizesByName, after: SizesByName, oneCommit: boolean): Trailer | null {
  const lines = claimsOf(before, after).map(formatClaim);
  return lines.length > 0 ? { lines, for: oneCommit ? "commit" : "branch" } : null;
}

/** What to write above the lines. On a branch of several commits they belong to no single one. */
export const headingOf = (trailer: Trailer): string =>
  trailer.for === "commit" ? "For the commit message:" : "Whole branch, for a squash:";
