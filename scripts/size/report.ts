/** The size report: the model that `--json` prints, and the same as text or Markdown. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import type { Taken } from "../build/names.ts";
import { CheckError } from "../cli.ts";
import { HARD_BUDGET, ROOT } from "../config.ts";
import { signed, type Table, toMarkdown, toText } from "../print.ts";
import {
  type Base,
  chooseBase,
  isOneCommit,
  resolveCommit,
  short,
  sizesAt,
  treeIsChanged,
} from "./commits.ts";
import { describeDifference, findDifferences, isShrink, overHardBudget, type SizesByName } from "./limits.ts";
import { type Figure, figuresOf, type Measured, measureTree, writeMeasured } from "./measure.ts";
import { ACCEPT, FIXED_NUMBER, FORMATS, type Format, LIMITS, TIGHTEN } from "./settings.ts";
import { linesFor } from "./trailers.ts";

/** One figure of one artifact, in bytes. */
export interface Line {
  artifact: string;
  format: Format;
  /** Null without a base, or where the base has no such artifact. */
  base: number | null;
  head: number;
  change: number | null;
  /** How far luck moves this figure: the build number, and letters that no search chose. */
  noiseFloor: number;
  /** What the change is worth: within the floor it says nothing about the code. */
  verdict: "new" | "unknown" | "same" | "noise" | "smaller" | "larger";
}

/** One gate: what it found, line by line, and the command that fixes it. */
export interface Check {
  name: "base" | "ratchet" | "size-limit" | "budget" | "growth";
  ok: boolean;
  found: string[];
  fix?: string;
}

export interface Report {
  /** Both sides were built with it. */
  buildNumber: string;
  head: string;
  base: Base | null;
  /** Why the base's sizes are not known; null when they are, or where there is no base. */
  unknown: string | null;
  lines: Line[];
  /** The variables that the table of names does not know, by artifact: each took a free letter, which moves the bytes by luck. */
  taken: Record<string, readonly Taken[]>;
  checks: Check[];
  /**
   * The lines for a message, where the compressed sizes changed against the base: one commit's message, or that of a squash of the
   * whole branch.
   */
  trailer: { lines: string[]; for: "commit" | "branch" } | null;
  ok: boolean;
}

/** The bytes that a file of `base` bytes may gain. */
export type Growth = (base: number) => number;

function verdictOf(change: number | null, floor: number, unknown: string | null): Line["verdict"] {
  if (change === null) return unknown ? "unknown" : "new";
  if (change === 0) return "same";
  if (Math.abs(change) <= floor) return "noise";
  return change < 0 ? "smaller" : "larger";
}

const linesOf = (measured: readonly Measured[], before: SizesByName, unknown: string | null): Line[] =>
  measured.flatMap(({ name, sizes, floor }) =>
    FORMATS.map((format) => {
      const [base, head] = [before[name]?.[format] ?? null, sizes[format]];
      const change = base === null ? null : head - base;
      const noiseFloor = format === "raw" ? 0 : floor[format];
      const verdict = verdictOf(change, noiseFloor, unknown);
      return { artifact: name, format, base, head, change, noiseFloor, verdict };
    }),
  );

const check = (name: Check["name"], found: string[], fix?: string): Check => ({
  name,
  ok: found.length === 0,
  found,
  ...(found.length > 0 && fix ? { fix } : {}),
});

