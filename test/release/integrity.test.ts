/** The printed tag in real browsers: the file that was released runs, a tampered one does not. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { aliasUrl, inspect } from "../../scripts/release/describe.ts";
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
  let tag: string;
  let page: () => Response;

  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), "integrity-"));
    root = join(folder, "cdn");
    await release({ root, from: await makeDist(join(folder, "dist"), "7") });
    server = await serveRelease(root);
    tag = (await inspect(root, server.http)).builds[0]!.tag!;
    // Another port is another origin: the script comes from a foreign host, as on every page that uses it.
    site = await openSite(() => page());
  });
  test.after(async () => {
    await opened?.dispose();
    await site.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What becomes of a script: "SE 7", or "refused". */
  const load = async (script: string, headers: Record<string, string> = {}): Promise<unknown> => {
    // Each page has its own address, and each script too: no answer comes from the browser's cache.
    const fresh = Math.random();
    const watched = script
      .replace("all.js", `all.js?${fresh}`)
      .replace("<script ", `<script onload="state = 'SE ' + SE.version" onerror="state = 'refused'" `);
    page = () => html(`<script>state = "waiting"</script>${watched}`, headers);
    opened ??= await engine().newPage();
    await opened.goto(`${site.origin}/${fresh}`);
    await opened.waitFor('state !== "waiting"');
    return opened.evaluate("state");
  };

  test("the printed tag and the alias load, with crossorigin and without, and on a page that asks for CORP", async () => {
    const alias = `<script src="${aliasUrl(server.http)}"></script>`;
    assert.is(await load(alias.replace("<script", "<script crossorigin")), "SE 7");
    for (const script of [tag, alias]) {
      assert.is(await load(script), "SE 7");
      assert.is(await load(script, { "cross-origin-embedder-policy": "require-corp" }), "SE 7");
    }
  });

  test("a tampered file does not run, in whichever form it comes; without the hash it would", async () => {
    const tampered = 'window.SE={version:"tampered"};\n';
    const build = layout(root).build("7");
    await writeFile(join(build, "all.js"), tampered);
    await writeFile(join(build, "all.js.gz"), gzipSync(tampered));
    await writeFile(join(build, "all.js.br"), brotliCompressSync(tampered));
    assert.is(await load(tag), "refused");
    assert.is(await load(tag.replace(/ integrity="[^"]+"/, "")), "SE tampered");
  });
};

eachEngine("subresource integrity", flows, ENGINES);
