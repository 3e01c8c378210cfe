/** The size report: one model, which `render.ts` shows as text or Markdown and `size.ts` prints as JSON. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Taken } from "../build/names.ts";
import { CheckError } from "../cli.ts";
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
import {
  current,
  type Floors,
  ledgerAt,
  ledgersBefore,
  parseLedger,
  readLedger,
  rewritten,
} from "./ledger.ts";
import {
  budgetName,
  bytesOf,
  compareRows,
  describeDifference,
  overHardBudget,
  type Row,
  ratchetName,
  readLimits,
} from "./limits.ts";
import { type Measured, measureTree, writeMeasured } from "./measure.ts";
import { findPending } from "./pending.ts";
import { ACCEPT, COMPRESSED, FIXED_NUMBER, FORMATS, type Format, LEDGER, LIMITS } from "./settings.ts";
import { type Trailer, trailerOf } from "./trailer.ts";

/** One figure of one artifact, in bytes. */
export interface Line {
  artifact: string;
  format: Format;
  /** Null without a base, or where the base has no such artifact. */
  base: number | null;
  head: number;
  change: number | null;
  /** How far luck moves this figure: the build number, and letters that no search chose. The larger one of base and now. */
  noiseFloor: number;
  /** What the change is worth: within the floor it says nothing about the code. */
  verdict: "new" | "unknown" | "same" | "noise" | "smaller" | "larger";
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
  /** Why the base's sizes are not known; null when they are, or where there is no base. */
  unknown: string | null;
  lines: Line[];
  /** The variables that the table of names does not know, by artifact: each took a free letter, which moves the bytes by luck. */
  taken: Record<string, readonly Taken[]>;
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

function linesOf(measured: readonly Measured[], base: SizesByName, floors: Floors): Line[] {
  return measured.flatMap(({ name, sizes, floor }) =>
    FORMATS.map((format): Line => {
      const before = base[name]?.[format] ?? null;
      const change = before === null ? null : sizes[format] - before;
      const noiseFloor = format === "raw" ? 0 : Math.max(floor[format], floors[name]?.[format] ?? 0);
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

/** Every row is exact, in both directions. */
const checkRatchet = (committed: readonly Row[], now: readonly Row[], command: string): Check =>
  check("ratchet", compareRows(committed, now).map(describeDifference), command);

/** Runs size-limit over the files that were just measured: it must find each of them, with the same bytes. */
async function checkSizeLimit(measured: readonly Measured[], command: string): Promise<Check> {
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
  return check("size-limit", found, command);
}

/** Lines were only added to the ledger, and its last line agrees with the rows. */
function checkLedger(base: Base | null, committed: readonly Row[], command: string): Check {
  const text = readLedger();
  const found = ledgersBefore(base?.commit ?? null)
    .map((before) => rewritten(before, text))
    .filter((what) => what !== null)
    .map((what) => `${LEDGER}: ${what}; lines are only ever added`);
  if (!text) found.push(`${LEDGER} is missing`);
  try {
    for (const [name, sizes] of Object.entries(current(parseLedger(text))?.sizes ?? {})) {
      for (const format of FORMATS) {
        const row = committed.find((entry) => entry.name === ratchetName(name, format));
        if (row && bytesOf(row) !== sizes[format]) {
          found.push(`${row.name}: ${LIMITS} says ${row.limit}, the ledger's last line ${sizes[format]} B`);
        }
      }
    }
  } catch (error) {
    found.push((error as Error).message);
  }
  return check("ledger", [...new Set(found)], command);
}

/** No compressed file grew by more than it may. */
function checkGrowth(lines: readonly Line[], growth: Growth, base: Base | null): Check {
  if (!base || lines.some(({ verdict }) => verdict === "unknown"))
    return check("growth", ["the base's sizes are not known, so growth cannot be judged"]);
  const found = lines.flatMap(({ artifact, format, base: before, head, change }) => {
    if (format === "raw" || change === null) return [];
    const allowed = allowance(growth, before!);
    if (change <= allowed) return [];
    return [`${artifact} ${format}: ${before} -> ${head} B, +${change} B where ${allowed} B are allowed`];
  });
  return check("growth", found);
}

interface Before {
  base: Base | null;
  sizes: SizesByName;
  floors: Floors;
  unknown: string | null;
  /** Why there is no base to be had. */
  problem?: string;
}

/** What is known of the base. Throws CheckError when `ref` names none. */
function readBase(ref: string | undefined): Before {
  const nothing = { base: null, sizes: {}, floors: {}, unknown: null };
  let base: Base | null;
  try {
    base = chooseBase(ref);
  } catch (error) {
    if (ref || !(error instanceof CheckError)) throw error;
    return { ...nothing, problem: error.message };
  }
  if (!base) return nothing;
  const sizes = sizesAt(base.commit);
  if (!sizes) return { ...nothing, base, unknown: `its ${LIMITS} cannot be read` };
  if (Object.keys(sizes).length === 0) return { ...nothing, base, unknown: `it has no ${LIMITS}` };
  try {
    return { base, sizes, floors: current(parseLedger(ledgerAt(base.commit)))?.floors ?? {}, unknown: null };
  } catch {
    return { base, sizes, floors: {}, unknown: null };
  }
}

/** The committed rows, and what is wrong with them. */
function readRows(): { committed: Row[]; problem: string[] } {
  try {
    const committed = readLimits();
    committed.forEach(bytesOf);
    return { committed, problem: [] };
  } catch (error) {
    if (error instanceof CheckError) return { committed: [], problem: [error.message] };
    throw error;
  }
}

/**
 * Measures the working tree and its base, and runs every gate; those that need a base go without when it is not known. Throws
 * CheckError or BuildError when the tree cannot be measured.
 */
export async function makeReport(request: { base?: string; maxGrowth?: Growth }): Promise<Report> {
  const { base, sizes: before, floors, unknown, problem } = readBase(request.base);
  const measured = await measureTree();
  await writeMeasured(measured);

  const { committed, problem: broken } = readRows();
  const { rows, command } = findPending(measured, base?.commit ?? null);
  const fix = command ?? ACCEPT;
  const lines = linesOf(measured, before, floors).map(
    (line): Line => (unknown ? { ...line, verdict: "unknown" } : line),
  );
  const checks = [
    ...(problem ? [check("base", [problem])] : []),
    broken.length > 0 ? check("ratchet", broken, ACCEPT) : checkRatchet(committed, rows, fix),
    await checkSizeLimit(measured, fix),
    check("budget", overHardBudget(rows)),
    checkLedger(base, committed, fix),
    ...(request.maxGrowth ? [checkGrowth(lines, request.maxGrowth, base)] : []),
  ];
  const head = resolveCommit("HEAD");
  const sizes = Object.fromEntries(measured.map((entry) => [entry.name, entry.sizes]));
  return {
    buildNumber: FIXED_NUMBER,
    head: treeIsChanged() ? `the working tree on ${short(head)}` : short(head),
    base,
    unknown,
    lines,
    taken: Object.fromEntries(measured.map(({ name, taken }) => [name, taken])),
    removed: Object.keys(before).filter((name) => !sizes[name]),
    checks,
    trailer: base && !unknown ? trailerOf(before, sizes, isOneCommit(base)) : null,
    ok: checks.every(({ ok }) => ok),
  };
}
