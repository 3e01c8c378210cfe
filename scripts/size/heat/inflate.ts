/**
 * Reads a gzip member (RFC 1952) with one deflate stream (RFC 1951) in it and says what every bit of it is for.
 *
 * zlib gives the text back but not the price of its parts, so the decoder is our own. It is written to be read, not to be fast.
 */
import { CheckError } from "../../cli.ts";

/** Bits that made bytes of the text: a literal (`length` 1, `distance` 0) or a copy of `length` bytes from `distance` bytes before. */
export interface Piece {
  /** Offset of the first byte in the text. */
  start: number;
  /** How many bytes of the text it made. */
  length: number;
  /** How far back the bytes were copied from; 0 for a literal. */
  distance: number;
  bits: number;
}

/** Bits that made no text. */
export type OverheadName =
  | "gzip header"
  | "block headers"
  | "code tables"
  | "end of block"
  | "padding"
  | "gzip trailer";

export interface Anatomy {
  text: Uint8Array;
  pieces: Piece[];
  overhead: Record<OverheadName, number>;
  /** How many deflate blocks the stream has. */
  blocks: number;
}

/** RFC 1951, 3.2.5: the shortest length of each length code from 257 on, and its extra bits. */
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
/** The same for distances. */
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** RFC 1951, 3.2.7: the order in which the lengths of the code length codes are written. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Takes bits from bytes, the least significant first (RFC 1951, 3.1.1). `position` is in bits. */
class BitReader {
  position: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  bit(): number {
    const byte = this.bytes[this.position >> 3];
    if (byte === undefined) throw new CheckError("the deflate stream ends too early");
    return (byte >> (this.position++ & 7)) & 1;
  }

  number(bits: number): number {
    let value = 0;
    for (let index = 0; index < bits; index++) value |= this.bit() << index;
    return value;
  }

  toByte(): void {
    this.position = (this.position + 7) & ~7;
  }
}

/** A Huffman code: how many code words each length has, and the symbols in the order of their words. */
interface HuffmanCode {
  counts: number[];
  symbols: number[];
}

/** RFC 1951, 3.2.2: the code words follow from their lengths alone. `lengths[symbol]` is 0 for a symbol that is not used. */
function huffman(lengths: readonly number[]): HuffmanCode {
  const counts = Array(16).fill(0) as number[];
  for (const length of lengths) if (length) counts[length]!++;
  const symbols: number[] = [];
  for (let length = 1; length <= 15; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] === length) symbols.push(symbol);
  }
  return { counts, symbols };
}

/** The words of one length are consecutive numbers, and go on, doubled, where those of the length before ended. */
function symbol(reader: BitReader, { counts, symbols }: HuffmanCode): number {
  let word = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= 15; length++) {
    // Code words alone are packed with the most significant bit first.
    word = (word << 1) | reader.bit();
    first <<= 1;
    const count = counts[length]!;
    if (word - first < count) return symbols[index + word - first]!;
    index += count;
    first += count;
  }
  throw new CheckError("the deflate stream holds a code word that its tables do not have");
}

/** RFC 1951, 3.2.6: the codes that need no table. */
function fixedCodes(): [HuffmanCode, HuffmanCode] {
  const lengths = Array.from({ length: 288 }, (_, index) =>
    index < 144 ? 8 : index < 256 ? 9 : index < 280 ? 7 : 8,
  );
  return [huffman(lengths), huffman(Array(30).fill(5))];
}

/** RFC 1951, 3.2.7: the codes that a block brings along. */
function dynamicCodes(reader: BitReader): [HuffmanCode, HuffmanCode] {
  const literals = reader.number(5) + 257;
  const distances = reader.number(5) + 1;
  const used = reader.number(4) + 4;
  const codeLengths = Array(19).fill(0) as number[];
  for (let index = 0; index < used; index++) codeLengths[CODE_LENGTH_ORDER[index]!] = reader.number(3);

  const code = huffman(codeLengths);
  const lengths: number[] = [];
  const repeat = (length: number, times: number): void => {
    for (let index = 0; index < times; index++) lengths.push(length);
  };
  while (lengths.length < literals + distances) {
    const length = symbol(reader, code);
    if (length < 16) lengths.push(length);
    else if (length === 16) repeat(lengths.at(-1)!, reader.number(2) + 3);
    else if (length === 17) repeat(0, reader.number(3) + 3);
    else repeat(0, reader.number(7) + 11);
  }
  return [huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals))];
}

