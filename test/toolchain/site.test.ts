/** `npm run site`: static files that hang together, and ask nothing of any other host. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import { type Artifact, buildArtifact } from "../../scripts/build/index.ts";
import { PRODUCTION, ROOT, TARGETS } from "../../scripts/config.ts";
import { documentationPage } from "../../scripts/site/documentation.ts";
import { markdownPage } from "../../scripts/site/markdown.ts";
import { readReference } from "../../scripts/site/reference.ts";
import { writeSite } from "../../scripts/site/write-site.ts";
import { REPORT } from "../support/feature-report.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

interface Context {
  folder: string;
  artifacts: Artifact[];
  names: string[];
}

const test = suite<Context>("site", {} as Context);

test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "site-"));
  context.artifacts = await Promise.all(
    TARGETS.map((target) => buildArtifact(target, { tier: PRODUCTION, buildNumber: "77" })),
  );
  context.names = await writeSite({
    out: context.folder,
    artifacts: context.artifacts,
    features: async () => REPORT,
  });
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const read = ({ folder }: Context, name: string): string => readFileSync(join(folder, name), "utf8");
const pagesOf = ({ names }: Context): string[] => names.filter((name) => name.endsWith(".html"));

test("the files that it says it wrote are there, and no others", ({ folder, names }) => {
  assert.equal(readdirSync(folder).sort(), [...names].sort());
  for (const name of [
    "index.html",
    "playground.html",
    "size.html",
    "headers.html",
    "app.html",
    "changelog.html",
    "404.html",
    "errors.json",
    "history.svg",
    "tier.json",
  ])
    assert.ok(names.includes(name), name);
});

test("every link and every file that a page names is there, and every fragment, too", (context) => {
  let checked = 0;
  for (const page of pagesOf(context)) {
    const { document } = parseHTML(read(context, page));
    for (const element of document.querySelectorAll("[href], [src]")) {
      const address = element.getAttribute("href") ?? element.getAttribute("src")!;
      if (/^(https:|data:)/.test(address)) {
        // A link may lead elsewhere; nothing may be loaded from there.
        assert.ok(element.localName === "a" || address.startsWith("data:"), `${page}: ${address}`);
        continue;
      }
      const [file, fragment] = address.split("#") as [string, string?];
      const target = file || page;
      assert.ok(context.names.includes(target), `${page}: ${address}`);
      if (fragment) {
        const there = parseHTML(read(context, target)).document;
        assert.ok(there.getElementById(fragment), `${page}: ${address}`);
      }
      checked++;
    }
  }
  assert.ok(checked > 50, `${checked} links`);
});

test("each page says its policy itself, has one h1 and no inline script or style", (context) => {
  for (const page of pagesOf(context)) {
    const { document } = parseHTML(read(context, page));
    const policy = document
      .querySelector("meta[http-equiv=Content-Security-Policy]")!
      .getAttribute("content");
    assert.match(policy!, "default-src 'none'");
    assert.match(policy!, "script-src 'self'; style-src");
    assert.match(policy!, "connect-src 'self' https://api.stackexchange.com;");
    assert.is(document.querySelectorAll("h1").length, 1, page);
    assert.is(document.querySelectorAll("style, [style], script:not([src])").length, 0, page);
  }
});

test("each page has its foot and no two of the same id; long ones list their contents", (context) => {
  for (const page of pagesOf(context)) {
    const { document } = parseHTML(read(context, page));
    assert.match(
      document.querySelector("footer")!.textContent!,
      /stackexchange-auth \d+\.\d+\.\d+, build 77\./,
    );
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    assert.equal([...new Set(ids)].length, ids.length, page);
  }
  for (const page of ["index.html", "app.html", "security.html", "size.html"]) {
    const { document } = parseHTML(read(context, page));
    const listed = [...document.querySelectorAll(".contents a")].map((link) => link.getAttribute("href"));
    const linked = [...document.querySelectorAll("main .permalink")].map((link) => link.getAttribute("href"));
    assert.ok(listed.length >= 3, page);
    assert.equal(listed, linked, page);
  }
});

test("scripts import only what was written", (context) => {
  for (const name of context.names.filter((each) => each.endsWith(".js") && each !== "all.js"))
    for (const [, module] of read(context, name).matchAll(/from "\.\/([^"]+)"/g))
      assert.ok(context.names.includes(module!), `${name}: ${module}`);
});

test("it says that it has no server, and has the build whose hash it shows", (context) => {
  const tier = JSON.parse(read(context, "tier.json"));
  assert.is(tier.live, false);
  assert.is(tier.origins.login, PRODUCTION.loginOrigin);
  const { files } = JSON.parse(read(context, "manifest.json"));
  assert.match(read(context, "index.html"), files["all.js"].integrity);
  assert.is(read(context, "all.js"), context.artifacts[0]!.code);
});

test("the tags are for a script beside the page, or for the origin that is given", (context) => {
  const page = parseHTML(read(context, "index.html")).document;
  const tag = (document: Document, id: string) => document.getElementById(id)!.textContent!;
  assert.is(tag(page, "script-alias"), '<script src="all.js"></script>');
  assert.match(tag(page, "script-pinned"), /^<script src="all\.js"\s+integrity="sha384-/);
  const manifest = JSON.parse(read(context, "manifest.json"));
  const cdn = parseHTML(documentationPage(manifest, readReference(), "https://cdn.example")).document;
  assert.is(tag(cdn, "script-alias"), '<script src="https://cdn.example/js/2.0/all.js"></script>');
  assert.match(tag(cdn, "script-pinned"), '<script src="https://cdn.example/js/2.0/77/all.js"');
});

test("no tag anywhere in the documents loads Stack Exchange's own script", (context) => {
  for (const page of pagesOf(context))
    assert.not.match(read(context, page), /src=(&quot;|")https:\/\/api\.stackexchange\.com/, page);
  for (const name of ["README.md", "CONTRIBUTING.md", "scripts/site/content/cdn.md"])
    assert.not.match(readFileSync(join(ROOT, name), "utf8"), 'src="https://api.stackexchange.com', name);
});

test("the reference shows every name of the types", (context) => {
  const page = read(context, "index.html");
  const { interfaces, errors, scopes } = readReference();
  for (const { members } of interfaces)
    for (const { name } of members) assert.match(page, `<code>${name}</code>`);
  for (const { name } of errors) assert.match(page, `<code>${name}</code>`);
  for (const name of scopes.names) assert.match(page, `<code>${name}</code>`);
});

test("an interface that no section shows is refused by name", () => {
  const reference = readReference();
  const [first] = reference.interfaces;
  reference.interfaces.push({ ...first!, name: "Forgotten" });
  const manifest = { buildNumber: "1", commit: null, tier: "production", files: {} };
  throwsWith(() => documentationPage(manifest, reference), "no section for Forgotten");
});

test("the size page: the features' column is the tool's, escaped", (context) => {
  const { document } = parseHTML(read(context, "size.html"));
  const rows = [...document.querySelectorAll("table")]
    .find((each) => each.textContent?.includes("What each feature of all.js costs"))!
    .querySelectorAll("tbody tr");
  const figures = [...rows].map((row) =>
    Number(row.querySelectorAll("td")[1]!.textContent!.replace(",", "")),
  );
  const total = figures.pop();
  assert.is(
    figures.reduce((sum, figure) => sum + figure, 0),
    total,
    "the column adds up",
  );
  assert.is(rows[0]!.querySelector("th")!.textContent, "one <feature>");
});

test("Markdown: tools' marks go, links to files that are no pages become text", () => {
  const html = markdownPage(
    "# A `b`\n\n<!-- figures: x -->\n\n[one](../SECURITY.md) [two](src/all.ts) [three](https://a.example)\n",
  );
  assert.match(html, '<h1 id="a-b">A <code>b</code></h1>');
  assert.match(html, '<a href="security.html">one</a> two <a href="https://a.example">three</a>');
  assert.not.match(html, "figures");
});

test("npm run site: a wrong argument is one line and exit 2", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "scripts/site/write-site.ts", "--nonsense"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  assert.is(status, 2);
  assert.is(stderr.trim().split("\n").length, 1, stderr);
});

test.run();
