/** Prints builds, for a person or as JSON. */
import pc from "picocolors";
import type { ManifestFile } from "../build/emit.ts";
import { CheckError } from "../cli.ts";
import { currentNumber, publishedBuilds, read, readPublished } from "./builds.ts";
import { FORMS, type Layout, layout, PREFIX, SCRIPT } from "./folders.ts";
import type { Released } from "./publish.ts";

/** `site` is where the release folder is served; empty when unknown: then addresses start with the path. */
export const urlOf = (build: string, site = "") => `${site}${PREFIX}/${build}/${SCRIPT}`;
export const aliasUrl = (site = "") => `${site}${PREFIX}/${SCRIPT}`;

/** The tag for pages that want exactly this build, and no other byte (W3C Subresource Integrity). */
const scriptTag = (build: string, { integrity }: ManifestFile, site: string): string =>
  `<script src="${urlOf(build, site)}" integrity="${integrity}" crossorigin></script>`;

const sizesOf = ({ raw, gzip, brotli }: ManifestFile) => ({ raw, gzip, brotli });

/** The build that the alias serves, and why pages that load it do not get all of it; null for none, and for nothing wrong. */
async function checkAlias(at: Layout): Promise<{ build: string | null; problem: string | null }> {
  let build: string | null = null;
  try {
    build = await currentNumber(at);
    if (build === null)
      throw new CheckError("the alias serves nothing yet: --switch BUILD makes it serve a build");
    const { files } = await readPublished(at, build);
    for (const form of FORMS) {
      if ((await read(at.scripts, form)).equals(files.get(form)!)) continue;
      throw new CheckError(
        `${at.alias(form)} does not lead to build ${build}: remove it, then --switch BUILD`,
      );
    }
    return { build, problem: null };
  } catch (error) {
    return { build, problem: (error as Error).message };
  }
}

/**
 * The alias, and every build in the folder, oldest first, each one read and checked. `released` is UTC (ISO 8601); of a damaged
 * build, what is not known is null, and `damage` says what is wrong.
 */
export async function inspect(root: string, site = "") {
  const at = layout(root);
  const alias = await checkAlias(at);
  const builds = (await publishedBuilds(at)).map(async ({ number, time }) => {
    const released = new Date(time * 1000).toISOString();
    const common = { build: number, current: number === alias.build, released };
    try {
      const { manifest, script } = await readPublished(at, number);
      const tag = scriptTag(number, script, site);
      return { ...common, commit: manifest.commit, sizes: sizesOf(script), tag, damage: null };
    } catch (error) {
      return { ...common, commit: null, sizes: null, tag: null, damage: (error as Error).message };
    }
  });
  return { alias, builds: await Promise.all(builds) };
}

export function describeList({ alias, builds }: Awaited<ReturnType<typeof inspect>>): string {
  if (builds.length === 0) return "no build was released here yet";
  const lines = builds.map(({ build, current, commit, released, sizes, tag, damage }) => {
    const mark = current ? pc.green("* ") : "  ";
    const facts = sizes ? `${sizes.raw} B, ${sizes.gzip} B gzip, ${sizes.brotli} B brotli` : "";
    const head = `${mark}${pc.bold(build)}  ${released}  ${commit?.slice(0, 10) ?? "no commit"}  ${facts}`;
    return `${head.trimEnd()}\n    ${damage ? pc.red(damage) : tag}`;
  });
  const aliasLine = alias.problem ? pc.red(alias.problem) : `serves build ${alias.build}`;
  return [...lines, `  ${aliasUrl()}  ${aliasLine}`].join("\n");
}

/** What a release or a switch did, for `--json` and for `describeReleased`. */
export function releasedModel({ build, published, before, now }: Released, root: string, site: string) {
  return {
    build: build.number,
    commit: build.manifest.commit,
    published,
    alias: { before, now, url: aliasUrl(site) },
    url: urlOf(build.number, site),
    sizes: sizesOf(build.script),
    integrity: build.script.integrity,
    tag: scriptTag(build.number, build.script, site),
    publicRoot: layout(root).publicRoot,
  };
}

export function describeReleased(model: ReturnType<typeof releasedModel>): string {
  const { build, published, alias, sizes, tag, publicRoot } = model;
  const { before, now } = alias;
  const was = now === before ? ", as before" : before === null ? "" : ` (before: ${before})`;
  return [
    `build ${pc.bold(build)} ${published ? "is published" : "was there, the same to the byte"} in ${publicRoot}`,
    `  ${urlOf(build)}  ${sizes.raw} B  ${sizes.gzip} B gzip  ${sizes.brotli} B brotli`,
    `  ${aliasUrl()} ${now === null ? "serves nothing yet" : `serves build ${now}${was}`}`,
    tag,
  ].join("\n");
}
