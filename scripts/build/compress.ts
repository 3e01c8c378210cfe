import { promisify } from "node:util";
import { brotliCompress, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { BuildError } from "./artifact.ts";
import { cached } from "./cache.ts";

const brotliCompressAsync = promisify(brotliCompress);

/** Where brotli's search starts: its window (bits), postfix bits of a distance, direct distance codes. */
type BrotliStart = readonly [window: number, postfix: number, direct: number];

/** What the encoders are asked to try. */
export interface Sweep {
  /** zopfli's runs: how many iterations, and whether it may split the text into blocks. */
  zopfli: readonly (readonly [iterations: number, splitting: boolean])[];
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
 * 500 iterations of zopfli take 1 B less than 60. Splitting changes no size here: the short run goes without it.
 */
export const SHIPPING: Sweep = {
  zopfli: [
    [5, false],
    [500, true],
  ],
  brotli: starts(),
};

/**
 * A part of SHIPPING for any text: what ships is never larger than what this gives, because SHIPPING tries the same
 * things and more. Over ten times as fast, and 1 B larger on average.
 */
export const BOUND: Sweep = {
  zopfli: [[5, false]],
  brotli: [
    [16, 1, 2],
    [16, 1, 4],
    [16, 2, 0],
    [16, 0, 4],
    [11, 2, 12],
  ],
};

type Gzip = (
  input: Uint8Array,
  options: { numiterations: number; blocksplitting: boolean },
) => Promise<Uint8Array>;

/** zopfli leaves handlers behind that would swallow this process's own crashes: they are taken off again. */
async function loadZopfli(): Promise<Gzip> {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.listeners(event as "exit"));
  const zopfli = await import("@gfx/zopfli");
  events.forEach((event, index) => {
    for (const listener of process.listeners(event as "exit")) {
      if (!before[index]!.includes(listener)) process.off(event, listener);
    }
  });
  return zopfli.gzipAsync;
}

let zopfli: Promise<Gzip> | undefined;

/**
 * Makes gzip's header the same on every system (RFC 1952, 2.3): no time, "slowest algorithm", operating system unknown.
 * The compressed data and its length stay as they are.
 */
export function normaliseHeader(member: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(member);
  copy.set([0, 0, 0, 0, 2, 255], 4);
  return copy;
}

/** The first of the smallest candidates. Throws BuildError when one of them does not give `input` back. */
export function smallest(
  input: Uint8Array,
  candidates: readonly Uint8Array[],
  decompress: (bytes: Uint8Array) => Uint8Array,
  format: string,
): Uint8Array {
  for (const candidate of candidates) {
    let output: Uint8Array | null = null;
    try {
      output = decompress(candidate);
    } catch {
      // A stream that cannot be read is as wrong as one that says something else.
    }
    if (!output || !Buffer.from(input).equals(output)) {
      throw new BuildError(`a ${format} stream does not decompress to what was compressed`);
    }
  }
  return candidates.reduce((best, candidate) => (candidate.length < best.length ? candidate : best));
}

/** The smallest gzip member (RFC 1952) found for `code`: zopfli's, or zlib's where that is smaller. */
export async function gzip(code: string, sweep: Sweep = SHIPPING): Promise<Uint8Array> {
  const input = Buffer.from(code);
  const search = async (): Promise<Uint8Array> => {
    zopfli ??= loadZopfli();
    const candidates: Uint8Array[] = [gzipSync(input, { level: 9 })];
    for (const [numiterations, blocksplitting] of sweep.zopfli) {
      candidates.push(await (await zopfli)(input, { numiterations, blocksplitting }));
    }
    return smallest(input, candidates.map(normaliseHeader), gunzipSync, "gzip");
  };
  return smallest(
    input,
    [await cached(["gzip", JSON.stringify(sweep.zopfli), code], search)],
    gunzipSync,
    "gzip",
  );
}

async function brotliFrom(input: Uint8Array, [window, postfix, direct]: BrotliStart): Promise<Uint8Array> {
  return brotliCompressAsync(input, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: window,
      [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
      [constants.BROTLI_PARAM_NDIRECT]: direct,
    },
  });
}

/** The smallest brotli stream (RFC 7932) found for `code` over the encoder's parameters. */
export async function brotli(code: string, sweep: Sweep = SHIPPING): Promise<Uint8Array> {
  const input = Buffer.from(code);
  const search = async (): Promise<Uint8Array> => {
    const candidates = await Promise.all(sweep.brotli.map((start) => brotliFrom(input, start)));
    return smallest(input, candidates, brotliDecompressSync, "brotli");
  };
  const found = await cached(["brotli", JSON.stringify(sweep.brotli), code], search);
  return smallest(input, [found], brotliDecompressSync, "brotli");
}

/**
 * The part of SHIPPING that does best on `codes` together, for hundreds of texts that are nearly like them: as fast as
 * BOUND, and closer to what ships. One text alone misleads: what is best on it can be 10 B worse on the next.
 */
export async function quickSweep(codes: readonly string[]): Promise<Sweep> {
  const inputs = codes.map((code) => Buffer.from(code));
  const total = async (start: BrotliStart): Promise<number> => {
    const streams = await Promise.all(inputs.map((input) => brotliFrom(input, start)));
    return streams.reduce((sum, stream) => sum + stream.length, 0);
  };
  const totals = await Promise.all(SHIPPING.brotli.map(total));
  const best = [...SHIPPING.brotli.keys()].sort((a, b) => totals[a]! - totals[b]! || a - b).slice(0, 5);
  return { zopfli: BOUND.zopfli, brotli: best.map((index) => SHIPPING.brotli[index]!) };
}
