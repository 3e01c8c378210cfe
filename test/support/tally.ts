/** What a program of tests printed, and what that proves. */
import { FOR_OTHERS } from "./browsers.ts";

export interface Tally {
  passed: number;
  failed: number;
}

export interface Output {
  code: number;
  text: string;
}

/**
 * What a uvu run proved. uvu exits 0 in cases that prove nothing (test/support/suite.ts), so its own figures are read:
 * there must be tests, and all of them must have passed. Only a file for other engines than those under test, which says
 * so, may hold none.
 */
export function readUvu({ code, text }: Output): Tally {
  const figure = (label: string): number =>
    Number(new RegExp(`^\\s*${label}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  const total = figure("Total");
  const passed = figure("Passed");
  const failed = total - passed;
  const mayBeEmpty = text.includes(`  ${FOR_OTHERS} `);
  return { passed, failed: code !== 0 || (total === 0 && !mayBeEmpty) ? Math.max(failed, 1) : failed };
}
