/** The size report: one model, which `render.ts` shows as text or Markdown and `size.ts` prints as JSON. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Sizes } from "../build/index.ts";
import { ROOT } from "../config.ts";
import {
  type Base,
  chooseBase,
  isOneCommit,
  resolveCommit,
  type SizesByName,
  short,
  sizesAt,
  treeIsChanged,
} from "./commits.ts";
import { allowance, type Growth } from "./growth.ts";
import { current, ledgerAt, parseLedger, readLedger, rewritten } from "./ledger.ts";
import {
  budgetName,
  bytesOf,
  compareRows,
  describeDifference,
  onlyShrinks,
  overHardBudget,
  type Row,
  ratchetName,
  readLimits,
  rowsOf,
} from "./limits.ts";
import { type Measured, measureTree, writeMeasured } from "./measure.ts";
import { COMPRESSED, FIXED_NUMBER, FORMATS, type Format, LEDGER, LIMITS } from "./settings.ts";
import { type Trailer, trailerOf } from "./trailer.ts";

/** One figure of one artifact, in bytes. */
export interface Line {
  artifact: string;
  format: Format;
  /** Null without a base, or where the base has no such artifact. */
  base: number | null;
  head: number;
  change: number | null;
  /** How far the build number alone moves this figure. */
  noiseFloor: number;
  /** What the change is worth: within the floor it says nothing about the code. */
  verdict: "new" | "same" | "noise" | "smaller" | "larger";
}

/** One gate: what it found, line by line, and the command that fixes it. */
export interface Check {
  name: string;
  ok: boolean;
  found: string[];
  fix?: string;
}

export interface Report {
  /** Both sides were built with it. */
  buildNumber: string;
  head: string;
  base: Base | null;
  lines: Line[];
  /** Artifacts that only the base has. */
  removed: string[];
  checks: Check[];
  /** The lines for the commit message, where the compressed sizes changed against the base. */
  trailer: Trailer | null;
  ok: boolean;
}

function verdictOf(change: number | null, floor: number): Line["verdict"] {
  if (change === null) return "new";
  if (change === 0) return "same";
  if (Math.abs(change) <= floor) return "noise";
  return change < 0 ? "smaller" : "larger";
}

function linesOf(measured: readonly Measured[], base: SizesByName): Line[] {
  return measured.flatMap(({ name, sizes, spread }) =>
    FORMATS.map((format): Line => {
      const before = base[name]?.[format] ?? null;
      const change = before === null ? null : sizes[format] - before;
      const noiseFloor = format === "raw" ? 0 : spread[format].floor;
      return {
        artifact: name,
        format,
        base: before,
        head: sizes[format],
        change,
        noiseFloor,
        verdict: verdictOf(change, noiseFloor),
      };
    }),
  );
}

const check = (name: string, found: string[], fix?: string): Check => ({
  name,
  ok: found.length === 0,
  found,
  ...(found.length > 0 && fix ? { fix } : {}),
});

const TIGHTEN = "npm run size:tighten";
const ACCEPT = 'npm run size:accept -- --reason "..."';

/** Every row is exact, in both directions. */
function checkRatchet(committed: readonly Row[], now: readonly Row[]): Check {
  const differences = compareRows(committed, now);
  return check("ratchet", differences.map(describeDifference), onlyShrinks(differences) ? TIGHTEN : ACCEPT);
}

/** Runs size-limit over the files that were just measured: it must find each of them, with the same bytes. */
async function checkSizeLimit(measured: readonly Measured[]): Promise<Check> {
  const weights: Record<string, number> = {};
  for (const { name, sizes, spread } of measured) {
    for (const format of FORMATS) weights[ratchetName(name, format)] = sizes[format];
    for (const format of COMPRESSED) weights[budgetName(name, format)] = spread[format].worst.length;
  }
  const expected = Object.keys(weights).length;
  const bin = join(ROOT, "node_modules/size-limit/bin.js");
  const { stdout } = await promisify(execFile)(process.execPath, [bin, "--json"], { cwd: ROOT }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
  );
  const found: string[] = [];
  try {
    const results = JSON.parse(stdout) as {
      name: string;
      passed?: boolean;
      size?: number;
      sizeLimit?: number;
    }[];
    for (const { name, passed, size, sizeLimit } of results) {
      if (!passed) found.push(`${name}: ${size ?? "no"} B, over its limit of ${sizeLimit} B`);
      else if (weights[name] !== size) found.push(`${name}: size-limit weighed ${size} B, another file`);
    }
    if (results.length < expected) found.push(`size-limit weighed ${results.length} of ${expected} files`);
  } catch {
    found.push(`size-limit gave no result: ${stdout.trim().split("\n")[0] || "nothing was printed"}`);
  }
  return check("size-limit", found, ACCEPT);
}

/** Lines were only added to the ledger, and its last line agrees with the rows. */
function checkLedger(base: Base | null, committed: readonly Row[]): Check {
  const text = readLedger();
  const found: string[] = [];
  const rewrite = base && rewritten(ledgerAt(base.commit), text);
  if (rewrite) found.push(`${LEDGER}: ${rewrite}; lines are only ever added`);
  const last: Record<string, Sizes> = current(parseLedger(text))?.sizes ?? {};
  for (const [name, sizes] of Object.entries(last)) {
    for (const format of FORMATS) {
      const row = committed.find((entry) => entry.name === ratchetName(name, format));
      if (row && bytesOf(row) !== sizes[format]) {
        found.push(`${row.name}: ${LIMITS} says ${row.limit}, the ledger's last line ${sizes[format]} B`);
      }
    }
  }
  if (!text) found.push(`${LEDGER} is missing`);
  return check("ledger", found, ACCEPT);
}

/** No compressed file grew by more than it may. */
function checkGrowth(lines: readonly Line[], growth: Growth, base: Base | null): Check {
  if (!base) return check("growth", ["there is no base, so growth cannot be judged"]);
  const found = lines.flatMap(({ artifact, format, base: before, head, change }) => {
    if (format === "raw" || change === null) return [];
    const allowed = allowance(growth, before!);
    if (change <= allowed) return [];
    return [`${artifact} ${format}: ${before} -> ${head} B, +${change} B where ${allowed} B are allowed`];
  });
  return check("growth", found);
}

/** Measures the working tree and its base, and runs every gate. Throws CheckError or BuildError when a figure cannot be measured. */
export async function makeReport(request: { base?: string; maxGrowth?: Growth }): Promise<Report> {
  const base = chooseBase(request.base);
  const measured = await measureTree();
  const before = base ? sizesAt(base.commit) : {};
  await writeMeasured(measured);

  const committed = readLimits();
  const now = rowsOf(measured);
  const lines = linesOf(measured, before);
  const sizeLimit = checkSizeLimit(measured);
  const checks = [
    checkRatchet(committed, now),
    await sizeLimit,
    check("budget", overHardBudget(now)),
    checkLedger(base, committed),
    ...(request.maxGrowth ? [checkGrowth(lines, request.maxGrowth, base)] : []),
  ];
  const head = resolveCommit("HEAD");
  const sizes = Object.fromEntries(measured.map((entry) => [entry.name, entry.sizes]));
  return {
    buildNumber: FIXED_NUMBER,
    head: treeIsChanged() ? `the working tree on ${short(head)}` : short(head),
    base,
    lines,
    removed: Object.keys(before).filter((name) => !sizes[name]),
    checks,
    trailer: base ? trailerOf(before, sizes, isOneCommit(base)) : null,
    ok: checks.every(({ ok }) => ok),
  };
}
