/** `npm run size`: compares the size of each file with a base, and checks it. A word after it names another of the size tools. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CheckError, isMain, newCommand, runCommand, UsageError, writing } from "../cli.ts";
import { MORE_SIZE_TOOLS, ROOT } from "../config.ts";
import { printMarkdown } from "../print.ts";
import type { Growth } from "./report.ts";

type Main = (argv: string[]) => Promise<void>;

/** The other tools: what each does, and how it is loaded. */
const TOOLS: Record<string, [what: string, load: () => Promise<Main>]> = {
  accept: ["accepts growth, with a reason for the commit", async () => (await import("./accept.ts")).accept],
  tighten: ["lowers the limits of files that shrank", async () => (await import("./accept.ts")).tighten],
  trailers: ["checks the sizes in commit messages", async () => (await import("./trailers.ts")).main],
  history: ["prints every change of the sizes", async () => (await import("./history.ts")).main],
  heat: ["shows the bits of each source line and token", async () => (await import("./heat.ts")).main],
  features: ["shows the bytes of each feature", async () => (await import("./features.ts")).main],
  names: ["searches better letters for the variables", async () => (await import("./names.ts")).main],
};
for (const [name, [what, script]] of Object.entries(MORE_SIZE_TOOLS))
  TOOLS[name] = [what, async () => (await import(pathToFileURL(join(ROOT, script)).href)).main];

async function main([word = "", ...rest]: string[]): Promise<void> {
  if (!word || word.startsWith("-")) return report(word ? [word, ...rest] : []);
  if (!TOOLS[word]) throw new UsageError(`there is no "${word}"; there are ${Object.keys(TOOLS).join(", ")}`);
  const run = await TOOLS[word][1]();
  await run(rest);
}

/** Reads `10B` or `1%` of the base. */
function parseGrowth(text: string): Growth {
  const [, bytes, percent] = /^(?:(\d+) ?B|(\d+(?:\.\d+)?) ?%)$/.exec(text) ?? [];
  if (bytes) return () => Number(bytes);
  if (percent) return (base) => (base * Number(percent)) / 100;
  throw new UsageError(
    `--max-growth takes whole bytes or per cent, as in 10B or 1%, not ${JSON.stringify(text)}`,
  );
}

async function report(argv: string[]): Promise<void> {
  const options = newCommand("npm run size --")
    .description(
      "Measures raw, gzip and brotli of every file that ships against a base, and runs the gates: ratchet, size-limit, " +
        "the hard budget. Exit code 1 when one fails.",
    )
    .option(
      "--base <ref>",
      "the commit to compare with (default: HEAD while the tree has changes; else HEAD's parent on main; elsewhere where the branch left main)",
    )
    .option("--max-growth <limit>", "what a compressed file may gain against the base, as 10B or 1%")
    .option("--json [file]", "print the report as JSON, or write it to a file")
    .option("--markdown", "print it as Markdown, and append it to $GITHUB_STEP_SUMMARY when set")
    .addHelpText(
      "after",
      `\nOther tools, each with its own --help:\n${Object.entries(TOOLS)
        .map(([name, [what]]) => `  ${name.padEnd(10)} ${what}`)
        .join("\n")}`,
    )
    .parse(argv, { from: "user" })
    .opts<{ base?: string; maxGrowth?: string; json?: string | true; markdown?: boolean }>();

  const { base, maxGrowth, json: file, markdown } = options;
  if (file === true && markdown) throw new UsageError("--json needs a file beside --markdown");
  const growth = maxGrowth === undefined ? undefined : parseGrowth(maxGrowth);
  // Loaded here, because the other tools start in half the time without the build.
  const { makeReport, render } = await import("./report.ts");
  const result = await makeReport(base, growth);
  if (markdown) printMarkdown(render(result, true));
  const json = JSON.stringify(result, null, 2);
  if (typeof file === "string") await writing("--json", file, () => writeFileSync(file, `${json}\n`));
  if (file === true) console.log(json);
  else if (!markdown) console.log(render(result));
  const failed = result.checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (failed.length > 0) throw new CheckError(`the size gate says no: ${failed.join(", ")}`);
}

if (isMain(import.meta.url)) await runCommand(main);
