/** `npm run size -- heat`: shows what each token and source line costs in the gzip file. */
import { writeFile } from "node:fs/promises";
import { Option } from "commander";
import { buildArtifact } from "../build/index.ts";
import { checkBuildNumber } from "../build/stamp.ts";
import { newCommand, UsageError, writing } from "../cli.ts";
import { PRODUCTION, TARGETS } from "../config.ts";
import { type Heat, measureHeat } from "./heat/cost-of-text.ts";
import { heatPage } from "./heat/page.ts";
import { printTables, type Table } from "./print.ts";
import { FIXED_NUMBER } from "./settings.ts";

/** At most 96 characters. */
const clip = (text: string): string => (text.length > 96 ? `${text.slice(0, 93)}...` : text);

const total = (items: { bits: number }[]): number => items.reduce((bits, item) => bits + item.bits, 0);

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
  const buildNumber = checkBuildNumber(options.buildNumber);
  const heat = measureHeat(await buildArtifact(target, { tier: PRODUCTION, buildNumber }));
  if (options.out) {
    const { out } = options;
    await writing("--out", out, () => writeFile(out, heatPage(heat)));
    console.error(`wrote ${out}`);
  }

  printTables(heat, heatTables(heat, top), options);
}
