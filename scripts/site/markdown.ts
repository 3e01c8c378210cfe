/** Converts a Markdown file of the repository to HTML. The files are our own, so they are trusted. */
import { basename } from "node:path";
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
export const DOCUMENTS: Record<string, string> = {
  "app.html": "scripts/site/content/app.md",
  "develop.html": "scripts/site/content/develop.md",
  "migration.html": "scripts/site/content/migration.md",
  "headers.html": "scripts/site/content/headers.md",
  "browsers.html": "scripts/site/content/browsers.md",
  "security.html": ".github/SECURITY.md",
  "cdn.html": "scripts/site/content/cdn.md",
  "changelog.html": "CHANGELOG.md",
};

/** The page for a file; undefined for one that is in the repository only. */
function pageOf(file: string): string | undefined {
  if (file === "README.md") return "index.html";
  return Object.keys(DOCUMENTS).find((page) => basename(DOCUMENTS[page]!) === file);
}

const slug = (html: string): string =>
  html
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
      code: ({ text: source, lang }) => snippet(`code-${++codes}`, LANGUAGES[lang ?? ""] ?? "Code", source),
      table({ header, rows }) {
        const inline = (cells: Tokens.TableCell[]) =>
          cells.map(({ tokens }) => this.parser.parseInline(tokens));
        const figures = header.flatMap(({ align }, index) => (align === "right" ? [index] : []));
        return table(`Table ${++tables}`, inline(header), rows.map(inline), figures, true);
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const [file, ...fragment] = basename(href).split("#");
        const target = /^https:|^#/.test(href) ? href : [pageOf(file!), ...fragment].join("#");
        return pageOf(file!) || target === href ? `<a href="${escapeHtml(target)}">${inner}</a>` : inner;
      },
    },
  });
  return marked.parse(text.replace(/<!--[\s\S]*?-->\n*/g, ""), { async: false });
}
