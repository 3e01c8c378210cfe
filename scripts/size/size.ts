/** `npm run size`: compares the size of each file with a base, and checks it. A word after it names another of the size tools. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CheckError, isMain, newCommand, runCommand, UsageError, writing } from "../cli.ts";
import { MORE_SIZE_TOOLS, ROOT } from "../config.ts";
import { parseGrowth } from "./growth.ts";
import { printMarkdown } from "./print.ts";
import { renderMarkdown, renderText } from "./render.ts";

interface Tool {
  main(argv: string[]): Promise<void>;
}

/** The other tools: what each does, and where it is. */
const TOOLS: Record<string, [what: string, load: () => Promise<Tool>]> = {
  accept: ["accepts growth, with a reason for the ledger", () => import("./accept.ts")],
  tighten: ["lowers the limits of files that shrank", () => import("./tighten.ts")],
  trailers: ["checks the sizes in commit messages", () => import("./trailers.ts")],
  history: ["prints the ledger", () => import("./history.ts")],
  heat: ["shows the bits of each source line and token", () => import("./heat.ts")],
  features: ["shows the bytes of each feature", () => import("./features.ts")],
  names: ["searches better letters for the variables", () => import("./names.ts")],
  ...Object.fromEntries(
    Object.entries(MORE_SIZE_TOOLS).map(([name, [what, script]]) => [
      name,
      [what, () => import(pathToFileURL(join(ROOT, script)).href)],
    ]),
  ),
};

const HELP = Object.entries(TOOLS).map(([name, [what]]) => `  ${name.padEnd(10)} ${what}`);

async function main([word = "", ...rest]: string[]): Promise<void> {
  if (!word || word.startsWith("-")) return report(word ? [word, ...rest] : []);
  if (!TOOLS[word]) throw new UsageError(`there is no "${word}"; there are ${Object.keys(TOOLS).join(", ")}`);
  const [, load] = TOOLS[word];
  await (await load()).main(rest);
}

async function report(argv: string[]): Promise<void> {
  const options = newCommand("npm run size --")
    .description(
      "Measures raw, gzip and brotli of every file that ships against a base, and runs the gates: ratchet, size-limit, " +
        "the hard budget, the ledger. Exit code 1 when one fails.",
    )
    .option(
      "--base <ref>",
      "the commit to compare with (default: HEAD while the tree has changes; else HEAD's parent on main; elsewhere where the branch left main)",
    )
    .option("--max-growth <limit>", "what a compressed file may gain against the base, as 10B or 1%")
    .option("--json [file]", "print the report as JSON, or write it to a file")
    .option("--markdown", "print it as Markdown, and append it to $GITHUB_STEP_SUMMARY when set")
    .addHelpText("after", `\nOther tools, each with its own --help:\n${HELP.join("\n")}`)
    .parse(argv, { from: "user" })
    .opts<{ base?: string; maxGrowth?: string; json?: string | true; markdown?: boolean }>();

  if (options.json === true && options.markdown)
    throw new UsageError("--json needs a file beside --markdown");
  // Loaded here, because the other tools start in half the time without the build.
  const { makeReport } = await import("./report.ts");
  const result = await makeReport({
    ...(options.base ? { base: options.base } : {}),
    ...(options.maxGrowth ? { maxGrowth: parseGrowth(options.maxGrowth) } : {}),
  });
  if (options.markdown) printMarkdown(renderMarkdown(result));
  const json = JSON.stringify(result, null, 2);
  if (typeof options.json === "string") {
    const file = options.json;
    await writing("--json", file, () => writeFileSync(file, `${json}\n`));
  }
  if (options.json === true) console.log(json);
  else if (!options.markdown) console.log(renderText(result));
  if (!result.ok) {
    const failed = result.checks.filter(({ ok }) => !ok).map(({ name }) => name);
    throw new CheckError(`the size gate says no: ${failed.join(", ")}`);
  }
}

if (isMain(import.meta.url)) await runCommand(main);
