import { constantsOf, type Target } from "../config.ts";
import type { Artifact, BuildOptions, Code } from "./artifact.ts";
import { cached } from "./cache.ts";
import { brotli, gzip } from "./compress.ts";
import { guard } from "./guard.ts";
import { type Minified, minify } from "./minify.ts";
import { announce, readNames } from "./names.ts";
import { checkBuildNumber, stamp } from "./stamp.ts";
import { readSource, transform } from "./transform.ts";

/**
 * Transformed and minified, the build number's placeholder still in: what every build number has in common. `edit` changes the source
 * before: `size -- features` cuts features out.
 */
export async function prepare(
  target: Target,
  { tier }: Pick<BuildOptions, "tier">,
  edit: (source: string) => string = (source) => source,
): Promise<Code> {
  const source = edit(readSource(target));
  const letters = readNames()[target.name] ?? {};
  const parts = ["prepare", JSON.stringify([target, constantsOf(tier), letters]), source];
  const made = await cached(parts, async () =>
    JSON.stringify(await minify(target, await transform(target, tier, source), letters)),
  );
  const { code, map, taken } = JSON.parse(Buffer.from(made).toString()) as Minified;
  announce(target.name, taken);
  return { code, map };
}

/** Stamps, guards and compresses what `prepare` made. */
export async function finish(target: Target, options: BuildOptions, prepared: Code): Promise<Artifact> {
  const { code, map } = stamp(prepared, options.buildNumber);
  guard(target, options.tier, code);
  // brotli works on other threads meanwhile.
  const [br, gz] = await Promise.all([brotli(code), gzip(code)]);
  return { ...options, target, name: target.name, code, map, gzip: gz, brotli: br };
}

/**
 * Makes one artifact, in memory: transform, rename, minify, stamp, guard, compress.
 *
 * The same input gives the same bytes, wherever and whenever. Throws BuildError when the artifact must not ship;
 * the byte budget is checked by the caller (`gate`), so that a size tool can also measure what is too big.
 */
export async function buildArtifact(target: Target, options: BuildOptions): Promise<Artifact> {
  checkBuildNumber(options.buildNumber);
  return finish(target, options, await prepare(target, options));
}

export type { Artifact, BuildOptions, Code, Sizes } from "./artifact.ts";
export { BuildError, sizesOf } from "./artifact.ts";
