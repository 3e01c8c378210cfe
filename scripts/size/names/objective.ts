/** What the search makes small. */
import { brotliCompressSync, constants } from "node:zlib";
import { brotli, gzip, SHIPPING, type Sweep } from "../../build/compress.ts";
import { STAMP } from "../../build/stamp.ts";
import { anatomy } from "../heat/inflate.ts";

/** Compressed sizes, in bytes. Means over several build numbers are no whole numbers. */
export interface Compressed {
  gzip: number;
  brotli: number;
}

/**
 * The distance to the goal: above all that of the format that is farther from it. The nearer one counts a little,
 * so that a step that helps only it is not lost. With `evenly` both count alike.
 */
export function distance(sizes: Compressed, goal: Compressed, evenly = false): number {
  const gzipLeft = sizes.gzip - goal.gzip;
  const brotliLeft = sizes.brotli - goal.brotli;
  if (evenly) return (gzipLeft + brotliLeft) / 2;
  return 0.75 * Math.max(gzipLeft, brotliLeft) + 0.25 * Math.min(gzipLeft, brotliLeft);
}

/** brotli's encoder ends in a local optimum that depends on where it starts: window, distance postfix bits, direct codes. */
type Start = readonly [window: number, postfix: number, direct: number];

/** The one that most often ends within a byte of the best of all. */
const QUICK_START: Start = [16, 1, 0];

function brotlied(text: string, [window, postfix, direct]: Start = QUICK_START): number {
  return brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: window,
      [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
      [constants.BROTLI_PARAM_NDIRECT]: direct,
    },
  }).length;
}

/** The first two rounds of zopfli come within a byte of what a thousand reach. */
const QUICK: Sweep = { zopfli: [[2, false]], brotli: [] };

/** Bytes of the gzip member that zopfli makes, with the eighths that padding hides: every bit saved counts. */
async function gzipped(text: string): Promise<number> {
  const member = await gzip(text, QUICK);
  return member.length - anatomy(member).overhead.padding / 8;
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Brotli's part of a step takes most of the time; no single step was seen to help it by more than this many bytes. */
const BROTLI_STEP = 4;

/** Distances by compressors that are 50 times as fast as the shipping ones and on average end within 2 B of them. */
export class QuickMeasure {
  private readonly buildNumbers: readonly string[];
  private readonly goal: Compressed;
  private readonly evenly: boolean;
  private bestBrotli = Number.POSITIVE_INFINITY;

  constructor(goal: Compressed, buildNumbers: readonly string[], evenly = false) {
    this.goal = goal;
    this.evenly = evenly;
    this.buildNumbers = buildNumbers;
  }

  /** The distance to the goal; infinity when it is sure to be over `limit`. */
  async score(code: string, limit = Number.POSITIVE_INFINITY): Promise<number> {
    const texts = this.buildNumbers.map((number) => code.replace(STAMP, number));
    const gzipSize = await gzipped(texts[0]!);
    const hoped = { gzip: gzipSize, brotli: this.bestBrotli - BROTLI_STEP };
    if (limit < Number.POSITIVE_INFINITY && distance(hoped, this.goal, this.evenly) > limit)
      return Number.POSITIVE_INFINITY;
    const sizes = texts.map((text) => brotlied(text));
    this.bestBrotli = Math.min(this.bestBrotli, mean(sizes));
    return distance({ gzip: gzipSize, brotli: mean(sizes) }, this.goal, this.evenly);
  }
}

/** A part of SHIPPING that is 10 times as fast and ends a byte above it on average: for comparing many texts. */
export const COMPARING: Sweep = {
  zopfli: [[15, false]],
  brotli: [
    [16, 1, 0],
    [16, 0, 0],
    [11, 2, 28],
    [11, 0, 7],
    [11, 0, 4],
    [11, 0, 0],
  ],
};

/** Sizes of what would ship, for each build number; with the sweep COMPARING a little larger and much sooner. */
export async function shippingSizes(
  code: string,
  buildNumbers: readonly string[],
  sweep: Sweep = SHIPPING,
): Promise<Compressed[]> {
  const sizes: Compressed[] = [];
  for (const number of buildNumbers) {
    const text = code.replace(STAMP, number);
    sizes.push({ gzip: (await gzip(text, sweep)).length, brotli: (await brotli(text, sweep)).length });
  }
  return sizes;
}

/** The largest of each format. */
export function worstOf(sizes: readonly Compressed[]): Compressed {
  return {
    gzip: Math.max(...sizes.map((size) => size.gzip)),
    brotli: Math.max(...sizes.map((size) => size.brotli)),
  };
}

export function meanOf(sizes: readonly Compressed[]): Compressed {
  return { gzip: mean(sizes.map((size) => size.gzip)), brotli: mean(sizes.map((size) => size.brotli)) };
}
