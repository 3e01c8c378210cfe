/** `npm run size:trailers`: checks the sizes in commit messages against the commits. */
import pc from "picocolors";
import { CheckError, isMain, newCommand, runCommand, UsageError } from "../cli.ts";
import { git } from "../git.ts";
import { chooseBase, parentOf, resolveCommit, type SizesByName, short, sizesAt } from "./commits.ts";
import { ledgerAt, parseLedger, readLedger, rewritten } from "./ledger.ts";
import { BYTE_PATHS, LEDGER } from "./settings.ts";
import { claimOf, claimsOf, formatClaim, parseTrailers, TRAILER_FORM } from "./trailer.ts";

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

/** Checks one commit against its real first parent: the rows that each of them committed. */
export function checkCommit(commit: string): Verdict {
  const [subject = ""] = git("log", "-1", "--format=%s", commit).split("\n");
  const { claims, unreadable } = parseTrailers(git("log", "-1", "--format=%B", commit));
  const parent = parentOf(commit);
  const found = unreadable.map((line) => `"${line}" is not ${TRAILER_FORM}`);

  const touches = git(
    "diff-tree",
    "-r",
    "--name-only",
    parent ?? git("hash-object", "-t", "tree", "/dev/null"),
    commit,
    "--",
    ...BYTE_PATHS,
  );
  const [before, after] =
    touches || claims.length > 0 ? [parent ? sizesAt(parent) : {}, sizesAt(commit)] : [{}, {}];
  const truth = claimsOf(before, after);
  for (const claim of claims) {
    const real = claimOf(claim.artifact, before, after);
    if (formatClaim(real) !== formatClaim(claim)) {
      found.push(`the message says "${formatClaim(claim)}", the rows say "${formatClaim(real)}"`);
    }
  }
  for (const real of truth) {
    if (!claims.some(({ artifact }) => artifact === real.artifact)) {
      found.push(`the message lacks "${formatClaim(real)}"`);
    }
  }
  if (found.length > 0 && saidAfterwards(commit, after)) found.length = 0;
  const rewrite = parent && rewritten(ledgerAt(parent), ledgerAt(commit));
  if (rewrite) found.push(`${LEDGER}: ${rewrite}; lines are only ever added`);
  return { commit, subject, measured: truth.map(formatClaim), found };
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
    `One on main: npm run size:accept -- --commit ${short(commit)} --reason "..."`,
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

async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size:trailers --")
    .description(
      `Compares the sizes that commits and their parents carry in .size-limit.json with the lines "${TRAILER_FORM}" of each message, ` +
        "one for each file that moved. A commit that moves a size needs them, from the ledger's first line on (what is older " +
        "is not checked); a ledger line that is changed or removed fails too. On main, where a message cannot be changed any " +
        'more, a line in the ledger corrects it: npm run size:accept -- --commit <ref> --reason "..."',
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

  const verdicts = checkRange(options.range ?? defaultRange(), last, options.json ? undefined : show);
  if (options.json) console.log(JSON.stringify(verdicts, null, 2));
  else if (verdicts.length === 0)
    console.log(
      "nothing to check: no commit since the ledger began touches what makes the bytes, or speaks of sizes",
    );
  const wrong = verdicts.filter(({ found }) => found.length > 0);
  if (wrong.length > 0) {
    throw new CheckError(
      `${wrong.length} of ${verdicts.length} commits: ${wrong.map(({ commit }) => short(commit)).join(", ")}\n` +
        repairs(wrong[0]!.commit),
    );
  }
}

if (isMain(import.meta.url)) await runCommand(main);
