/** What every page has: head, navigation, foot. */
import type { Origins } from "../dev-tier/index.ts";
import { withContents } from "./headings.ts";
import { escapeHtml } from "./html.ts";

/** In the order of the navigation. */
export const NAVIGATION = [
  ["index.html", "Documentation"],
  ["playground.html", "Playground"],
  ["size.html", "Size"],
  ["app.html", "In an app"],
  ["develop.html", "Develop locally"],
  ["migration.html", "Migration"],
  ["headers.html", "Headers"],
  ["browsers.html", "Browsers"],
  ["security.html", "Security"],
  ["cdn.html", "CDN"],
] as const;

export interface PageParts {
  /** The file's name; its place in the navigation, too. */
  name: string;
  title: string;
  /** The content of `<main>`, as HTML. */
  body: string;
  /** Modules of `page/` to load. */
  scripts?: string[];
  /** Whether the page lists its contents. */
  contents?: boolean;
  /** The Content-Security-Policy, if no server sends one. */
  policy?: string;
}

/** What the foot names. */
export interface Edition {
  version: string;
  buildNumber: string;
}

/** A page may run its own files and ask the API, and reach no other host. */
export function policyOf(apiOrigin: Origins["api"]): string {
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

export function layout(
  { name, title, body, scripts = [], contents, policy }: PageParts,
  names: readonly string[],
  { version, buildNumber }: Edition,
): string {
  const links = NAVIGATION.filter(([address]) => names.includes(address)).map(
    ([address, text]) =>
      `<li><a href="${address}"${address === name ? ' aria-current="page"' : ""}>${escapeHtml(text)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${policy ? `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">\n` : ""}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Sign in with Stack Exchange through a popup, in about a kilobyte.">
<title>${escapeHtml(title)} - stackexchange-auth</title>
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
${contents ? withContents(body) : body}
</main>
<footer class="container"><p>stackexchange-auth ${escapeHtml(version)}, build ${escapeHtml(buildNumber)}. <a href="licence.html">MIT licence</a>. <a href="changelog.html">Changelog</a>.
A re-implementation, not Stack Exchange's own.</p></footer>
</body>
</html>
`;
}
