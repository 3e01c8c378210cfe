/** `npm run site`: static files that hang together, and ask nothing of any other host. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import { type Artifact, buildArtifact } from "../../scripts/build/index.ts";
import { PRODUCTION, TARGETS } from "../../scripts/config.ts";
import { draw } from "../../scripts/site/chart.ts";
import { documentationPage } from "../../scripts/site/documentation.ts";
import { markdownPage } from "../../scripts/site/markdown.ts";
import { readReference } from "../../scripts/site/reference.ts";
import { writeSite } from "../../scripts/site/write-site.ts";
import type { Entry } from "../../scripts/size/history.ts";
import { REPORT } from "../support/feature-report.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

interface Context {
  folder: string;
  artifacts: Artifact[];
  names: string[];
  pages: Map<string, Document>;
}

const test = suite<Context>("site", {} as Context);

const read = ({ folder }: Context, name: string): string => readFileSync(join(folder, name), "utf8");
const parse = (html: string): Document => parseHTML(html).document;

test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "site-"));
  context.artifacts = await Promise.all(
    TARGETS.map((target) => buildArtifact(target, { tier: PRODUCTION, buildNumber: "77" })),
  );
  const { folder: out, artifacts } = context;
  context.names = await writeSite({ out, artifacts, features: async () => REPORT });
  const pages = context.names.filter((name) => name.endsWith(".html"));
  context.pages = new Map(pages.map((name) => [name, parse(read(context, name))]));
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test("the files that it says it wrote are there, and no others; scripts import only those", (context) => {
  const { folder, names } = context;
  assert.equal(readdirSync(folder).sort(), [...names].sort());
  for (const name of ["index.html", "404.html", "changelog.html", "history.svg", "worker.js"])
    assert.ok(names.includes(name), name);
  for (const name of names.filter((each) => each.endsWith(".js") && each !== "all.js"))
    for (const [, module] of read(context, name).matchAll(/from "\.\/([^"]+)"/g))
      assert.ok(names.includes(module!), `${name}: ${module}`);
});

test("each page: policy, one h1, no inline script or style, ids, foot; what it links or loads is there", (context) => {
  for (const [page, document] of context.pages) {
    const all = (selector: string) => [...document.querySelectorAll(selector)];
    const policy = all("meta[http-equiv=Content-Security-Policy]")[0]!.getAttribute("content")!;
    for (const part of [
      "default-src 'none'",
      "script-src 'self'; style-src",
      "connect-src 'self' https://api.st",
    ])
      assert.match(policy, part);
    assert.is(all("h1").length, 1, page);
    assert.equal(all("style, [style], script:not([src])"), [], page);
    assert.match(all("footer")[0]!.textContent!, /stackexchange-auth \d+\.\d+\.\d+, build 77\./);
    const ids = all("[id]").map(({ id }) => id);
    assert.equal([...new Set(ids)], ids, page);
    const listed = all(".contents a").map((link) => link.getAttribute("href"));
    const linked = all("main .permalink").map((link) => link.getAttribute("href"));
    assert.equal(listed, linked.length < 3 ? [] : linked, page);
    for (const element of all("[href], [src]")) {
      const address = element.getAttribute("href") ?? element.getAttribute("src")!;
      // A link may lead elsewhere; nothing may be loaded from there.
      if (/^https:/.test(address)) assert.is(element.localName, "a", `${page}: ${address}`);
      if (/^(https|data):/.test(address)) continue;
      const [file, fragment] = address.split("#") as [string, string?];
      assert.ok(context.names.includes(file || page), `${page}: ${address}`);
      if (fragment)
        assert.ok(context.pages.get(file || page)!.getElementById(fragment), `${page}: ${address}`);
    }
    assert.not.match(read(context, page), /src=(&quot;|")https:\/\/api\.stackexchange\.com/, page);
  }
  for (const page of ["index.html", "app.html", "security.html", "size.html"])
    assert.ok(context.pages.get(page)!.querySelector(".contents"), page);
});

test("it says that it has no server, and has the build whose hash it shows", (context) => {
  const tier = JSON.parse(read(context, "tier.json"));
  assert.equal([tier.live, tier.origins.login], [false, PRODUCTION.loginOrigin]);
  const { files } = JSON.parse(read(context, "manifest.json"));
  assert.match(read(context, "index.html"), files["all.js"].integrity);
  assert.is(read(context, "all.js"), context.artifacts[0]!.code);
});

test("the tags are for a script beside the page, or for the origin that is given", (context) => {
  const manifest = JSON.parse(read(context, "manifest.json"));
  const cdn = parse(documentationPage(manifest, readReference(), "https://cdn.example"));
  for (const [page, alias, pinned] of [
    [context.pages.get("index.html")!, "all.js", "all.js"],
    [cdn, "https://cdn.example/js/2.0/all.js", "https://cdn.example/js/2.0/77/all.js"],
  ] as const) {
    assert.is(page.getElementById("script-alias")!.textContent, `<script src="${alias}"></script>`);
    const tag = page.getElementById("script-pinned")!.textContent!;
    assert.ok(tag.startsWith(`<script src="${pinned}"\n  integrity="sha384-`), tag);
  }
});

test("the reference shows every name of the types, and refuses an interface without a section by name", (context) => {
  const reference = readReference();
  const { interfaces, errors, scopes } = reference;
  const names = [...interfaces.flatMap(({ members }) => members), ...errors].map(({ name }) => name);
  for (const name of [...names, ...scopes.names])
    assert.match(read(context, "index.html"), `<code>${name}</code>`);
  interfaces.push({ ...interfaces[0]!, name: "Forgotten" });
  const manifest = JSON.parse(read(context, "manifest.json"));
  throwsWith(() => documentationPage(manifest, reference), "no section for Forgotten");
});

test("the size page: the features' column is the tool's, and adds up", ({ pages }) => {
  const rows = [...pages.get("size.html")!.querySelectorAll("#costs tbody tr")];
  assert.is(rows[0]!.querySelector("th")!.textContent, "one <feature>");
  const figures = rows.map((row) => Number(row.querySelectorAll("td")[1]!.textContent!.replace(",", "")));
  const total = figures.pop();
  assert.is(
    figures.reduce((sum, figure) => sum + figure, 0),
    total,
  );
});

test("Markdown: tools' marks go, links to files that are no pages become text", () => {
  const html = markdownPage(
    "# A `b`\n\n<!-- figures: x -->\n\n[one](../SECURITY.md#x) [two](src/all.ts) [three](https://a.example)\n",
  );
  assert.match(html, '<h1 id="a-b">A <code>b</code></h1>');
  assert.match(html, '<a href="security.html#x">one</a> two <a href="https://a.example">three</a>');
  assert.not.match(html, "figures");
});

test("the chart: no script, both colour schemes, every entry, nothing of a reason left as markup", () => {
  const entry = (gzip: number, brotli: number, reason: string): Entry => ({
    ...{ commit: null, buildNumber: "1000", sizes: { "all.js": { raw: 2000, gzip, brotli } }, reason },
  });
  const svg = draw([entry(1327, 1119, "why"), entry(1226, 1018, '<script>alert("1")</script> & more')]);
  assert.not.match(svg, /<script|\son\w+=|href=/);
  assert.match(svg, "@media (prefers-color-scheme: dark)");
  assert.match(svg, "brotli 1018 B</text>");
  assert.match(svg, "Now: all.js 1226 B gzip, 1018 B brotli.");
  assert.is(svg.match(/<circle/g)?.length, 4);
});

test.run();
