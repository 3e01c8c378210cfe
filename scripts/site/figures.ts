/** `npm run docs:figures`: writes today's measurements, and the tables from the types, into README, CHANGELOG and the page of browsers. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CheckError, isMain, newCommand, runCommand } from "../cli.ts";
import { ROOT } from "../config.ts";
import { fill, measureFigures } from "./blocks.ts";

/** The documents with generated parts, from the project's root. */
export const DOCUMENTS = ["README.md", "CHANGELOG.md", "scripts/site/content/browsers.md"];

/** Brings every document up to date, unless `check` is set. Returns those that were not. */
export async function updateDocuments(check = false): Promise<string[]> {
  const figures = await measureFigures();
  return DOCUMENTS.filter((name) => {
    const path = join(ROOT, name);
    const text = readFileSync(path, "utf8");
    const filled = fill(text, figures);
    if (filled !== text && !check) writeFileSync(path, filled);
    return filled !== text;
  });
}

async function main(argv: string[]): Promise<void> {
  const { check } = newCommand("npm run docs:figures --")
    .description(
      "Writes the measured sizes, and the tables made from the types, into README.md, CHANGELOG.md and scripts/site/content/browsers.md.",
    )
    .option("--check", "write nothing; exit 1 when a document is out of date")
    .parse(argv, { from: "user" })
    .opts<{ check?: boolean }>();

  const stale = await updateDocuments(check);
  if (check && stale.length > 0)
    throw new CheckError(`${stale.join(" and ")} are out of date: npm run docs:figures`);
  console.log(stale.length > 0 ? `written: ${stale.join(", ")}` : "every document is up to date");
}

if (isMain(import.meta.url)) void runCommand(main);
