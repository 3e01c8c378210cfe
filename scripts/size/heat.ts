/** `npm run size -- heat`: what each character, token and source line costs in the gzip file that ships. */
import { writeFile } from "node:fs/promises";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { parse, type Token } from "acorn";
import { Option } from "commander";
import { type Artifact, buildArtifact } from "../build/index.ts";
import { CheckError, newCommand, UsageError, writing } from "../cli.ts";
import { PRODUCTION, TARGETS } from "../config.ts";
import { printTables, type Table } from "../print.ts";
import { anatomy } from "./heat/inflate.ts";
import { heatPage } from "./heat/page.ts";
import { FIXED_NUMBER } from "./settings.ts";

/** Where the tokens of `code` start. White space belongs to the token before it, so that nothing is left over. */
function startsOfTokens(code: string, module: boolean): number[] {
  // The parser drives the tokenizer, because only it knows a regular expression from a division.
  const tokens: Token[] = [];
  parse(code, { ecmaVersion: 2022, sourceType: module ? "module" : "script", onToken: tokens });
  // The last one is the end of the file.
  return tokens.slice(0, -1).map(({ start }, index) => (index === 0 ? 0 : start));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const total = (items: readonly { bits: number }[]): number => sum(items.map(({ bits }) => bits));

/** Items with the same `key` taken together, the hottest first: the first of them, how many they are, and their bits. */
function grouped<T extends { bits: number }>(items: readonly T[], key: keyof T): (T & { count: number })[] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) groups.set(item[key], [...(groups.get(item[key]) ?? []), item]);
  return [...groups.values()]
    .map((group) => ({ ...group[0]!, count: group.length, bits: total(group) }))
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

/** At most 96 characters. */
const clip = (text: string): string => (text.length > 96 ? `${text.slice(0, 93)}...` : text);

/** Tables that each sum to the file, cut off at `top` rows: the source's lines, with what is in none, and the tokens. */
export function heatTables(heat: Heat, top: number): Table[] {
  const { lines, words, overhead, tokens } = heat;
  const row = (name: string, bits: number, text = ""): string[] => {
    return [name, bits.toFixed(1), `${((bits / heat.bits) * 100).toFixed(1)} %`, text];
  };
  const rest = lines.slice(top);
  const unmapped = tokens.filter(({ line }) => line === null);
  const otherWords = words.slice(top);
  const times = otherWords.reduce((count, word) => count + word.count, 0);
  return [
    {
      title: `${heat.name}.gz, build ${heat.buildNumber}: ${heat.gzip} B = ${heat.bits} bits`,
      head: ["line", "bits", "share", "source"],
      rows: [
        ...lines.slice(0, top).map(({ file, line, bits, text }) => row(`${file}:${line}`, bits, clip(text))),
        ...(rest.length ? [row(`${rest.length} more lines`, total(rest))] : []),
        ...(unmapped.length ? [row("no line", total(unmapped), "not in the source map")] : []),
        ...Object.entries(overhead).map(([name, bits]) => row(name, bits)),
        row("all", heat.bits),
      ],
    },
    {
      title: "Tokens, equal ones together",
      head: ["token", "times", "bits", "each"],
      rows: [
        ...words
          .slice(0, top)
          .map(({ text, count, bits }) => [clip(text), count, bits.toFixed(1), (bits / count).toFixed(1)]),
        ...(times ? [[`${otherWords.length} more`, times, total(otherWords).toFixed(1), ""]] : []),
      ],
    },
  ];
}

export async function main(argv: string[]): Promise<void> {
  const names = TARGETS.map((target) => target.name);
  const options = newCommand("npm run size -- heat")
    .description("Shows what each source line and token costs in the gzip file that ships. Bits sum exactly.")
    .addOption(new Option("--target <name>", "which artifact").choices(names).default(names[0]))
    .option("--build-number <id>", "the build number of the file", FIXED_NUMBER)
    .option("--top <count>", "rows of each table", "40")
    .option("--out <file>", "also write the map as an HTML page, where hot and cold characters are coloured")
    .addOption(new Option("--json", "print everything as JSON").conflicts("markdown"))
    .option("--markdown", "print Markdown, and append it to $GITHUB_STEP_SUMMARY where that is set")
    .parse(argv, { from: "user" })
    .opts<{ target: string; buildNumber: string; top: string; out?: string; json?: true; markdown?: true }>();
  const top = Number(options.top);
  if (!Number.isInteger(top) || top < 1) throw new UsageError("--top takes a whole number from 1");

  const target = TARGETS.find(({ name }) => name === options.target)!;
  const { buildNumber, out } = options;
  const heat = measureHeat(await buildArtifact(target, { tier: PRODUCTION, buildNumber }));
  if (out) {
    await writing("--out", out, () => writeFile(out, heatPage(heat)));
    console.error(`wrote ${out}`);
  }

  printTables(heat, heatTables(heat, top), options);
}
