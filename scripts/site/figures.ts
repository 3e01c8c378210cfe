/** `npm run docs:figures`: writes today's measurements, and the tables from the types, into README, CHANGELOG and the page of browsers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../build/index.ts";
import { CheckError, isMain, newCommand, runCommand } from "../cli.ts";
import { ROOT } from "../config.ts";
import { writeTogether } from "../write-together.ts";
import { type Figures, figuresOf, fill, measureFigures } from "./blocks.ts";

/** The documents with generated parts, from the project's root. */
export const DOCUMENTS = ["README.md", "CHANGELOG.md", "scripts/site/content/browsers.md"];

/** The documents that are out of date, with the text that they should have. */
function staleDocuments(figures: Figures): Map<string, string> {
  const stale = new Map<string, string>();
  for (const name of DOCUMENTS) {
    const text = readFileSync(join(ROOT, name), "utf8");
    const filled = fill(text, figures);
    if (filled !== text) stale.set(name, filled);
  }
  return stale;
}

/** What the size tools ask for (`DOCUMENTS_SCRIPT` in config.ts): the documents that give other sizes than these. */
export const documentsFor = async (artifacts: Artifact[]): Promise<Map<string, string>> =>
  staleDocuments(await figuresOf(artifacts));

async function main(argv: string[]): Promise<void> {
  const { check } = newCommand("npm run docs:figures --")
    .description(
      "Writes the measured sizes, and the tables made from the types, into README.md, CHANGELOG.md and scripts/site/content/browsers.md.",
    )
    .option("--check", "write nothing; exit 1 when a document is out of date")
    .parse(argv, { from: "user" })
    .opts<{ check?: boolean }>();

  const files = staleDocuments(await measureFigures());
  const stale = [...files.keys()];
  if (check && stale.length > 0)
    throw new CheckError(`${stale.join(" and ")} are out of date: npm run docs:figures`);
  writeTogether(files);
  console.log(stale.length > 0 ? `written: ${stale.join(", ")}` : "every document is up to date");
}

if (isMain(import.meta.url)) void runCommand(main);
