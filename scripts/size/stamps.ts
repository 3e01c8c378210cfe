/** Measures what the build number alone does to the sizes. */

import { brotli, gzip, quickSweep } from "../build/compress.ts";
import type { Code } from "../build/index.ts";
import { stamp } from "../build/stamp.ts";
import { SHIPPING, type Sweep } from "../build/sweep.ts";
import { type Compressed, HEADROOM, SAMPLE } from "./settings.ts";

const compressors = { gzip, brotli };

/** How one format behaves over SAMPLE. */
export interface Spread {
  /** Largest size less smallest, in bytes: a change no larger than this may be the encoder's luck. */
  floor: number;
  /** The largest stream. */
  worst: Uint8Array;
}

/** What a file may weigh whatever its number. Bytes. */
export const budgetOf = ({ worst }: Spread): number => worst.length + HEADROOM;

/**
 * Compresses a file at each build number of SAMPLE.
 *
 * The quick sweep is never smaller than what ships, and says which number could be the worst. That one is compressed as it would
 * ship, and if it then is smaller than another's quick size, the other one too. So the worst is exact. The smallest by the quick
 * sweep is compressed so, too.
 */
export async function spreads(prepared: Code, quick?: Sweep): Promise<Record<Compressed, Spread>> {
  const codes = SAMPLE.map((number) => stamp(prepared, number).code);
  const sweep = quick ?? (await quickSweep([codes[0]!, codes[codes.length / 2]!]));
  const spread = async (format: Compressed): Promise<Spread> => {
    const streams = await Promise.all(codes.map((code) => compressors[format](code, sweep)));
    const exact = new Set<number>();
    const makeExact = async (index: number): Promise<void> => {
      exact.add(index);
      streams[index] = await compressors[format](codes[index]!, SHIPPING);
    };
    const sizes = (): number[] => streams.map(({ length }) => length);
    await makeExact(sizes().indexOf(Math.min(...sizes())));
    for (;;) {
      const most = Math.max(...sizes());
      const worst = [...exact].find((index) => streams[index]!.length === most);
      if (worst !== undefined) return { floor: most - Math.min(...sizes()), worst: streams[worst]! };
      await makeExact(sizes().indexOf(most));
    }
  };
  // brotli first: it works on other threads while zopfli keeps this one busy.
  const [br, gz] = await Promise.all([spread("brotli"), spread("gzip")]);
  return { gzip: gz, brotli: br };
}
