/** Converts a Markdown file of the repository to HTML. The files are our own, so they are trusted. */
import { Marked, type Tokens } from "marked";
import { escapeHtml, snippet, table } from "./html.ts";

const LANGUAGES: Record<string, string> = {
  html: "HTML",
  js: "JavaScript",
  json: "JSON",
  sh: "Shell",
  ts: "TypeScript",
  tsx: "TypeScript",
};

/** The pages that are made from files of the repository. */
const PAGES: Record<string, string> = {
  "app.md": "app.html",
  "develop.md": "develop.html",
  "migration.md": "migration.html",
  "browsers.md": "browsers.html",
  "cdn.md": "cdn.html",
  "SECURITY.md": "security.html",
  "headers.md": "headers.html",
  "README.md": "index.html",
};

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/<[^>]+>/g, "")
    .replace(/[^\w]+/g, "-")
    .replace(/^-|-$/g, "");

/** Comments are for the tools, and are removed. */
export function markdownPage(text: string): string {
  let [codes, tables] = [0, 0];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        return `<h${depth} id="${slug(html)}">${html}</h${depth}>\n`;
      },
      code({ text: source, lang }) {
        codes++;
        return snippet(`code-${codes}`, LANGUAGES[lang ?? ""] ?? "Code", source);
      },
      table({ header, rows }) {
        tables++;
        const inline = (cells: Tokens.TableCell[]) =>
          cells.map(({ tokens }) => this.parser.parseInline(tokens));
        const figures = header.flatMap(({ align }, index) => (align === "right" ? [index] : []));
        return table(`Table ${tables}`, inline(header), rows.map(inline), figures, true);
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        if (/^https:|^#/.test(href)) return `<a href="${escapeHtml(href)}">${inner}</a>`;
        const [file, fragment] = href.split("/").at(-1)!.split("#") as [string, string?];
        const page = PAGES[file];
        // Other files are in the repository only.
        return page ? `<a href="${page}${fragment ? `#${fragment}` : ""}">${inner}</a>` : inner;
      },
    },
  });
  return marked.parse(text.replace(/<!--[\s\S]*?-->\n*/g, ""), { async: false });
}
