/** Permalinks at a page's headings, and the list of its contents. */

const HEADING = /<h([23]) id="([^"]+)">([\s\S]*?)<\/h\1>/g;

const plain = (html: string): string => html.replace(/<[^>]+>/g, "");

/** A link to each h2 and h3 with an id, beside it. */
export const withPermalinks = (body: string): string =>
  body.replace(
    HEADING,
    (_, level: string, id: string, text: string) =>
      `<h${level} id="${id}">${text} <a class="permalink" href="#${id}" aria-label="Link to: ${plain(text)}">#</a></h${level}>`,
  );

/** The list of a page's h2, each with its h3; nothing for a page of fewer than three headings. */
export function contentsOf(body: string): string {
  const headings = [...body.matchAll(HEADING)].map(([, level, id, text]) => ({
    level,
    id,
    text: plain(text!),
  }));
  if (headings.length < 3) return "";
  const items = headings.map(
    ({ level, id, text }) => `<li class="level-${level}"><a href="#${id}">${text}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><ul>\n${items.join("\n")}\n</ul></nav>\n`;
}

/** Puts the contents before the first h2. */
export function withContents(body: string): string {
  const at = body.search(/<h2 /);
  return withPermalinks(at < 0 ? body : body.slice(0, at) + contentsOf(body) + body.slice(at));
}
