/** What commands print: tables, laid out for the terminal or as Markdown, and how far they are. */
import { appendFileSync } from "node:fs";
import pc from "picocolors";

/** Numbers are aligned right, the rest left. */
export interface Table {
  title?: string;
  head: string[];
  rows: (string | number)[][];
  /** The cells are Markdown already. */
  markdown?: true;
}

/** A number with its sign, as in a change: `+3`, `-2`, `0`. */
export const signed = (number: number): string => (number > 0 ? `+${number}` : String(number));

function alignsRight(table: Table, column: number): boolean {
  const cells = table.rows.map((row) => String(row[column] ?? "")).filter((cell) => cell !== "");
  return cells.length > 0 && cells.every((cell) => /^[-+]?\d[\d.,]*( ?%)?$/.test(cell));
}

/** The table for a terminal. */
export function toText(table: Table): string {
  const rows = [table.head, ...table.rows.map((row) => row.map(String))];
  const widths = table.head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const right = table.head.map((_, column) => alignsRight(table, column));
  const [head, ...lines] = rows.map((row) =>
    widths
      .map((width, column) => (row[column] ?? "")[right[column] ? "padStart" : "padEnd"](width))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [...(table.title ? [pc.bold(table.title)] : []), head, rule, ...lines].join("\n");
}

/** The table as GitHub-flavoured Markdown. */
export function toMarkdown(table: Table): string {
  const special = table.markdown ? /\|/g : /[|\\`<]/g;
  const row = (cells: (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replace(special, "\\$&")).join(" | ")} |`;
  return [
    ...(table.title ? [`### ${table.title}`, ""] : []),
    row(table.head),
    `| ${table.head.map((_, column) => (alignsRight(table, column) ? "---:" : "---")).join(" | ")} |`,
    ...table.rows.map(row),
  ].join("\n");
}

/** Prints Markdown, and appends it to the job's summary where GitHub Actions names one in GITHUB_STEP_SUMMARY. */
export function printMarkdown(markdown: string): void {
  console.log(markdown);
  if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, `${markdown}\n\n`);
}

/** Prints a report: as JSON, as Markdown, or for a terminal. */
export function printTables(
  data: unknown,
  tables: readonly Table[],
  { json, markdown }: { json?: boolean | undefined; markdown?: boolean | undefined },
): void {
  if (json) console.log(JSON.stringify(data, null, 2));
  else if (markdown) printMarkdown(tables.map(toMarkdown).join("\n\n"));
  else console.log(tables.map(toText).join("\n\n"));
}

/** How far a tool is, in one line of the terminal; nothing where nobody watches. */
export function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
