/**
 * `npm run size -- trailers`: checks the sizes in commit messages, `Size: 1340 -> 1330 gz, 1134 -> 1120 br`, against the rows that
 * the commits carry. A line speaks of the first target unless it names another: `Size: index.mjs 900 -> 890 gz, 800 -> 790 br`.
 */
import { isDeepStrictEqual } from "node:util";
import pc from "picocolors";
import { CheckError, newCommand, UsageError } from "../cli.ts";
import { TARGETS } from "../config.ts";
import { git } from "../git.ts";
import { resolveCommit, short, sizesAt, startOfWork } from "./commits.ts";
import type { SizesByName } from "./limits.ts";
import { LIMITS } from "./settings.ts";

type Pair = readonly [gzip: number, brotli: number];

/** What one line claims, in bytes. */
interface Claim {
  artifact: string;
  from: Pair;
  to: Pair;
}

/** One commit, and what is wrong with its message. */
interface Verdict {
  commit: string;
  subject: string;
  /** The lines that the message should have; none where no compressed size moved. */
  measured: string[];
  found: string[];
}

const FORM = /^Size: (?:(\S+\.[cm]?js) )?(\d+) -> (\d+) gz, (\d+) -> (\d+) br\b/;
const FORM_IN_WORDS = "Size: A -> B gz, C -> D br";

/** The artifact that a line without a name speaks of. */
const MAIN = TARGETS[0]!.name;

const sizeLinesIn = (message: string): string[] =>
  message.split("\n").filter((line) => line.startsWith("Size: "));

/** The true claim for one artifact; 0 B where it does not exist. */
function claimOf(artifact: string, before: SizesByName, after: SizesByName): Claim {
  const pair = (sizes: SizesByName): Pair => [sizes[artifact]?.gzip ?? 0, sizes[artifact]?.brotli ?? 0];
  return { artifact, from: pair(before), to: pair(after) };
}

const isMove = ({ from, to }: Claim): boolean => !isDeepStrictEqual(from, to);

const lineOf = ({ artifact, from, to }: Claim): string =>
  `Size: ${artifact === MAIN ? "" : `${artifact} `}${from[0]} -> ${to[0]} gz, ${from[1]} -> ${to[1]} br`;

/** The true lines for a message: one for every artifact whose compressed size moved. */
export const linesFor = (before: SizesByName, after: SizesByName): string[] =>
  Object.keys({ ...before, ...after })
    .map((artifact) => claimOf(artifact, before, after))
    .filter(isMove)
    .map(lineOf);

/**
 * What is wrong with the lines in `message` for a change from `before` to `after`. Several of an artifact are true when each begins
 * where the one before ended, oldest first: so GitHub puts the messages of a squash together.
 */
function faultsIn(message: string, before: SizesByName, after: SizesByName): string[] {
  const found: string[] = [];
  const claims: Claim[] = [];
  for (const line of sizeLinesIn(message)) {
    const [whole, artifact = MAIN, ...figures] = FORM.exec(line) ?? [];
    const [a, b, c, d] = figures.map(Number) as [number, number, number, number];
    if (whole) claims.push({ artifact, from: [a, c], to: [b, d] });
    else found.push(`"${line}" is not ${FORM_IN_WORDS}`);
  }
  const artifacts = [...Object.keys({ ...before, ...after }), ...claims.map(({ artifact }) => artifact)];
  for (const name of new Set(artifacts)) {
    const real = claimOf(name, before, after);
    const said = claims.filter(({ artifact }) => artifact === name);
    const starts = [...said.map(({ from }) => from), real.to];
    const ends = [real.from, ...said.map(({ to }) => to)];
    if (isDeepStrictEqual(starts, ends)) continue;
    const saying = said.length > 0 ? `says "${said.map(lineOf).join(", ")}", the rows say` : "lacks";
    found.push(`the message ${saying} "${lineOf(real)}"`);
  }
  return found;
}

