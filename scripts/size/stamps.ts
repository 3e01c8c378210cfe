/** Measures what the build number alone does to the sizes. */

import { brotli, gzip, quickSweep } from "../build/compress.ts";
import type { Code } from "../build/index.ts";
import { chooseBuildNumber } from "../build/number.ts";
import { stamp } from "../build/stamp.ts";
import { SHIPPING, type Sweep } from "../build/sweep.ts";
import { CheckError } from "../cli.ts";
import { type Compressed, FIXED_NUMBER, HEADROOM, NEXT_NUMBERS, SAMPLE } from "./settings.ts";

const compressors = { gzip, brotli };

/** A minified artifact that waits for its number, and the quick way of compressing it. */
export interface Unstamped {
  prepared: Code;
  quick: Sweep;
}

export async function unstamped(prepared: Code): Promise<Unstamped> {
  const codes = [FIXED_NUMBER, SAMPLE[SAMPLE.length / 2]!].map((number) => stamp(prepared, number).code);
  return { prepared, quick: await quickSweep(codes) };
}

/** How one format behaves over SAMPLE. */
export interface Spread {
  /** Largest size less smallest, in bytes: a change no larger than this may be the encoder's luck. */
  floor: number;
  /** The number that compresses worst, the first of them where several do. */
  worstNumber: string;
  /** Its stream. */
  worst: Uint8Array;
}

/**
 * Compresses a file at each build number of SAMPLE.
 *
 * The quick sweep, which is never smaller than what ships, says which number could be the worst; that one is compressed
 * as it would ship, and if it then is smaller than another's bound, the other one too. So the worst is exact. The smallest by
 * the quick sweep is compressed so, too.
 */
export async function spreads({ prepared, quick }: Unstamped): Promise<Record<Compressed, Spread>> {
  const codes = SAMPLE.map((number) => stamp(prepared, number).code);
  const spread = async (format: Compressed): Promise<Spread> => {
    const streams = await Promise.all(codes.map((code) => compressors[format](code, quick)));
    const sizes = streams.map((stream) => stream.length);
    const exact = new Set<number>();
    const makeExact = async (index: number): Promise<void> => {
      exact.add(index);
      streams[index] = await compressors[format](codes[index]!, SHIPPING);
      sizes[index] = streams[index].length;
    };
    await makeExact(sizes.indexOf(Math.min(...sizes)));
    let worst = sizes.indexOf(Math.max(...sizes));
    while (!exact.has(worst)) {
      await makeExact(worst);
      worst = sizes.indexOf(Math.max(...sizes));
    }
    return {
      floor: sizes[worst]! - Math.min(...sizes),
      worstNumber: SAMPLE[worst]!,
      worst: streams[worst]!,
    };
  };
  // brotli first: it works on other threads while zopfli keeps this one busy.
  const [br, gz] = await Promise.all([spread("brotli"), spread("gzip")]);
  return { gzip: gz, brotli: br };
}

/** The build numbers that will really ship next, this build's own first. Throws CheckError when they are no whole numbers. */
export function nextNumbers(): string[] {
  const first = chooseBuildNumber();
  if (!/^\d{1,12}$/.test(first)) {
    throw new CheckError(`the build number ${first} is no whole number, so the ones after it are unknown`);
  }
  return Array.from({ length: NEXT_NUMBERS }, (_, index) => String(Number(first) + index));
}

/** A build number at which a file would be too large, and its size in bytes as it would ship. */
export interface Overrun {
  buildNumber: string;
  format: Compressed;
  size: number;
}

/** The parts of a sweep, one at a time: the first that fits proves that what ships fits. */
function attempts(format: Compressed, { zopfli, brotli }: Sweep): Sweep[] {
  return format === "gzip"
    ? zopfli.map((run) => ({ zopfli: [run], brotli }))
    : brotli.map((start) => ({ zopfli, brotli: [start] }));
}

/**
 * A number among `numbers` at which what ships is over `budget` (bytes), or null when every one is proved to fit.
 *
 * Most numbers fit by the quick sweep. The others are compressed as they would ship, the likeliest first.
 */
export async function findOverrun(
  { prepared, quick }: Unstamped,
  numbers: readonly string[],
  format: Compressed,
  budget: number,
): Promise<Overrun | null> {
  const bounds = await Promise.all(
    numbers.map(async (buildNumber) => {
      const { code } = stamp(prepared, buildNumber);
      let bound = Number.POSITIVE_INFINITY;
      for (const sweep of attempts(format, quick)) {
        bound = Math.min(bound, (await compressors[format](code, sweep)).length);
        if (bound <= budget) break;
      }
      return { buildNumber, code, bound };
    }),
  );
  const doubtful = bounds.filter(({ bound }) => bound > budget).sort((a, b) => b.bound - a.bound);
  for (const { buildNumber, code } of doubtful) {
    const size = (await compressors[format](code, SHIPPING)).length;
    if (size > budget) return { buildNumber, format, size };
  }
  return null;
}

/** What a file may weigh whatever its number, by the sample alone. Bytes. */
export const sampleBudget = ({ worst }: Spread): number => worst.length + HEADROOM;

/** The smallest budget (bytes) that the sample and the next build numbers both fit. */
export async function budgetFor(file: Unstamped, spread: Spread, format: Compressed): Promise<number> {
  let budget = sampleBudget(spread);
  const numbers = nextNumbers();
  for (;;) {
    const overrun = await findOverrun(file, numbers, format, budget);
    if (!overrun) return budget;
    budget = overrun.size;
  }
}
