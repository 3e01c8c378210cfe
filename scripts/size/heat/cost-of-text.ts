/** What every character, token and source line of an artifact costs in the gzip file that ships. */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { parse, type Token } from "acorn";
import type { Artifact } from "../../build/index.ts";
import { CheckError } from "../../cli.ts";
import { anatomy } from "./inflate.ts";

/** Where the tokens of `code` start. White space belongs to the token before it, so that nothing is left over. */
function startsOfTokens(code: string, module: boolean): number[] {
  // The parser drives the tokenizer, because only it knows a regular expression from a division.
  const tokens: Token[] = [];
  parse(code, { ecmaVersion: 2022, sourceType: module ? "module" : "script", onToken: tokens });
  // The last one is the end of the file.
  return tokens.slice(0, -1).map(({ start }, index) => (index === 0 ? 0 : start));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Items with the same `key` taken together, the hottest first: the first of them, how many they are, and their bits. */
function grouped<T extends { bits: number }>(items: readonly T[], key: keyof T): (T & { count: number })[] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) groups.set(item[key], [...(groups.get(item[key]) ?? []), item]);
  return [...groups.values()]
    .map((group) => ({ ...group[0]!, count: group.length, bits: sum(group.map(({ bits }) => bits)) }))
    .sort((one, other) => other.bits - one.bits);
}

export type Heat = ReturnType<typeof measureHeat>;

/** Measures `artifact`. Throws CheckError when its gzip file is not its code. */
export function measureHeat({ name, buildNumber, code, gzip, target, map }: Artifact) {
  const { text, bits: characters, copied, overhead } = anatomy(gzip);
  if (Buffer.from(text).toString("latin1") !== code) throw new CheckError(`${name}.gz does not hold ${name}`);

  const trace = new TraceMap(map);
  const source = trace.sourcesContent![0]!.split("\n");
  const starts = startsOfTokens(code, target.format === "esm");
  const tokens = starts.map((start, index) => {
    const end = starts[index + 1] ?? code.length;
    // Artifacts are one line, but a minifier may break it: columns count from the last line feed.
    const before = code.slice(0, start).split("\n");
    const from = originalPositionFor(trace, { line: before.length, column: before.at(-1)!.length });
    const bits = sum(characters.slice(start, end));
    return { text: code.slice(start, end).trim(), start, bits, file: from.source, line: from.line };
  });
  // Where the source map is silent, a token has no line.
  const mapped = tokens.flatMap(({ file, line, bits }) =>
    line === null ? [] : [{ file: file!, line, bits, text: source[line - 1]!.trim() }],
  );
  return {
    name,
    buildNumber,
    gzip: gzip.length,
    /** What everything below sums to. */
    bits: gzip.length * 8,
    code,
    /** Bits of each character of `code`, and whether a copy made it. */
    characters,
    copied,
    /** Bits that made no text. */
    overhead,
    /** The tokens of `code`, each with its offset, and the source file and line (from 1) that it came from. */
    tokens,
    /** Source lines, the hottest first, without their indentation. */
    lines: grouped(mapped, "line").map(({ count, ...line }) => line),
    /** Tokens with equal text taken together, the hottest first. */
    words: grouped(tokens, "text").map(({ text, count, bits }) => ({ text, count, bits })),
    /** The source file's lines. */
    sources: { [target.entry]: source },
  };
}
