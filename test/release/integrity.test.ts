/** The printed tag in real browsers: the file that was released runs, a tampered one does not. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { aliasUrl, listBuilds } from "../../scripts/release/describe.ts";
import { layout } from "../../scripts/release/folders.ts";
import { type RunningNginx, serveRelease } from "../../scripts/release/nginx.ts";
import { release } from "../../scripts/release/publish.ts";
import { type EachEngine, eachEngine, type Page } from "../support/browsers.ts";
import { html, openSite, type Site } from "../support/site.ts";
import { makeDist } from "./support.ts";

/** Two engines of their own making; a third would say nothing new of a header and a hash, and takes the longest to start. */
const ENGINES = ["chromium", "firefox"] as const;

const flows = ({ test, engine }: EachEngine) => {
  let folder: string;
  let root: string;
  let server: RunningNginx;
  let site: Site;
  let opened: Page | undefined;
  /** The page's script elements, and a header for it. */
  let page = { tag: "", coep: false };

  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), "integrity-"));
    root = join(folder, "cdn");
    await release({ root, from: await makeDist(join(folder, "dist"), "7") });
    server = await serveRelease(root);
    // Another port is another origin: the script comes from a foreign host, as on every page that uses it.
    site = await openSite(() =>
      html(
        `<script>state = "waiting"</script>${page.tag}`,
        page.coep ? { "cross-origin-embedder-policy": "require-corp" } : {},
      ),
    );
  });
  test.after(async () => {
    await opened?.dispose();
    await site.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What became of the script: "SE 7", or "refused". */
  const load = async (tag: string, coep = false): Promise<string> => {
    const watched = tag.replace(
      "<script ",
      `<script onload="state = 'SE ' + SE.version" onerror="state = 'refused'" `,
    );
    page = { tag: watched, coep };
    opened ??= await engine().newPage();
    // Each page has its own address, and each script too: no answer comes from the browser's cache.
    await opened.goto(`${site.origin}/${Math.random()}`);
    await opened.waitFor('state !== "waiting"');
    return (await opened.evaluate("state")) as string;
  };
  let loads = 0;
  const fresh = (tag: string) => tag.replace("all.js", `all.js?${loads++}`);
  const printedTag = async () => (await listBuilds(root, server.http))[0]!.tag!;

  test("the printed tag loads the build", async () => {
    assert.is(await load(fresh(await printedTag())), "SE 7");
  });

  test("the alias loads, with crossorigin and without, and on a page that asks for CORP", async () => {
    const alias = `<script src="${aliasUrl(server.http)}"></script>`;
    assert.is(await load(fresh(alias)), "SE 7");
    assert.is(await load(fresh(alias).replace("<script", "<script crossorigin")), "SE 7");
    assert.is(await load(fresh(alias), true), "SE 7");
    assert.is(await load(fresh(await printedTag()), true), "SE 7");
  });

  test("a tampered file does not run, in whichever form it comes; without the hash it would", async () => {
    const tag = await printedTag();
    const tampered = 'window.SE={version:"tampered"};\n';
    const build = layout(root).build("7");
    await writeFile(join(build, "all.js"), tampered);
    await writeFile(join(build, "all.js.gz"), gzipSync(tampered));
    await writeFile(join(build, "all.js.br"), brotliCompressSync(tampered));
    assert.is(await load(fresh(tag)), "refused");
    assert.is(await load(fresh(tag.replace(/ integrity="[^"]+"/, ""))), "SE tampered");
  });
};

eachEngine("subresource integrity", flows, ENGINES);
