/** Makes HTML from plain text. */
import { marked } from "marked";

const CODES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => CODES[character]!);

/** A docstring, which is Markdown without blocks. */
export const prose = (text: string): string => marked.parseInline(text, { async: false });

export const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

/**
 * A table that scrolls sideways by itself, so that the page does not. On a narrow screen a row becomes a block, with the
 * name of the column before each cell if it is `labelled`. Cells are HTML; `figures` are the columns that are aligned right.
 */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  figures: readonly number[] = [],
  labelled = figures.length > 0,
): string {
  const kind = (index: number): string => (figures.includes(index) ? ' class="number"' : "");
  const headings = head.map((cell, index) => `<th scope="col"${kind(index)}>${cell}</th>`).join("");
  const body = rows.map(([first, ...rest]) => {
    const label = (index: number): string =>
      labelled && head[index] ? ` data-label="${head[index].replace(/<[^>]+>/g, "")}"` : "";
    const cells = rest.map((cell, index) => `<td${kind(index + 1)}${label(index + 1)}>${cell}</td>`).join("");
    return `<tr><th scope="row"${kind(0)}>${first}</th>${cells}</tr>`;
  });
  return `<div class="scroll stack" role="region" tabindex="0" aria-label="${escapeHtml(caption)}">
<table><caption>${escapeHtml(caption)}</caption><thead><tr>${headings}</tr></thead>
<tbody>
${body.join("\n")}
</tbody></table></div>`;
}

/** Code to read and to copy; page/copy.js makes the button. */
export function snippet(id: string, label: string, text: string): string {
  return `<figure class="snippet"><figcaption>${escapeHtml(label)}</figcaption>
<pre id="${id}">${escapeHtml(text)}</pre></figure>`;
}
