/** Parses HTTP/2 frames and computes HPACK lengths, to tell which bytes belong to the response. */
import type { WireRecord } from "./wire-records.ts";

/** Of every frame: length, type, flags, stream (RFC 9113, 4.1). */
const HEADER = 9;

export interface Frame {
  /** 0 DATA, 1 HEADERS, 4 SETTINGS, 8 WINDOW_UPDATE … (RFC 9113, 6). */
  type: number;
  /** 0 is the connection itself. */
  stream: number;
  /** Where the frame begins in the plaintext, and where it ends. */
  start: number;
  end: number;
}

/** The frames of a server's plaintext. Throws an Error when the last one is cut off. */
export function framesOf(plaintext: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let start = 0; start < plaintext.length; ) {
    const end = start + HEADER + plaintext.readUIntBE(start, 3);
    if (end > plaintext.length) throw new Error("the server's last HTTP/2 frame is cut off");
    frames.push({
      type: plaintext[start + 3]!,
      stream: plaintext.readUInt32BE(start + 5) & 0x7fffffff,
      start,
      end,
    });
    start = end;
  }
  return frames;
}

/**
 * Bytes that the response took on the wire, and the records that carry it: its frames, and the whole framing of every record that carries a piece of
 * one. The connection's frames (SETTINGS, WINDOW_UPDATE) are not the response's, even in the same record.
 */
export function responseOf(records: readonly WireRecord[]): { total: number; records: number } {
  const frames = framesOf(Buffer.concat(records.map(({ plaintext }) => plaintext))).filter(
    ({ stream }) => stream !== 0,
  );
  let total = frames.reduce((sum, { start, end }) => sum + end - start, 0);
  let carriers = 0;
  let at = 0;
  for (const { wire, plaintext } of records) {
    const from = at;
    at += plaintext.length;
    if (!frames.some(({ start, end }) => start < at && end > from)) continue;
    total += wire - plaintext.length;
    carriers++;
  }
  return { total, records: carriers };
}

/** Bits of each character in HPACK's Huffman code (RFC 7541, appendix B), as far as dates and ETags need them. */
const BITS: Record<number, string> = {
  5: "012aceiost",
  6: " %-./3456789=A_bdfghlmnpru",
  7: ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
  8: "&*,;XZ",
  10: '"',
};
const bitsOf = new Map(
  Object.entries(BITS).flatMap(([bits, characters]) => [...characters].map((one) => [one, Number(bits)])),
);

/** Bytes of `text` in HPACK's Huffman code. Throws an Error for a character outside dates, ETags and their like. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (const one of text) {
    const width = bitsOf.get(one);
    if (width === undefined) throw new Error(`${JSON.stringify(one)} is not in this Huffman table`);
    bits += width;
  }
  return Math.ceil(bits / 8);
}

/** The value of those that takes the most bits. */
const widest = (values: string[]) => values.reduce((a, b) => (bitSum(b) > bitSum(a) ? b : a));
const bitSum = (text: string) => [...text].reduce((sum, one) => sum + (bitsOf.get(one) ?? 0), 0);
const upTo = (limit: number, from = 0) =>
  Array.from({ length: limit - from }, (_, index) => String(index + from).padStart(2, "0"));

/**
 * How many bytes more the response would take at the worst moment than at the one it was measured: HPACK's code makes
 * some days, seconds and file times longer than others. Adding it makes the figure the same at every run.
 */
export function worstMoment(date: string, etag: string | undefined): number {
  const [, , , year] = date.split(" ");
  const worstDate =
    `${widest(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])}, ${widest(upTo(32, 1))} ` +
    `${widest("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" "))} ${year} ` +
    `${widest(upTo(24))}:${widest(upTo(60))}:${widest(upTo(60))} GMT`;
  // A file's time is eight hexadecimal digits until the year 2106; its length is what it is.
  const worstEtag = etag?.replace(/^"[0-9a-f]{8}-/, '"ffffffff-');
  return (
    huffmanLength(worstDate) -
    huffmanLength(date) +
    (etag ? huffmanLength(worstEtag!) - huffmanLength(etag) : 0)
  );
}
