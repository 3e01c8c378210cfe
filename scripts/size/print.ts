/** Tables of the size tools: one description, laid out for the terminal or as Markdown. */
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
export function signed(number: number): string {
  return number > 0 ? `+${number}` : String(number);
}

const isNumber = (cell: string | number | undefined): boolean =>
  typeof cell === "number" || /^[-+]?\d[\d.,]*( ?%)?$/.test(cell ?? "");

function alignsRight(table: Table, column: number): boolean {
  const cells = table.rows.map((row) => row[column]).filter((cell) => cell !== undefined && cell !== "");
  return cells.length > 0 && cells.every(isNumber);
}

/** The table for a terminal. */
export function toText(table: Table): string {
  const rows = [table.head, ...table.rows.map((row) => row.map(String))];
  const widths = table.head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const right = table.head.map((_, column) => alignsRight(table, column));
  const lines = rows.map((row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? "";
        return right[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [...(table.title ? [table.title] : []), lines[0]!, rule, ...lines.slice(1)].join("\n");
}

/** The table as GitHub-flavoured Markdown. */
export function toMarkdown(table: Table): string {
  const special = table.markdown ? /\|/g : /[|\\`<]/g;
  const escapeCell = (cell: string | number): string => String(cell).replace(special, "\\$&");
  const row = (cells: (string | number)[]): string => `| ${cells.map(escapeCell).join(" | ")} |`;
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
  else {
    const text = tables.map((table) => {
      const [title, ...lines] = toText(table).split("\n");
      return [pc.bold(title), ...lines].join("\n");
    });
    console.log(text.join("\n\n"));
  }
}
