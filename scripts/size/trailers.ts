/** `npm run size -- trailers`: checks the sizes in commit messages against the commits. */
import pc from "picocolors";
import { CheckError, newCommand, UsageError } from "../cli.ts";
import { git } from "../git.ts";
import { chooseBase, parentOf, resolveCommit, type SizesByName, short, sizesAt } from "./commits.ts";
import { ledgerAt, parseLedger, readLedger, rewritten } from "./ledger.ts";
import { ACCEPT, BYTE_PATHS, LEDGER, LIMITS } from "./settings.ts";
import {
  type Claim,
  claimOf,
  claimsOf,
  formatClaim,
  parseTrailers,
  TRAILER_FORM,
  together,
} from "./trailer.ts";

/** One commit, and what is wrong with its message or with what it did to the ledger. */
export interface Verdict {
  commit: string;
  subject: string;
  /** The trailer that the message should have; empty where no compressed size moved. */
  measured: string[];
  found: string[];
}

const RANGE_FORM = '--range takes "a..b", or one commit with everything before it';

const lines = (text: string): string[] => text.split("\n").filter(Boolean);

/** The commits of `range` that came on top of the one that brought the ledger. What came before was measured by hand. */
function sinceLedger(range: string): string[] {
  const head = range.split("..").at(-1)!;
  const began = lines(git("log", "--diff-filter=A", "--format=%H", head, "--", LEDGER)).at(-1);
  return began ? lines(git("rev-list", range, `^${began}`)) : [];
}

/**
 * The commits of `range`, newest first, that could be wrong: they touch what makes the bytes, or the ledger, or their
 * message speaks of sizes. The others move nothing.
 */
export function candidates(range: string): string[] {
  const touching = lines(git("rev-list", range, "--", ...BYTE_PATHS, LEDGER));
  const claiming = lines(git("rev-list", "--grep=^Size: ", range));
  const wanted = new Set([...touching, ...claiming]);
  return sinceLedger(range).filter((commit) => wanted.has(commit));
}

/** True when a ledger line written afterwards says what `commit` weighs. */
function saidAfterwards(commit: string, sizes: SizesByName): boolean {
  const entry = parseLedger(readLedger()).find((line) => line.commit === commit);
  return entry !== undefined && claimsOf(entry.sizes, sizes).length === 0;
}

/** The claims of `truth` that `claims` lacks, and those of `claims` that are not so. */
function compareClaims(claims: readonly Claim[], before: SizesByName, after: SizesByName): string[] {
  const wrong = claims.flatMap((claim) => {
    const [said, real] = [claim, claimOf(claim.artifact, before, after)].map(formatClaim);
    return said === real ? [] : [`the message says "${said}", the rows say "${real}"`];
  });
  const lacking = claimsOf(before, after).filter(
    (real) => !claims.some(({ artifact }) => artifact === real.artifact),
  );
  return [...wrong, ...lacking.map((real) => `the message lacks "${formatClaim(real)}"`)];
}

/**
 * Checks one commit against its first parent: the rows that each of them committed, and the ledger lines of every parent.
 *
 * A merge whose sizes are those of one of its parents needs no line: they were written there.
 */
export function checkCommit(commit: string): Verdict {
  const [subject = ""] = git("log", "-1", "--format=%s", commit).split("\n");
  const { claims: written, unreadable } = parseTrailers(git("log", "-1", "--format=%B", commit));
  const claims = together(written);
  const [first = null, ...others] = parentOf(commit) ? lines(git("rev-parse", `${commit}^@`)) : [];
  const found = unreadable.map((line) => `"${line}" is not ${TRAILER_FORM}`);

  const [before, after] = [first ? sizesAt(first) : {}, sizesAt(commit)];
  if (!after) found.push(`its ${LIMITS} cannot be read`);
  const known = before && after ? { before, after } : null;
  const isOther = others.some((parent) => {
    const sizes = sizesAt(parent);
    return sizes && after && claimsOf(sizes, after).length === 0;
  });
  if (known && !(isOther && claims.length === 0))
    found.push(...compareClaims(claims, known.before, known.after));
  if (found.length > 0 && after && saidAfterwards(commit, after)) found.length = 0;
  for (const parent of first ? [first, ...others] : []) {
    const rewrite = rewritten(ledgerAt(parent), ledgerAt(commit));
    if (rewrite) found.push(`${LEDGER}: ${rewrite}; lines are only ever added: ${ACCEPT} puts it back`);
  }
  return {
    commit,
    subject,
    measured: known ? claimsOf(known.before, known.after).map(formatClaim) : [],
    found,
  };
}

