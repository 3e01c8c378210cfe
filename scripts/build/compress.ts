import { promisify } from "node:util";
import { brotliCompress, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { BuildError } from "./artifact.ts";
import { cached } from "./cache.ts";
import { type BrotliStart, SHIPPING, type Sweep } from "./sweep.ts";

const brotliCompressAsync = promisify(brotliCompress);

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
    for (const numiterations of sweep.zopfli) {
      candidates.push(await (await zopfli)(input, { numiterations, blocksplitting: false }));
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
 * The part of SHIPPING that does best on `codes` together, for hundreds of texts that are nearly like them: over ten times as
 * fast, and never smaller. One text alone misleads: what is best on it can be 10 B worse on the next.
 */
export async function quickSweep(codes: readonly string[]): Promise<Sweep> {
  const inputs = codes.map((code) => Buffer.from(code));
  const total = async (start: BrotliStart): Promise<number> => {
    const streams = await Promise.all(inputs.map((input) => brotliFrom(input, start)));
    return streams.reduce((sum, stream) => sum + stream.length, 0);
  };
  const totals = await Promise.all(SHIPPING.brotli.map(total));
  const best = [...SHIPPING.brotli.keys()].sort((a, b) => totals[a]! - totals[b]! || a - b).slice(0, 5);
  return { zopfli: SHIPPING.zopfli.slice(-1), brotli: best.map((index) => SHIPPING.brotli[index]!) };
}
