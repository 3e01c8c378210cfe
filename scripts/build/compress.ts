import { promisify } from "node:util";
import { brotliCompress, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { BuildError } from "./artifact.ts";
import { cached } from "./cache.ts";
import { type BrotliStart, SHIPPING, type Sweep } from "./sweep.ts";

const brotliCompressAsync = promisify(brotliCompress);

/** zopfli leaves handlers behind that would swallow this process's own crashes: they are taken off again. */
async function loadZopfli(): Promise<typeof import("@gfx/zopfli")> {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.listeners(event as "exit"));
  const zopfli = await import("@gfx/zopfli");
  events.forEach((event, index) => {
    for (const listener of process.listeners(event as "exit"))
      if (!before[index]!.includes(listener)) process.off(event, listener);
  });
  return zopfli;
}

let zopfli: ReturnType<typeof loadZopfli> | undefined;

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

/** The smallest of what `search` finds for `code` with these options, which is in the cache from the second time on. */
async function kept(
  format: "gzip" | "brotli",
  options: Sweep[keyof Sweep],
  code: string,
  search: (input: Uint8Array) => Promise<Uint8Array[]>,
): Promise<Uint8Array> {
  const input = Buffer.from(code);
  const decompress = format === "gzip" ? gunzipSync : brotliDecompressSync;
  const found = await cached([format, JSON.stringify(options), code], async () =>
    smallest(input, await search(input), decompress, format),
  );
  return smallest(input, [found], decompress, format);
}

/** The smallest gzip member (RFC 1952) found for `code`: zopfli's, or zlib's where that is smaller. */
export function gzip(code: string, sweep: Sweep = SHIPPING): Promise<Uint8Array> {
  return kept("gzip", sweep.zopfli, code, async (input) => {
    zopfli ??= loadZopfli();
    const { gzipAsync } = await zopfli;
    const candidates: Uint8Array[] = [gzipSync(input, { level: 9 })];
    for (const numiterations of sweep.zopfli)
      candidates.push(await gzipAsync(input, { numiterations, blocksplitting: false }));
    return candidates.map(normaliseHeader);
  });
}

function brotliFrom(input: Uint8Array, [window, postfix, direct]: BrotliStart): Promise<Uint8Array> {
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
export function brotli(code: string, sweep: Sweep = SHIPPING): Promise<Uint8Array> {
  return kept("brotli", sweep.brotli, code, (input) =>
    Promise.all(sweep.brotli.map((start) => brotliFrom(input, start))),
  );
}

/**
 * The part of SHIPPING that does best on `codes` together, for hundreds of texts that are nearly like them: over ten times as
 * fast, and never smaller. One text alone misleads: what is best on it can be 10 B worse on the next.
 */
export async function quickSweep(codes: readonly string[]): Promise<Sweep> {
  const total = async (start: BrotliStart): Promise<number> => {
    const streams = await Promise.all(codes.map((code) => brotliFrom(Buffer.from(code), start)));
    return streams.reduce((sum, stream) => sum + stream.length, 0);
  };
  const totals = await Promise.all(SHIPPING.brotli.map(total));
  const best = [...SHIPPING.brotli.keys()].sort((a, b) => totals[a]! - totals[b]! || a - b).slice(0, 5);
  return { zopfli: SHIPPING.zopfli.slice(-1), brotli: best.map((index) => SHIPPING.brotli[index]!) };
}