/** What a squash of `range` must say, where the messages together do not say it. */
function squashNote(range: string): string[] {
  const [from, to] = range.split("..");
  if (!to || lines(git("rev-list", range)).length < 2) return [];
  const [before, after] = [sizesAt(from!), sizesAt(to)];
  if (!before || !after) return [];
  const { claims } = parseTrailers(git("log", "--reverse", "--format=%B", range));
  if (compareClaims(together(claims), before, after).length === 0) return [];
  const truth = claimsOf(before, after).map(formatClaim);
  return [
    "A squash of these commits needs another message than GitHub makes of theirs:",
    ...(truth.length > 0 ? truth : ['no line that starts with "Size:"']).map((line) => `  ${line}`),
  ];
}

/** Checks the newest `last` candidates of `range`, newest first. Calls `report` after each. */
export function checkRange(
  range: string,
  last: number,
  report: (verdict: Verdict) => void = () => {},
): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const commit of candidates(range).slice(0, last)) {
    verdicts.push(checkCommit(commit));
    report(verdicts.at(-1)!);
  }
  return verdicts;
}

/** The commits that this work adds: since the base, or HEAD alone where the base is its parent. */
function defaultRange(): string {
  const base = chooseBase();
  const head = resolveCommit("HEAD");
  if (!base) return head;
  if (base.commit !== head) return `${base.commit}..${head}`;
  const parent = parentOf(head);
  return parent ? `${parent}..${head}` : head;
}

/** How to correct `commit`: amend a message of your own; one on main cannot change. */
const repairs = (commit: string): string =>
  [
    "The last commit: git commit --amend",
    `An earlier one of your branch: git rebase --interactive ${short(commit)}^, and "reword"`,
    `One on main: npm run size -- accept --commit ${short(commit)} --reason "..."`,
  ].join("\n");

/** Throws CheckError, with what --range takes, unless `end` names a commit. */
function checkEnd(end: string): void {
  try {
    resolveCommit(end);
  } catch (error) {
    throw new CheckError(`${(error as Error).message}; ${RANGE_FORM}`);
  }
}

function show({ commit, subject, measured, found }: Verdict): void {
  const mark = found.length > 0 ? pc.red("FAIL") : pc.green("ok  ");
  console.log(`${mark}  ${short(commit)}  ${subject}`);
  for (const line of found.length > 0 ? found : measured) console.log(`               ${line}`);
}

export async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size -- trailers")
    .description(
      `Compares the sizes that commits and their parents carry in .size-limit.json with the lines "${TRAILER_FORM}" of each message, ` +
        "one for each file that moved. A commit that moves a size needs them, from the ledger's first line on (what is older " +
        "is not checked); a ledger line that is changed or removed fails too. On main, where a message cannot be changed any " +
        'more, a line in the ledger corrects it: npm run size -- accept --commit <ref> --reason "..."',
    )
    .option("--range <a..b>", "which commits (default: those since the base, or HEAD alone)")
    .option("--last <n>", "of these, at most so many that could be wrong, the newest", "20")
    .option("--json", "print the verdicts as JSON")
    .parse(argv, { from: "user" })
    .opts<{ range?: string; last: string; json?: boolean }>();
  const last = Number(options.last);
  if (!Number.isSafeInteger(last) || last < 1) throw new UsageError("--last takes a whole number from 1");
  const ends = options.range?.split("..");
  if (ends?.some((end) => end === "") || (ends?.length ?? 1) > 2) {
    throw new UsageError(RANGE_FORM);
  }
  for (const end of ends ?? []) checkEnd(end);

  const range = options.range ?? defaultRange();
  const verdicts = checkRange(range, last, options.json ? undefined : show);
  if (options.json) console.log(JSON.stringify(verdicts, null, 2));
  else if (verdicts.length === 0)
    console.log(
      "nothing to check: no commit since the ledger began touches what makes the bytes, or speaks of sizes",
    );
  if (!options.json) for (const line of squashNote(range)) console.log(line);
  const wrong = verdicts.filter(({ found }) => found.length > 0);
  if (wrong.length > 0) {
    throw new CheckError(
      `${wrong.length} of ${verdicts.length} commits: ${wrong.map(({ commit }) => short(commit)).join(", ")}\n` +
        repairs(wrong[0]!.commit),
    );
  }
}