/** Checks the commits of `range` that move a row, or whose messages speak of sizes; the newest first. */
function checkRange(range: string): Verdict[] {
  const moving = git("rev-list", "--full-history", range, "--", LIMITS).split("\n");
  const claiming = git("rev-list", "--grep=^Size: ", range).split("\n");
  const commits = [...new Set([...moving, ...claiming])].filter(Boolean);
  if (commits.length === 0) return [];
  const log = git("log", "--no-walk", "--format=%H%x00%P%x00%s%x00%b%x01", ...commits);
  return log
    .split("\x01")
    .slice(0, -1)
    .map((text) => {
      const [commit = "", parents = "", subject = "", message = ""] = text.trimStart().split("\0");
      const after = sizesAt(commit);
      const [before = {}, ...others] = parents.split(" ").map((parent) => (parent ? sizesAt(parent) : {}));
      const measured = linesFor(before, after);
      // The first rows, and those that repair unreadable ones, need no line. Nor does a merge with the sizes of one of its sides: they were moved there.
      const isOther = others.some((sizes) => linesFor(sizes, after).length === 0);
      const isFree = Object.keys(before).length === 0 || isOther;
      const isSilent = sizeLinesIn(message).length === 0;
      return { commit, subject, measured, found: isFree && isSilent ? [] : faultsIn(message, before, after) };
    });
}

/** What a squash of `range` must say, where the messages together do not say it. */
function squashNote(range: string): string[] {
  const [from, to] = range.split("..") as [string, string?];
  if (!to || Number(git("rev-list", "--count", range)) < 2) return [];
  const [before, after] = [sizesAt(from), sizesAt(to)];
  const messages = git("log", "--reverse", "--format=%b", range);
  if (Object.keys(before).length === 0 || faultsIn(messages, before, after).length === 0) return [];
  const lines = linesFor(before, after);
  return [
    "A squash of these commits needs another message than GitHub makes of theirs:",
    ...(lines.length > 0 ? lines : ['no line that starts with "Size:"']).map((line) => `  ${line}`),
  ];
}

/** The commits that this work adds. */
function defaultRange(): string {
  const start = startOfWork();
  return start ? `${start.commit}..HEAD` : "HEAD";
}

function show({ commit, subject, measured, found }: Verdict): void {
  const mark = found.length > 0 ? pc.red("FAIL") : pc.green("ok  ");
  console.log(`${mark}  ${short(commit)}  ${subject}`);
  for (const line of found.length > 0 ? found : measured) console.log(`               ${line}`);
}

export async function main(argv: string[]): Promise<void> {
  const { range = defaultRange(), json } = newCommand("npm run size -- trailers")
    .description(
      `Compares the sizes that commits and their parents carry in ${LIMITS} with the lines "${FORM_IN_WORDS}" of each message, ` +
        "one for each file that moved; the subject is none. A commit that moves a size needs them. Only what is new is checked: a " +
        "message on main cannot be changed any more.",
    )
    .option(
      "--range <a..b>",
      "which commits (default: HEAD alone on main, elsewhere those since the branch left main)",
    )
    .option("--json", "print the verdicts as JSON")
    .parse(argv, { from: "user" })
    .opts<{ range?: string; json?: boolean }>();
  const ends = range.split("..");
  if (ends.includes("") || ends.length > 2)
    throw new UsageError('--range takes "a..b", or one commit with everything before it');
  ends.forEach(resolveCommit);
  const verdicts = checkRange(range);
  if (json) console.log(JSON.stringify(verdicts, null, 2));
  else {
    verdicts.forEach(show);
    if (verdicts.length === 0) console.log("nothing to check: no commit moves a size, or speaks of one");
    for (const line of squashNote(range)) console.log(line);
  }
  const wrong = verdicts.filter(({ found }) => found.length > 0).map(({ commit }) => short(commit));
  if (wrong.length > 0) {
    throw new CheckError(
      `${wrong.length} of ${verdicts.length} commits: ${wrong.join(", ")}\n` +
        "The last commit: git commit --amend\n" +
        `An earlier one of your branch: git rebase --interactive ${wrong[0]}^, and "reword"`,
    );
  }
}
