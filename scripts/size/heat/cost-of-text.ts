/** What every character, token and source line of an artifact costs in the gzip file that ships. */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { parse, type Token } from "acorn";
import type { Artifact } from "../../build/index.ts";
import { CheckError } from "../../cli.ts";
import { type Anatomy, anatomy } from "./inflate.ts";

/** A token of the minified text, with the white space behind it. */
export interface HeatToken {
  text: string;
  /** Offset in the minified text. */
  start: number;
  bits: number;
  /** The source file and line (from 1) that it came from; null where the source map is silent. */
  file: string | null;
  line: number | null;
}

export interface HeatLine {
  file: string;
  line: number;
  bits: number;
  /** The line of the source, without its indentation. */
  text: string;
}

/** The same text, anywhere. */
export interface HeatWord {
  text: string;
  count: number;
  bits: number;
}

export interface Heat {
  name: string;
  buildNumber: string;
  /** Bytes of the gzip file. */
  gzip: number;
  /** 8 times `gzip`: what everything below sums to. */
  bits: number;
  code: string;
  /** Bits of each character of `code`. */
  characters: number[];
  /** True for each character that a copy made. */
  copied: boolean[];
  overhead: Anatomy["overhead"];
  tokens: HeatToken[];
  /** Source lines, the hottest first. */
  lines: HeatLine[];
  /** Tokens with equal text taken together, the hottest first. */
  words: HeatWord[];
  /** The source file's lines. */
  sources: Record<string, string[]>;
}

/** Where the tokens of `code` start. White space belongs to the token before it, so that nothing is left over. */
function startsOfTokens(code: string, module: boolean): number[] {
  // The parser drives the tokenizer, because only it knows a regular expression from a division.
  const tokens: Token[] = [];
  parse(code, { ecmaVersion: 2022, sourceType: module ? "module" : "script", onToken: tokens });
  // The last one is the end of the file.
  return tokens.slice(0, -1).map(({ start }, index) => (index === 0 ? 0 : start));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Tokens with the same `key` taken together, the hottest first: the first of them, how many they are, and their bits. */
function grouped(tokens: readonly HeatToken[], key: "text" | "line"): (HeatToken & { count: number })[] {
  const groups = new Map<unknown, HeatToken[]>();
  for (const token of tokens) groups.set(token[key], [...(groups.get(token[key]) ?? []), token]);
  return [...groups.values()]
    .map((group) => ({ ...group[0]!, count: group.length, bits: sum(group.map(({ bits }) => bits)) }))
    .sort((one, other) => other.bits - one.bits);
}

/** Measures `artifact`. Throws CheckError when its gzip file is not its code. */
export function measureHeat(artifact: Artifact): Heat {
  const { name, buildNumber, code, gzip, target } = artifact;
  const { text, bits: characters, copied, overhead } = anatomy(gzip);
  if (Buffer.from(text).toString("latin1") !== code) throw new CheckError(`${name}.gz does not hold ${name}`);

  const map = new TraceMap(artifact.map);
  const source = map.sourcesContent![0]!.split("\n");
  const starts = startsOfTokens(code, target.format === "esm");
  const tokens = starts.map((start, index): HeatToken => {
    const end = starts[index + 1] ?? code.length;
    // Artifacts are one line, but a minifier may break it: columns count from the last line feed.
    const before = code.slice(0, start).split("\n");
    const from = originalPositionFor(map, { line: before.length, column: before.at(-1)!.length });
    const bits = sum(characters.slice(start, end));
    return { text: code.slice(start, end).trim(), start, bits, file: from.source, line: from.line };
  });
  const mapped = tokens.filter(({ line }) => line !== null);
  return {
    name,
    buildNumber,
    gzip: gzip.length,
    bits: gzip.length * 8,
    code,
    characters,
    copied,
    overhead,
    tokens,
    lines: grouped(mapped, "line").map(({ file, line, bits }) => {
      return { file: file!, line: line!, bits, text: source[line! - 1]!.trim() };
    }),
    words: grouped(tokens, "text").map((word) => ({ text: word.text, count: word.count, bits: word.bits })),
    sources: { [target.entry]: source },
  };
}
