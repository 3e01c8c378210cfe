import { UsageError } from "../cli.ts";

/** How much a compressed file may grow against the base: bytes, or per cent of the base. */
export type Growth = { bytes: number } | { percent: number };

/** Reads `10B` or `1%`. Throws UsageError for anything else. */
export function parseGrowth(text: string): Growth {
  const match = /^(\d+(?:\.\d+)?) ?(B|%)$/.exec(text);
  if (!match || (match[2] === "B" && match[1]!.includes("."))) {
    throw new UsageError(
      `--max-growth takes whole bytes or per cent, as in 10B or 1%, not ${JSON.stringify(text)}`,
    );
  }
  return match[2] === "B" ? { bytes: Number(match[1]) } : { percent: Number(match[1]) };
}

/** The bytes that a file of `base` bytes may gain. */
export function allowance(growth: Growth, base: number): number {
  return "bytes" in growth ? growth.bytes : (base * growth.percent) / 100;
}
