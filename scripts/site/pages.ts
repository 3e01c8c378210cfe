/** Makes each file of the documentation on demand, so that `npm start` need not wait. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../build/emit.ts";
import { ALL_JS, ROOT } from "../config.ts";
import type { FeatureReport } from "../size/features/cost.ts";
import { measureHeat } from "../size/heat/cost-of-text.ts";
import { readHistory } from "../size/history.ts";
import { type Figures, measureFigures } from "./blocks.ts";
import { draw, titleOf } from "./chart.ts";
import { documentationPage } from "./documentation.ts";
import { escapeHtml } from "./html.ts";
import { markdownPage } from "./markdown.ts";
import { layout, type PageParts } from "./page-frame.ts";
import { readReference } from "./reference.ts";
import { sizePage } from "./size-page.ts";

export interface SiteFile {
  type: string;
  body: string;
}

export interface Site {
  /** The files' names; all in one folder. */
  names: readonly string[];
  /** Undefined for a name that is not among them. */
  file(name: string): Promise<SiteFile | undefined>;
}

export interface SiteOptions {
  /** The build that the documentation describes. */
  manifest: Manifest;
  /** The costs for the artifact with this text; null while they are being measured. */
  features: (code: string) => Promise<FeatureReport | null>;
  /** Builds and measures; `measureFigures` unless given. Called at most once. */
  measure?: () => Promise<Figures>;
  /** Where the script is served, as `release --origin` says; from beside the page unless given. */
  origin?: string;
  /** The policy to put into each page, for hosts that send no header. */
  policy?: string;
}

const HTML = "text/html; charset=utf-8";
const TYPES: Record<string, string> = {
  js: "application/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json; charset=utf-8",
};

const ASSETS = join(ROOT, "scripts/site/page");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** What comes from packages: what the page's modules draw with, and the style that site.css adds to. */
const LIT = "lit-html.js";
const PICO = "node_modules/@picocss/pico/css/pico.min.css";

function asset(name: string): string {
  if (name === LIT) return read(`node_modules/lit-html/${LIT}`);
  return `${name === "site.css" ? read(PICO) : ""}${read(`scripts/site/page/${name}`)}`;
}

/** Pages that are Markdown files of the repository. */
const DOCUMENTS: Record<string, [title: string, path: string]> = {
  "app.html": ["Use it in an app", "scripts/site/content/app.md"],
  "develop.html": ["Develop locally", "scripts/site/content/develop.md"],
  "migration.html": ["Migration", "scripts/site/content/migration.md"],
  "headers.html": ["Headers you must not send", "scripts/site/content/headers.md"],
  "browsers.html": ["Browsers", "scripts/site/content/browsers.md"],
  "security.html": ["Security", ".github/SECURITY.md"],
  "cdn.html": ["The CDN release", "scripts/site/content/cdn.md"],
  "changelog.html": ["Changelog", "CHANGELOG.md"],
};

/** What a host shows for an address that is not there; static hosts look for this name. */
export const NOT_FOUND = "404.html";

/** What each error's name means, for the playground. */
const errorMeanings = (): string =>
  JSON.stringify(Object.fromEntries(readReference().errors.map(({ name, doc }) => [name, doc])));

export function openSite(options: SiteOptions): Site {
  const { manifest, features, origin, policy, measure = measureFigures } = options;
  const documents = Object.keys(DOCUMENTS).filter((name) => existsSync(join(ROOT, DOCUMENTS[name]![1])));
  const assets = [...readdirSync(ASSETS).filter((name) => /\.(js|css)$/.test(name)), LIT];
  const pages = ["index.html", "playground.html", "size.html", ...documents, "licence.html", NOT_FOUND];
  const { version } = JSON.parse(read("package.json")) as { version: string };
  const ledger = readHistory();
  const edition = { version, buildNumber: manifest.buildNumber };
  const names = [...pages, ...assets, "errors.json", ...(ledger.length > 0 ? ["history.svg"] : [])];
  // Measured once for all visits.
  let measured: Promise<Figures> | undefined;

  async function parts(name: string): Promise<Omit<PageParts, "name" | "policy">> {
    switch (name) {
      case "index.html":
        return {
          title: "Documentation",
          body: documentationPage(manifest, readReference(), origin),
          scripts: ["copy.js"],
          contents: true,
        };
      case NOT_FOUND:
        return {
          title: "Not found",
          body: `<h1>There is no such page</h1>\n<p>The pages are in the navigation above.</p>`,
        };
      case "licence.html":
        return {
          title: "Licence",
          body: `<h1>Licence</h1>\n<pre>${escapeHtml(read("LICENSE"))}</pre>`,
        };
      case "playground.html":
        return {
          title: "Playground",
          body: readFileSync(join(ASSETS, name), "utf8"),
          scripts: ["playground.js", "copy.js"],
        };
      case "size.html": {
        measured ??= measure();
        const { sizes, peers, artifacts } = await measured;
        const artifact = artifacts.find(({ target }) => target === ALL_JS)!;
        const body = sizePage({
          sizes,
          peers,
          heat: measureHeat(artifact),
          features: await features(artifact.code),
          chart: ledger.length > 0 ? titleOf(ledger) : null,
        });
        return { title: "Size", body, scripts: ["measuring.js"], contents: true };
      }
      default: {
        const [title, path] = DOCUMENTS[name]!;
        return { title, body: markdownPage(read(path)), scripts: ["copy.js"], contents: true };
      }
    }
  }

  return {
    names,
    async file(name) {
      if (!names.includes(name)) return undefined;
      if (name === "errors.json") return { type: TYPES.json!, body: errorMeanings() };
      if (name === "history.svg") return { type: TYPES.svg!, body: draw(ledger) };
      if (!pages.includes(name)) return { type: TYPES[name.split(".").at(-1)!]!, body: asset(name) };
      return { type: HTML, body: layout({ name, policy, ...(await parts(name)) }, names, edition) };
    },
  };
}
