/** Measures the working tree's artifacts, as they ship, and what luck does to their sizes. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { brotli, gzip, quickSweep } from "../build/compress.ts";
import { gate } from "../build/guard.ts";
import { type Artifact, type Code, finish, prepare, type Sizes, sizesOf } from "../build/index.ts";
import { type Taken, takenIn } from "../build/names.ts";
import { stamp } from "../build/stamp.ts";
import { SHIPPING, type Sweep } from "../build/sweep.ts";
import { PRODUCTION, ROOT, TARGETS } from "../config.ts";
import { writeTogether } from "../write-together.ts";
import {
  COMPRESSED,
  type Compressed,
  FIXED_NUMBER,
  FORMATS,
  type Format,
  HEADROOM,
  MEASURED,
  SAMPLE,
} from "./settings.ts";

/** How one format behaves over SAMPLE. */
export interface Spread {
  /** Largest size less smallest, in bytes: a change no larger than this may be the encoder's luck. */
  floor: number;
  /** The largest stream. */
  worst: Uint8Array;
}

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

/** One file that size-limit weighs, and the limit that it has: a row of `.size-limit.json`. */
export interface Figure {
  name: string;
  /** From the project's root. */
  path: string;
  content: Uint8Array;
  limit: number;
}

const compressors = { gzip, brotli };

/**
 * Compresses a file at each of the build numbers.
 *
 * The quick sweep is never smaller than what ships, and says which number could be the worst. That one is compressed as it would
 * ship, and if it then is smaller than another's quick size, the other one too. So the worst is exact. The smallest by the quick
 * sweep is compressed so, too.
 */
export async function spreads(
  prepared: Code,
  numbers: readonly string[] = SAMPLE,
  quick?: Sweep,
): Promise<Record<Compressed, Spread>> {
  const codes = numbers.map((number) => stamp(prepared, number).code);
  const sweep = quick ?? (await quickSweep([codes[0]!, codes[codes.length / 2]!]));
  const spread = async (format: Compressed): Promise<Spread> => {
    const streams = await Promise.all(codes.map((code) => compressors[format](code, sweep)));
    const sizes = (): number[] => streams.map(({ length }) => length);
    const exact = new Set<number>();
    const makeExact = async (index: number): Promise<void> => {
      exact.add(index);
      streams[index] = await compressors[format](codes[index]!, SHIPPING);
    };
    await makeExact(sizes().indexOf(Math.min(...sizes())));
    for (;;) {
      const most = Math.max(...sizes());
      const worst = [...exact].find((index) => streams[index]!.length === most);
      if (worst !== undefined) return { floor: most - Math.min(...sizes()), worst: streams[worst]! };
      await makeExact(sizes().indexOf(most));
    }
  };
  // brotli first: it works on other threads while zopfli keeps this one busy.
  const [br, gz] = await Promise.all([spread("brotli"), spread("gzip")]);
  return { gzip: gz, brotli: br };
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
  for (const { name, sizes } of built) gate(name, sizes);
  const measured: Measured[] = [];
  for (const { prepared, ...one } of built) {
    const spread = await spreads(prepared);
    const taken = takenIn(one.name);
    const floorOf = (format: Compressed): number =>
      taken.reduce((sum, { luck }) => sum + luck[format], spread[format].floor);
    measured.push({ ...one, spread, taken, floor: { gzip: floorOf("gzip"), brotli: floorOf("brotli") } });
  }
  return measured;
}

const ENDING = { raw: "", gzip: ".gz", brotli: ".br" };

/** Every file to weigh: at the fixed number, where the limit is the exact byte, and at the worst one. */
export const figuresOf = (measured: readonly Measured[]): Figure[] =>
  measured.flatMap(({ name, artifact, spread }) => {
    const shipping = { ...artifact, raw: Buffer.from(artifact.code) };
    const figure = (format: Format, words: string, folder: string, content: Uint8Array): Figure => ({
      name: `${name} ${format}${words}`,
      path: `${MEASURED}/${folder}${name}${ENDING[format]}`,
      content,
      limit: content.length + (words ? HEADROOM : 0),
    });
    return [
      ...FORMATS.map((format) => figure(format, "", "", shipping[format])),
      ...COMPRESSED.map((format) => figure(format, ", worst build number", "worst/", spread[format].worst)),
    ];
  });

/** Writes the measured files where size-limit looks for them. */
export function writeMeasured(figures: readonly Figure[]): void {
  mkdirSync(join(ROOT, MEASURED, "worst"), { recursive: true });
  writeTogether(new Map(figures.map(({ path, content }) => [path, content])));
}