/** RFC 1952, 2.3.1: where the compressed data begins, in bytes. */
function headerLength(member: Uint8Array): number {
  if (member[0] !== 0x1f || member[1] !== 0x8b || member[2] !== 8) {
    throw new CheckError("this is no gzip member with a deflate stream in it");
  }
  const flags = member[3]!;
  let at = 10;
  if (flags & 4) at += 2 + member[at]! + member[at + 1]! * 256;
  for (const flag of [8, 16]) if (flags & flag) at = member.indexOf(0, at) + 1;
  if (flags & 2) at += 2;
  return at;
}

/**
 * Takes the gzip member apart.
 *
 * The bits of all pieces and of all overhead sum to 8 times the member's length. Throws CheckError when it cannot be read.
 */
export function anatomy(member: Uint8Array): Anatomy {
  const header = headerLength(member);
  const reader = new BitReader(member, header * 8);
  const overhead: Anatomy["overhead"] = {
    "gzip header": header * 8,
    "block headers": 0,
    "code tables": 0,
    "end of block": 0,
    padding: 0,
    "gzip trailer": 64,
  };
  const charge = <T>(name: OverheadName, read: () => T): T => {
    const before = reader.position;
    const result = read();
    overhead[name] += reader.position - before;
    return result;
  };
  const text: number[] = [];
  const pieces: Piece[] = [];
  const copy = (distance: number, length: number): void => {
    if (distance > text.length) throw new CheckError("the deflate stream copies from before its beginning");
    for (let index = 0; index < length; index++) text.push(text[text.length - distance]!);
  };

  let blocks = 0;
  for (let last = false; !last; ) {
    blocks++;
    const type = charge("block headers", () => {
      last = reader.bit() === 1;
      return reader.number(2);
    });
    if (type === 0) {
      // Stored: LEN and its complement, then the bytes as they are.
      charge("padding", () => reader.toByte());
      const length = charge("block headers", () => reader.number(32)) & 0xffff;
      for (let index = 0; index < length; index++) {
        pieces.push({ start: text.length, length: 1, distance: 0, bits: 8 });
        text.push(reader.number(8));
      }
      continue;
    }
    if (type === 3) throw new CheckError("the deflate stream holds a block of a type that does not exist");
    const [literals, distances] =
      type === 1 ? fixedCodes() : charge("code tables", () => dynamicCodes(reader));

    for (;;) {
      const before = reader.position;
      const found = symbol(reader, literals);
      if (found === 256) {
        overhead["end of block"] += reader.position - before;
        break;
      }
      const start = text.length;
      let distance = 0;
      if (found < 256) text.push(found);
      else {
        const length = LENGTH_BASE[found - 257]! + reader.number(LENGTH_EXTRA[found - 257]!);
        const code = symbol(reader, distances);
        distance = DISTANCE_BASE[code]! + reader.number(DISTANCE_EXTRA[code]!);
        copy(distance, length);
      }
      pieces.push({ start, length: text.length - start, distance, bits: reader.position - before });
    }
  }
  charge("padding", () => reader.toByte());
  if (reader.position + 64 !== member.length * 8) {
    throw new CheckError(
      `the deflate stream ends at byte ${reader.position / 8} of ${member.length}, not before the trailer`,
    );
  }
  return { text: Uint8Array.from(text), pieces, overhead, blocks };
}

/** All bits of `parts`: 8 times the length of the gzip member they were read from. */
export function totalBits({ pieces, overhead }: Pick<Anatomy, "pieces" | "overhead">): number {
  let bits = 0;
  for (const piece of pieces) bits += piece.bits;
  for (const part of Object.values(overhead)) bits += part;
  return bits;
}
