/** The code in the documents, for the tests that compile it and run it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/config.ts";

export interface Snippet {
  /** The document and the line, for a failure's name. */
  place: string;
  language: string;
  text: string;
}

/** The fenced code of a Markdown file of the project, in its order. */
export function fencedCode(document: string): Snippet[] {
  const text = readFileSync(join(ROOT, document), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => ({
    place: `${document}:${text.slice(0, index).split("\n").length}`,
    language: language!,
    text: code!,
  }));
}

export const WITH_CODE = [
  "README.md",
  "scripts/site/content/app.md",
  "scripts/site/content/migration.md",
] as const;
