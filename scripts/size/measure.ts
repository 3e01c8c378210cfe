/** Measures the working tree's artifacts, as they ship. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sync as brotliSize } from "brotli-size";
import { gate } from "../build/gate.ts";
import { type Artifact, finish, prepare, type Sizes, sizesOf } from "../build/index.ts";
import { type Taken, takenIn } from "../build/names.ts";
import { CheckError } from "../cli.ts";
import { PRODUCTION, ROOT, TARGETS } from "../config.ts";
import { COMPRESSED, type Compressed, ENDING, FIXED_NUMBER, MEASURED } from "./settings.ts";
import { type Spread, spreads } from "./stamps.ts";

/** One artifact at the fixed build number, with what other numbers would do to it. */
export interface Measured {
  name: string;
  sizes: Sizes;
  spread: Record<Compressed, Spread>;
  /** The variables that took a free letter, and the most that luck moves the sizes: the build number, and those letters. */
  taken: readonly Taken[];
  floor: Record<Compressed, number>;
  artifact: Artifact;
}

/** Throws CheckError when a shipping .br is larger than an encoder outside this project needs for the same file. */
export function crossCheck(name: string, code: string, brotli: Uint8Array): void {
  const independent = brotliSize(code);
  if (brotli.length > independent) {
    throw new CheckError(
      `${name}.br is ${brotli.length} B where brotli-size needs ${independent} B: the sweep misses a better stream`,
    );
  }
}

/**
 * Builds and measures every target from the working tree. Throws BuildError when one cannot be built, or is over the hard
 * budget: at once, before the other build numbers are measured.
 */
export async function measureTree(): Promise<Measured[]> {
  const built = await Promise.all(
    TARGETS.map(async (target) => {
      const prepared = await prepare(target, { tier: PRODUCTION });
      const artifact = await finish(target, { tier: PRODUCTION, buildNumber: FIXED_NUMBER }, prepared);
      return { name: artifact.name, sizes: sizesOf(artifact), artifact, prepared };
    }),
  );
  for (const { name, sizes, artifact } of built) {
    gate(name, sizes);
    crossCheck(name, artifact.code, artifact.brotli);
  }
  const measured: Measured[] = [];
  for (const { prepared, ...one } of built) {
    const spread = await spreads(prepared);
    const taken = takenIn(one.name);
    const floorOf = (format: Compressed): number =>
      taken.reduce((sum, { luck }) => sum + luck[format], spread[format].floor);
    const floor = { gzip: floorOf("gzip"), brotli: floorOf("brotli") };
    measured.push({ ...one, spread, taken, floor });
  }
  return measured;
}

/** Where size-limit finds an artifact's file, from the project's root: at the fixed number, or at the worst one. */
export function measuredPath(name: string, format: keyof typeof ENDING, worst = false): string {
  return `${MEASURED}/${worst ? "worst/" : ""}${name}${ENDING[format]}`;
}

/** Writes the measured files where size-limit looks for them, in place of the ones that were there. */
export async function writeMeasured(measured: readonly Measured[]): Promise<void> {
  const files = new Map<string, string | Uint8Array>();
  for (const { name, artifact, spread } of measured) {
    files.set(name, artifact.code).set(`${name}.gz`, artifact.gzip).set(`${name}.br`, artifact.brotli);
    for (const format of COMPRESSED) files.set(`worst/${name}${ENDING[format]}`, spread[format].worst);
  }
  const folder = join(ROOT, MEASURED);
  await rm(join(folder, "worst"), { recursive: true, force: true });
  for (const [name, content] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    // Renamed into place, so that another process never measures half a file.
    await writeFile(`${path}.${process.pid}`, content);
    await rename(`${path}.${process.pid}`, path);
  }
}
