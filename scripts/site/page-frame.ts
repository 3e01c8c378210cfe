/** What every page has: head, navigation, contents, foot. */
import { escapeHtml } from "./html.ts";

const NAVIGATION = {
  "index.html": "Documentation",
  "playground.html": "Playground",
  "size.html": "Size",
  "app.html": "In an app",
  "develop.html": "Develop locally",
  "migration.html": "Migration",
  "headers.html": "Headers",
  "browsers.html": "Browsers",
  "security.html": "Security",
  "cdn.html": "CDN",
};

/** A page may run its own files and ask the API, and reach no other host. */
export function policyOf(apiOrigin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${apiOrigin}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const plain = (html: string): string => html.replace(/<[^>]+>/g, "");

/** Puts a permalink beside each h2 and h3 with an id, and a list of them before the first h2 if there are three or more. */
function withContents(body: string): string {
  const items: string[] = [];
  const linked = body.replace(/<h([23]) id="([^"]+)">(.*?)<\/h\1>/g, (_, level, id, text) => {
    items.push(`<li class="level-${level}"><a href="#${id}">${plain(text)}</a></li>`);
    return `<h${level} id="${id}">${text} <a class="permalink" href="#${id}" aria-label="Link to: ${plain(text)}">#</a></h${level}>`;
  });
  if (items.length < 3) return linked;
  const list = `<div class="contents" role="navigation" aria-label="On this page"><ul>\n${items.join("\n")}\n</ul></div>\n`;
  return linked.replace("<h2 ", () => `${list}<h2 `);
}

/**
 * The page `name` with `body`, whose h1 is its title; `scripts` are modules of `page/`. `policy` is its Content-Security-Policy, if
 * no server sends one; `edition` is what the foot names.
 */
export function layout(name: string, body: string, scripts: string[], edition: string, policy = ""): string {
  const [, title] = /<h1[^>]*>(.*?)<\/h1>/.exec(body)!;
  const links = Object.entries(NAVIGATION).map(
    ([address, text]) =>
      `<li><a href="${address}"${address === name ? ' aria-current="page"' : ""}>${text}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${policy ? `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">\n` : ""}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Sign in with Stack Exchange through a popup, in about a kilobyte.">
<title>${plain(title!)} - stackexchange-auth</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="site.css">
${scripts.map((script) => `<script type="module" src="${script}"></script>`).join("\n")}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="container">
<nav aria-label="Pages"><ul><li><strong><a href="index.html" class="contrast">stackexchange-auth</a></strong></li></ul><ul>
${links.join("\n")}
</ul></nav>
</header>
<main id="main" class="container" tabindex="-1">
${name === "playground.html" ? body : withContents(body)}
</main>
<footer class="container"><p>stackexchange-auth ${escapeHtml(edition)}. <a href="licence.html">MIT licence</a>. <a href="changelog.html">Changelog</a>.
A re-implementation, not Stack Exchange's own.</p></footer>
</body>
</html>
`;
}
