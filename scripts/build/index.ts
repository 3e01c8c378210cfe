import { constantsOf, type Target } from "../config.ts";
import type { Artifact, BuildOptions, Code } from "./artifact.ts";
import { cached } from "./cache.ts";
import { brotli, gzip } from "./compress.ts";
import { guard } from "./guard.ts";
import { completeNames, minify } from "./minify.ts";
import { readNames } from "./names.ts";
import { checkBuildNumber, stamp } from "./stamp.ts";
import { readSource, type SourceEdit, transform } from "./transform.ts";

/** Transformed and minified, the build number's placeholder still in: what every build number has in common. */
export async function prepare(
  target: Target,
  options: Pick<BuildOptions, "tier">,
  edit?: SourceEdit,
): Promise<Code> {
  const source = await readSource(target, edit);
  const letters = readNames()[target.name] ?? {};
  let complete = letters;
  const make = async (): Promise<string> => {
    const transformed = await transform(target, options.tier, () => source);
    complete = await completeNames(target, transformed, letters);
    return JSON.stringify(await minify(target, transformed, complete));
  };
  const parts = ["prepare", JSON.stringify([target, constantsOf(options.tier), letters]), source];
  // What took free letters is made anew each time, and says so each time.
  const made = await cached(parts, make, () => complete === letters);
  return JSON.parse(Buffer.from(made).toString()) as Code;
}

/** Stamps, guards and compresses what `prepare` made. */
export async function finish(target: Target, options: BuildOptions, prepared: Code): Promise<Artifact> {
  const { code, map } = stamp(prepared, options.buildNumber);
  guard(target, options.tier, code);
  // brotli works on other threads meanwhile.
  const [br, gz] = await Promise.all([brotli(code), gzip(code)]);
  return {
    ...options,
    target,
    name: target.name,
    code,
    map,
    gzip: gz,
    brotli: br,
  };
}

/**
 * Makes one artifact, in memory: transform, rename, minify, stamp, guard, compress.
 *
 * The same input gives the same bytes, wherever and whenever. Throws BuildError when the artifact must not ship;
 * the byte budget is checked by the caller (`gate`), so that a size tool can also measure what is too big.
 */
export async function buildArtifact(
  target: Target,
  options: BuildOptions,
  edit?: SourceEdit,
): Promise<Artifact> {
  checkBuildNumber(options.buildNumber);
  return finish(target, options, await prepare(target, options, edit));
}

export type { Artifact, BuildOptions, Code, Sizes } from "./artifact.ts";
export { BuildError, sizesOf } from "./artifact.ts";
