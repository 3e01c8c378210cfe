/** What every character, token and source line of an artifact costs in the gzip file that ships. */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { parse, type Token } from "acorn";
import type { Artifact } from "../../build/index.ts";
import { CheckError } from "../../cli.ts";
import { anatomy, type OverheadName, totalBits } from "./inflate.ts";

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
  /** Bits of each character of `code`. A copy's bits are shared evenly by the characters it made. */
  characters: number[];
  /** True for each character that a copy made. */
  copied: boolean[];
  overhead: Record<OverheadName, number>;
  tokens: HeatToken[];
  /** Source lines, the hottest first. */
  lines: HeatLine[];
  /** Tokens with equal text taken together, the hottest first. */
  words: HeatWord[];
  /** Every source file's lines, for showing them in their order. */
  sources: Record<string, string[]>;
}

/** The tokens of `code`. White space belongs to the token before it, so that nothing is left over. */
function tokenize(code: string, module: boolean): { start: number; end: number }[] {
  // The parser drives the tokenizer, because only it knows a regular expression from a division.
  const tokens: Token[] = [];
  parse(code, { ecmaVersion: 2022, sourceType: module ? "module" : "script", onToken: tokens });
  tokens.pop(); // the end of the file
  return tokens.map(({ start }, index) => ({
    start: index === 0 ? 0 : start,
    end: tokens[index + 1]?.start ?? code.length,
  }));
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Measures `artifact`. Throws CheckError when its gzip file is not its code, or when the bits do not add up. */
export function measureHeat(artifact: Artifact): Heat {
  const { code, gzip, target } = artifact;
  const { text, pieces, overhead } = anatomy(gzip);
  if (Buffer.from(text).toString("latin1") !== code) {
    throw new CheckError(`${artifact.name}.gz does not hold ${artifact.name}`);
  }
  const bits = totalBits({ pieces, overhead });
  if (bits !== gzip.length * 8) {
    throw new CheckError(`${bits} bits were accounted for, and ${artifact.name}.gz has ${gzip.length * 8}`);
  }

  const characters = Array(code.length).fill(0) as number[];
  const copied = Array(code.length).fill(false) as boolean[];
  for (const piece of pieces) {
    characters.fill(piece.bits / piece.length, piece.start, piece.start + piece.length);
    copied.fill(piece.distance > 0, piece.start, piece.start + piece.length);
  }

  const map = new TraceMap(artifact.map);
  const sources: Heat["sources"] = {};
  map.sources.forEach((source, index) => {
    if (source) sources[source] = (map.sourcesContent?.[index] ?? "").split("\n");
  });

  // Artifacts are one line, but a minifier may break it: columns count from the last line feed.
  const tokens = tokenize(code, target.format === "esm").map(({ start, end }): HeatToken => {
    const before = code.slice(0, start).split("\n");
    const from = originalPositionFor(map, { line: before.length, column: before.at(-1)!.length });
    return {
      text: code.slice(start, end).trim(),
      start,
      bits: sum(characters.slice(start, end)),
      file: from.source,
      line: from.line,
    };
  });

  const mapped = tokens.filter((token) => token.file !== null);
  const lines = [...groupBy(mapped, ({ file, line }) => `${file}:${line}`).values()].map(
    (group): HeatLine => {
      const { file, line } = group[0]!;
      return {
        file: file!,
        line: line!,
        bits: sum(group.map((token) => token.bits)),
        text: sources[file!]?.[line! - 1]?.trim() ?? "",
      };
    },
  );
  const words = [...groupBy(tokens, (token) => token.text).values()].map((group): HeatWord => {
    return { text: group[0]!.text, count: group.length, bits: sum(group.map((token) => token.bits)) };
  });
  const hottest = (a: { bits: number }, b: { bits: number }): number => b.bits - a.bits;

  return {
    name: artifact.name,
    buildNumber: artifact.buildNumber,
    gzip: gzip.length,
    bits,
    code,
    characters,
    copied,
    overhead,
    tokens,
    lines: lines.sort(hottest),
    words: words.sort(hottest),
    sources,
  };
}
