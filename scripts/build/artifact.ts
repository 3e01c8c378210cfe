import type { Target, Tier } from "../config.ts";

/** What a build was asked for. */
export interface BuildOptions {
  tier: Tier;
  /** Stamped into the artifact. Letters, digits, `.`, `_`, `-`. */
  buildNumber: string;
}

/** Text on its way through the pipeline, with its source map (JSON). */
export interface Code {
  code: string;
  map: string;
}

/** A finished file: what is measured is what ships. */
export interface Artifact extends Code, BuildOptions {
  target: Target;
  name: string;
  /** The file as a gzip member (RFC 1952). */
  gzip: Uint8Array;
  /** The file as a brotli stream (RFC 7932). */
  brotli: Uint8Array;
}

/** The three sizes of an artifact, in bytes. */
export interface Sizes {
  raw: number;
  gzip: number;
  brotli: number;
}

/** A file as it is, as gzip and as brotli. */
export type Forms = Record<"code", string | Uint8Array> & Record<"gzip" | "brotli", Uint8Array>;

export function sizesOf({ code, gzip, brotli }: Forms): Sizes {
  return { raw: Buffer.byteLength(code), gzip: gzip.length, brotli: brotli.length };
}

/** A build that must not ship. The message says what is wrong and where. */
export class BuildError extends Error {
  override name = "BuildError";
}
