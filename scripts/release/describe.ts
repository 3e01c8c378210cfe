/** Prints builds, for a person or as JSON. */
import pc from "picocolors";
import type { ManifestFile } from "../build/emit.ts";
import { CheckError } from "../cli.ts";
import { currentNumber, publishedBuilds, read, readPublished } from "./builds.ts";
import { FORMS, layout, PREFIX, SCRIPT } from "./folders.ts";
import type { Released } from "./publish.ts";

/** `site` is where the release folder is served; empty when unknown: then addresses start with the path. */
export const urlOf = (build: string, site = "") => `${site}${PREFIX}/${build}/${SCRIPT}`;
export const aliasUrl = (site = "") => `${site}${PREFIX}/${SCRIPT}`;

/** The tag for pages that want exactly this build, and no other byte (W3C Subresource Integrity). */
const scriptTag = (build: string, { integrity }: ManifestFile, site: string): string =>
  `<script src="${urlOf(build, site)}" integrity="${integrity}" crossorigin></script>`;

export interface ListedBuild {
  build: string;
  commit: string | null;
  /** True for the build that the alias serves. */
  current: boolean;
  /** ISO 8601, UTC. */
  released: string;
  /** Bytes. Null when the build is damaged. */
  sizes: { raw: number; gzip: number; brotli: number } | null;
  tag: string | null;
  /** What is wrong with the build; null when nothing is. */
  damage: string | null;
}

/** The build that the alias serves, and why pages that load it do not get all of it; null for none, and for nothing wrong. */
export async function checkAlias(root: string): Promise<{ build: string | null; problem: string | null }> {
  const at = layout(root);
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

/** Every build in the folder, oldest first, each one read and checked. */
export async function listBuilds(root: string, site = ""): Promise<ListedBuild[]> {
  const at = layout(root);
  const serves = await currentNumber(at).catch(() => null);
  const listed = (await publishedBuilds(at)).map(async ({ number, time }): Promise<ListedBuild> => {
    const released = new Date(time * 1000).toISOString();
    const common = { build: number, current: number === serves, released };
    try {
      const { manifest, script } = await readPublished(at, number);
      const { raw, gzip, brotli } = script;
      const tag = scriptTag(number, script, site);
      return { ...common, commit: manifest.commit, sizes: { raw, gzip, brotli }, tag, damage: null };
    } catch (error) {
      return { ...common, commit: null, sizes: null, tag: null, damage: (error as Error).message };
    }
  });
  return Promise.all(listed);
}

export function describeList(
  builds: readonly ListedBuild[],
  alias: Awaited<ReturnType<typeof checkAlias>>,
): string {
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

/** The same facts as `describeReleased`, for `--json`. */
export function releasedJson({ build, published, before, now }: Released, root: string, site = "") {
  return {
    build: build.number,
    commit: build.manifest.commit,
    published,
    alias: { before, now, url: aliasUrl(site) },
    url: urlOf(build.number, site),
    integrity: build.script.integrity,
    tag: scriptTag(build.number, build.script, site),
    publicRoot: layout(root).publicRoot,
  };
}

export function describeReleased(released: Released, root: string, site = ""): string {
  const { build, published, before, now } = released;
  const { raw, gzip, brotli } = build.script;
  const was = now === before ? ", as before" : before === null ? "" : ` (before: ${before})`;
  return [
    `build ${pc.bold(build.number)} ${published ? "is published" : "was there, the same to the byte"} in ${layout(root).publicRoot}`,
    `  ${urlOf(build.number)}  ${raw} B  ${gzip} B gzip  ${brotli} B brotli`,
    `  ${aliasUrl()} ${now === null ? "serves nothing yet" : `serves build ${now}${was}`}`,
    scriptTag(build.number, build.script, site),
  ].join("\n");
}
