/** What the compressors are asked to try. */

/** Where brotli's search starts: its window (bits), postfix bits of a distance, direct distance codes. */
export type BrotliStart = readonly [window: number, postfix: number, direct: number];

/** What the encoders are asked to try. */
export interface Sweep {
  /** zopfli's runs: how many iterations each. */
  zopfli: readonly number[];
  brotli: readonly BrotliStart[];
}

/** Sixty-four starting points, and brotli's own choice: the plain quality 11 of every other tool. */
function starts(): BrotliStart[] {
  const all: BrotliStart[] = [[22, 0, 0]];
  // 16 costs one bit in the stream's header where others cost four or seven; 11 makes the search shorter-sighted.
  for (const window of [16, 11]) {
    for (const postfix of [0, 1, 2, 3]) {
      for (let direct = 0; direct < 8; direct++) all.push([window, postfix, direct << postfix]);
    }
  }
  return all;
}

/**
 * What ships.
 *
 * brotli's encoder ends in a local optimum that depends on where it starts: over 24 variants of this SDK the best
 * of these starts is 4 B smaller than quality 11 alone, up to 15 B, and the build number moves the result by
 * 3 B where it moves quality 11 by 13 B. The encoder's mode, size hint and block size change nothing on a file of this size.
 * 500 iterations of zopfli take 1 B less than 60; splitting into blocks changes no byte here, and takes as long again. The
 * short run is the quick sweep's, so that what ships is never larger.
 */
export const SHIPPING: Sweep = {
  zopfli: [500, 25],
  brotli: starts(),
};