/** Runs size-limit over the files that were just measured: it must find each of them, with the same bytes. */
async function runSizeLimit(figures: readonly Figure[]): Promise<string[]> {
  const bin = join(ROOT, "node_modules/size-limit/bin.js");
  const { stdout } = await promisify(execFile)(process.execPath, [bin, "--json"], { cwd: ROOT }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  try {
    const results: { name: string; passed?: boolean; size?: number; sizeLimit?: number }[] =
      JSON.parse(stdout);
    const found = results.flatMap(({ name, passed, size, sizeLimit }) => {
      if (!passed) return [`${name}: ${size ?? "no"} B, over its limit of ${sizeLimit} B`];
      const isTheFile = figures.some((figure) => figure.name === name && figure.content.length === size);
      return isTheFile ? [] : [`${name}: size-limit weighed ${size} B, another file`];
    });
    const lacking = results.length < figures.length;
    return lacking ? [...found, `size-limit weighed ${results.length} of ${figures.length} files`] : found;
  } catch {
    return [`size-limit gave no result: ${stdout.trim().split("\n")[0] || "nothing was printed"}`];
  }
}

/** Every row is exact, in both directions. */
function checkRatchet(figures: readonly Figure[]): Check {
  const { differences, problem } = findDifferences(figures);
  const found = problem ? [problem] : differences.map(describeDifference);
  return check("ratchet", found, !problem && differences.every(isShrink) ? TIGHTEN : ACCEPT);
}

/** No compressed file grew by more than it may. */
function checkGrowth(lines: readonly Line[], growth: Growth, isKnown: boolean): Check {
  if (!isKnown) return check("growth", ["the base's sizes are not known, so growth cannot be judged"]);
  const found = lines.flatMap(({ artifact, format, base, head, change }) => {
    if (format === "raw" || change === null || change <= growth(base!)) return [];
    return [`${artifact} ${format}: ${base} -> ${head} B, +${change} B where ${growth(base!)} B are allowed`];
  });
  return check("growth", found);
}

/** The base, or why there is none to be had. Throws CheckError when `ref` names none. */
function findBase(ref?: string): { base: Base | null; problems: Check[] } {
  try {
    return { base: chooseBase(ref), problems: [] };
  } catch (error) {
    if (ref || !(error instanceof CheckError)) throw error;
    return { base: null, problems: [check("base", [error.message])] };
  }
}

/**
 * Measures the working tree and its base, and runs every gate; those that need a base go without when it is not known. Throws
 * CheckError or BuildError when the tree cannot be measured.
 */
export async function makeReport(ref?: string, growth?: Growth): Promise<Report> {
  const { base, problems } = findBase(ref);
  const before = base ? sizesAt(base.commit) : {};
  const isKnown = Object.keys(before).length > 0;
  const unknown = base && !isKnown ? `its ${LIMITS} is missing, or cannot be read` : null;
  const measured = await measureTree();
  const figures = figuresOf(measured);
  writeMeasured(figures);

  const ratchet = checkRatchet(figures);
  const lines = linesOf(measured, before, unknown);
  const checks = [
    ...problems,
    ratchet,
    check("size-limit", await runSizeLimit(figures), ratchet.fix ?? ACCEPT),
    check("budget", overHardBudget(figures)),
    ...(growth ? [checkGrowth(lines, growth, isKnown)] : []),
  ];
  const head = short(resolveCommit("HEAD"));
  const sizes = Object.fromEntries(measured.map((one) => [one.name, one.sizes]));
  const trailer = isKnown ? linesFor(before, sizes) : [];
  return {
    buildNumber: FIXED_NUMBER,
    head: treeIsChanged() ? `the working tree on ${head}` : head,
    base,
    unknown,
    lines,
    taken: Object.fromEntries(measured.map(({ name, taken }) => [name, taken])),
    checks,
    trailer: trailer.length > 0 ? { lines: trailer, for: isOneCommit(base!) ? "commit" : "branch" } : null,
    ok: checks.every(({ ok }) => ok),
  };
}

const MEANING: Record<Check["name"], string> = {
  base: "",
  ratchet: `every row of ${LIMITS} is exact`,
  "size-limit": "size-limit agrees",
  budget: `no file is over the hard budget of ${HARD_BUDGET} B, whatever its build number`,
  growth: "no compressed file grew by more than it may",
};

/** The report for a terminal, or as Markdown. */
export function render(report: Report, markdown = false): string {
  const { base, unknown, checks, trailer } = report;
  const against = base
    ? `against ${short(base.commit)} (${base.why})${unknown ? `, whose sizes are not known: ${unknown}` : ""}`
    : `with no base${checks[0]!.name === "base" ? "" : ": this is the first commit"}`;
  const title = `Bytes at build number ${report.buildNumber}: ${report.head} ${against}`;
  const table: Table = {
    head: ["file", "format", "base", "now", "change", "noise floor", "verdict"],
    rows: report.lines.map(({ artifact, format, base: then, head, change, noiseFloor, verdict }) => [
      ...[artifact, format, then ?? "-", head, change === null ? "-" : signed(change), noiseFloor, verdict],
    ]),
  };
  const notes = [
    ...Object.entries(report.taken).flatMap(([name, variables]) => {
      const names = variables.map((one) => one.name).join(", ");
      const count = `${variables.length} variable${variables.length === 1 ? "" : "s"}`;
      const said = `${name}: ${count} took a free letter (${names}): npm run size -- names searches better ones`;
      return variables.length > 0 ? [said] : [];
    }),
    "Noise floor: how far luck moves a size, the build number and letters that no search chose; a change within it says nothing about the code",
  ];
  const verdicts = checks.map(({ name, ok, found, fix }) => {
    const mark = ok ? pc.green("ok  ") : pc.red("FAIL");
    const words = ok ? [MEANING[name]] : [...found, ...(fix ? [pc.bold(fix)] : [])];
    return `${mark}  ${name.padEnd(10)}  ${words.join(`\n${" ".repeat(18)}`)}`;
  });
  // On a branch of several commits they belong to no single one.
  const heading = trailer?.for === "commit" ? "For the commit message:" : "Whole branch, for a squash:";
  const message = trailer ? ["", heading, ...trailer.lines] : [];
  const rest = [...notes, "", ...verdicts, ...message].join("\n");
  return markdown
    ? `### Size\n\n${title}.\n\n${toMarkdown(table)}\n\n\`\`\`\n${stripVTControlCharacters(rest)}\n\`\`\``
    : [pc.bold(title), "", toText(table), rest].join("\n");
}
