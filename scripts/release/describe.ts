/** Prints builds, for a person or as JSON. */
import { dirname } from "node:path";
import pc from "picocolors";
import type { ManifestFile } from "../build/emit.ts";
import { CheckError } from "../cli.ts";
import {
  currentNumber,
  missingLinks,
  publishedNumbers,
  readPublished,
  releaseTime,
  scriptOf,
} from "./builds.ts";
import { layout, PREFIX, SCRIPT } from "./folders.ts";
import { checkOpen } from "./modes.ts";
import type { Released } from "./publish.ts";

/** `site` is where the release folder is served; empty when unknown: then addresses start with the path. */
export const urlOf = (build: string, site = "") => `${site}${PREFIX}/${build}/${SCRIPT}`;
export const aliasUrl = (site = "") => `${site}${PREFIX}/${SCRIPT}`;

/** The tag for pages that want exactly this build, and no other byte (W3C Subresource Integrity). */
export function scriptTag(build: string, { integrity }: Pick<ManifestFile, "integrity">, site = ""): string {
  return `<script src="${urlOf(build, site)}" integrity="${integrity}" crossorigin></script>`;
}

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

export interface ListedAlias {
  /** The build that it serves; null when it serves none. */
  build: string | null;
  /** Why pages that load it get nothing, or not all forms of it; null when nothing is wrong. */
  problem: string | null;
}

/** What the alias serves, and whether it does. Throws nothing: what is wrong is what it tells. */
export async function checkAlias(root: string): Promise<ListedAlias> {
  const at = layout(root);
  let build: string | null = null;
  try {
    build = await currentNumber(at);
    const missing = await missingLinks(at);
    if (missing.length > 0) {
      throw new CheckError(`${missing.map(at.alias).join(" and ")} is missing: --switch BUILD makes it`);
    }
    if (build === null)
      throw new CheckError("the alias serves nothing yet: --switch BUILD makes it serve a build");
    for (let folder = at.scripts; folder !== at.root; folder = dirname(folder)) await checkOpen(folder);
    await readPublished(at, build);
    return { build, problem: null };
  } catch (error) {
    return { build, problem: (error as Error).message };
  }
}

/** Every build in the folder, oldest first, each one read and checked. */
export async function listBuilds(root: string, site = ""): Promise<ListedBuild[]> {
  const at = layout(root);
  const current = await currentNumber(at).catch(() => null);
  return Promise.all(
    (await publishedNumbers(at)).map(async (number): Promise<ListedBuild> => {
      const time = (await releaseTime(at, number)) ?? 0;
      const common = {
        build: number,
        current: number === current,
        released: new Date(time * 1000).toISOString(),
      };
      try {
        const { manifest } = await readPublished(at, number);
        const script = scriptOf(manifest);
        const { raw, gzip, brotli } = script;
        return {
          ...common,
          commit: manifest.commit,
          sizes: { raw, gzip, brotli },
          tag: scriptTag(number, script, site),
          damage: null,
        };
      } catch (error) {
        return { ...common, commit: null, sizes: null, tag: null, damage: (error as Error).message };
      }
    }),
  );
}

export function describeList(builds: readonly ListedBuild[], alias: ListedAlias): string {
  if (builds.length === 0) return "no build was released here yet";
  const lines = builds
    .map(({ build, current, commit, released, sizes, tag, damage }) => {
      const mark = current ? pc.green("* ") : "  ";
      const facts = sizes ? `${sizes.raw} B, ${sizes.gzip} B gzip, ${sizes.brotli} B brotli` : "";
      const head = `${mark}${pc.bold(build)}  ${released}  ${commit?.slice(0, 10) ?? "no commit"}  ${facts}`;
      return `${head.trimEnd()}\n    ${damage ? pc.red(damage) : tag}`;
    })
    .join("\n");
  const aliasLine = alias.problem ? pc.red(alias.problem) : `serves build ${alias.build}`;
  return `${lines}\n  ${PREFIX}/${SCRIPT}  ${aliasLine}`;
}

/** The same facts as `describeReleased`, for `--json`. */
export function releasedJson({ build, published, before, now }: Released, root: string, site = "") {
  const script = scriptOf(build.manifest);
  return {
    build: build.number,
    commit: build.manifest.commit,
    published,
    alias: { before, now, url: aliasUrl(site) },
    url: urlOf(build.number, site),
    integrity: script.integrity,
    tag: scriptTag(build.number, script, site),
    publicRoot: layout(root).publicRoot,
  };
}

export function describeReleased(released: Released, root: string, site = ""): string {
  const { build, published, before, now } = released;
  const script = scriptOf(build.manifest);
  const alias =
    now === before
      ? now === null
        ? "serves nothing yet"
        : `serves build ${now}, as before`
      : `serves build ${now}${before === null ? "" : ` (before: ${before})`}`;
  return [
    `build ${pc.bold(build.number)} ${published ? "is published" : "was there, the same to the byte"} in ${layout(root).publicRoot}`,
    `  ${PREFIX}/${build.number}/${SCRIPT}  ${script.raw} B  ${script.gzip} B gzip  ${script.brotli} B brotli`,
    `  ${PREFIX}/${SCRIPT} ${alias}`,
    scriptTag(build.number, script, site),
  ].join("\n");
}
