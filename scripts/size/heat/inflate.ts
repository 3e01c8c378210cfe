/**
 * Reads the gzip member (RFC 1952) that ships and says what every bit of its deflate stream (RFC 1951) is for.
 *
 * zlib gives the text back but not the price of its parts, so the decoder is our own. It is written to be read, not to be fast.
 */
import { CheckError } from "../../cli.ts";

/** RFC 1951, 3.2.5: the least length or distance of each code, and how many extra bits follow it. */
function ranges(count: number, first: number, codesOfEachWidth: number): { base: number; extra: number }[] {
  let base = first;
  return Array.from({ length: count }, (_, code) => {
    const extra = Math.max(0, Math.floor(code / codesOfEachWidth) - 1);
    base += 2 ** extra;
    return { base: base - 2 ** extra, extra };
  });
}
const LENGTHS = [...ranges(28, 3, 4), { base: 258, extra: 0 }];
const DISTANCES = ranges(30, 1, 2);

/** RFC 1951, 3.2.7: the order in which the lengths of the code length codes are written. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A Huffman code: each word's symbol. A 1 before the word tells 01 from 001. */
type HuffmanCode = Map<number, number>;

/** RFC 1951, 3.2.2: the words follow from their lengths. `lengths[symbol]` is 0 for a symbol that is not used. */
function huffman(lengths: readonly number[]): HuffmanCode {
  const code: HuffmanCode = new Map();
  let word = 1;
  for (let length = 1; length <= 15; length++) {
    word *= 2;
    lengths.forEach((each, symbol) => {
      if (each === length) code.set(word++, symbol);
    });
  }
  return code;
}

/** RFC 1951, 3.2.6: the codes that need no table. */
const FIXED = [
  huffman([...Array(144).fill(8), ...Array(112).fill(9), ...Array(24).fill(7), ...Array(8).fill(8)]),
  huffman(Array(30).fill(5)),
];

/**
 * Takes the gzip member apart: the bits of each byte of the text, where a copy's are shared evenly by what it made, and those that
 * made no text. Together they are 8 times its length. Throws CheckError when it cannot be read.
 */
export function anatomy(member: Uint8Array) {
  const overhead = {
    // compress.ts makes a header of 10 bytes, without a name.
    "gzip header": 80,
    "block headers": 0,
    "code tables": 0,
    "end of block": 0,
    padding: 0,
    "gzip trailer": 64,
  };
  const end = member.length * 8 - overhead["gzip trailer"];
  let position = overhead["gzip header"];
  const read = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index++, position++) {
      if (position >= end) throw new CheckError("the deflate stream ends too early");
      // The least significant bit is the first (3.1.1).
      value |= ((member[position >> 3]! >> (position & 7)) & 1) << index;
    }
    return value;
  };
  const symbol = (code: HuffmanCode): number => {
    let word = 1;
    while (!code.has(word)) {
      if (word >= 2 ** 15)
        throw new CheckError("the deflate stream holds a word that its code does not have");
      word = word * 2 + read(1);
    }
    return code.get(word)!;
  };
  /** RFC 1951, 3.2.7: the codes that a block brings along. */
  const readCodes = (): HuffmanCode[] => {
    const literals = read(5) + 257;
    const all = literals + read(5) + 1;
    const used = read(4) + 4;
    const codeLengths = Array<number>(19).fill(0);
    for (const place of CODE_LENGTH_ORDER.slice(0, used)) codeLengths[place] = read(3);
    const code = huffman(codeLengths);
    const lengths: number[] = [];
    while (lengths.length < all) {
      const length = symbol(code);
      if (length < 16) lengths.push(length);
      else if (length === 16) lengths.push(...Array(read(2) + 3).fill(lengths.at(-1)!));
      else lengths.push(...Array(length === 17 ? read(3) + 3 : read(7) + 11).fill(0));
    }
    return [huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals))];
  };

  const text: number[] = [];
  const bits: number[] = [];
  /** True for each byte that a copy made. */
  const copied: boolean[] = [];
  for (let last = 0; !last; ) {
    last = read(1);
    const type = read(2);
    overhead["block headers"] += 3;
    // A stored block holds what could not be compressed: no program.
    if (type !== 1 && type !== 2) throw new CheckError(`the deflate stream holds a block of type ${type}`);
    const tables = position;
    const [literals, distances] = type === 1 ? FIXED : readCodes();
    overhead["code tables"] += position - tables;
    for (;;) {
      const before = position;
      const found = symbol(literals!);
      if (found === 256) {
        overhead["end of block"] += position - before;
        break;
      }
      const start = text.length;
      if (found < 256) text.push(found);
      else {
        const { base, extra } = LENGTHS[found - 257]!;
        const length = base + read(extra);
        const far = DISTANCES[symbol(distances!)]!;
        const from = start - far.base - read(far.extra);
        if (from < 0) throw new CheckError("the deflate stream copies from before its beginning");
        for (let index = 0; index < length; index++) text.push(text[from + index]!);
      }
      for (let index = start; index < text.length; index++) {
        bits.push((position - before) / (text.length - start));
        copied.push(found > 256);
      }
    }
  }
  overhead.padding = end - position;
  if (overhead.padding > 7) throw new CheckError("the deflate stream ends before the trailer");
  return { text: Uint8Array.from(text), bits, copied, overhead };
}
