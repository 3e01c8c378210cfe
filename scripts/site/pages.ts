/** Makes each file of the documentation on demand, so that `npm start` need not wait. */
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Manifest } from "../build/emit.ts";
import { ALL_JS, ROOT } from "../config.ts";
import type { FeatureReport } from "../size/features.ts";
import { measureHeat } from "../size/heat.ts";
import { readHistory } from "../size/history.ts";
import { type Figures, measureFigures } from "./blocks.ts";
import { draw, titleOf } from "./chart.ts";
import { documentationPage } from "./documentation.ts";
import { escapeHtml } from "./html.ts";
import { DOCUMENTS, markdownPage } from "./markdown.ts";
import { layout } from "./page-frame.ts";
import { readReference } from "./reference.ts";
import { sizePage } from "./size-page.ts";

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

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "application/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json; charset=utf-8",
};

/** The modules of a page, besides the Copy buttons. */
const SCRIPTS: Record<string, string> = { "playground.html": "playground.js", "size.html": "measuring.js" };

/** What a host shows for an address that is not there; static hosts look for this name. */
export const NOT_FOUND = "404.html";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The site's files, all in one folder: their names, and each by its name; undefined for one that is not among them. */
export function openSite(options: SiteOptions) {
  const { manifest, features, origin, policy, measure = measureFigures } = options;
  const { version } = JSON.parse(read("package.json")) as { version: string };
  const edition = `${version}, build ${manifest.buildNumber}`;
  const history = readHistory();
  // Measured once for all visits.
  let measured: Promise<Figures> | undefined;

  async function size(): Promise<string> {
    measured ??= measure();
    const { sizes, peers, artifacts } = await measured;
    const artifact = artifacts.find(({ target }) => target === ALL_JS)!;
    const report = await features(artifact.code);
    return sizePage({ sizes, peers, heat: measureHeat(artifact), features: report, chart: titleOf(history) });
  }

  const files = new Map<string, () => string | Promise<string>>();
  const page = (name: string, body: () => string | Promise<string>) => {
    const scripts = [...(SCRIPTS[name] ? [SCRIPTS[name]] : []), "copy.js"];
    files.set(name, async () => layout(name, await body(), scripts, edition, policy));
  };
  page("index.html", () => documentationPage(manifest, readReference(), origin));
  page("playground.html", () => read("scripts/site/page/playground.html"));
  page("size.html", size);
  for (const [name, path] of Object.entries(DOCUMENTS)) page(name, () => markdownPage(read(path)));
  page("licence.html", () => `<h1>Licence</h1>\n<pre>${escapeHtml(read("LICENSE"))}</pre>`);
  page(NOT_FOUND, () => "<h1>There is no such page</h1>\n<p>The pages are in the navigation above.</p>");

  for (const name of readdirSync(join(ROOT, "scripts/site/page")).filter((each) => each.endsWith(".js")))
    files.set(name, () => read(`scripts/site/page/${name}`));
  // The packages that the pages draw with: one that the modules import, and the style that ours adds to.
  files.set("lit-html.js", () => read("node_modules/lit-html/lit-html.js"));
  const styles = ["node_modules/@picocss/pico/css/pico.min.css", "scripts/site/page/site.css"];
  files.set("site.css", () => styles.map(read).join("\n"));
  files.set("history.svg", () => draw(history));
  // What each error's name means, for the playground.
  const meanings = () => readReference().errors.map(({ name, doc }) => [name, doc]);
  files.set("errors.json", () => JSON.stringify(Object.fromEntries(meanings())));

  return {
    names: [...files.keys()],
    async file(name: string) {
      const body = await files.get(name)?.();
      return body === undefined ? undefined : { type: TYPES[extname(name)]!, body };
    },
  };
}
