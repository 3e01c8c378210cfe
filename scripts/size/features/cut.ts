/** Cuts features out of the source, so that a build can say what each of them costs. */

import type { SourceEdit } from "../../build/compile.ts";
import { CheckError } from "../../cli.ts";

/** One place that a feature takes in the source. */
export interface Cut {
  /** The file, from the project's root; src/sdk.ts when not given. */
  file?: string;
  /** The code as it stands there, once. How it is spaced and commented does not count. */
  find: string;
  /** What would stand there without the feature. */
  replace: string;
}

export interface Feature {
  name: string;
  /** What a user of the SDK loses without it. */
  without: string;
  cuts: Cut[];
}

export const MAIN_FILE = "src/sdk.ts";

/** A cut found in a source. */
interface Range {
  feature: string;
  start: number;
  end: number;
  replace: string;
}

/** White space in the table stands for any white space and comments in the source. */
function pattern(find: string): RegExp {
  const words = find.trim().split(/\s+/);
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return new RegExp(escaped.join("(?:\\s|//[^\\n]*\\n)+"), "g");
}

function locate(feature: Feature, cut: Cut, source: string): Range {
  const found = [...source.matchAll(pattern(cut.find))];
  if (found.length !== 1) {
    const often = found.length === 0 ? "nowhere" : `${found.length} times`;
    throw new CheckError(
      `the feature table is stale: "${feature.name}" is marked by ${JSON.stringify(cut.find)}, ` +
        `which stands ${often} in ${cut.file ?? MAIN_FILE}; bring scripts/size/features/table.ts up to date`,
    );
  }
  const [match] = found;
  return {
    feature: feature.name,
    start: match!.index,
    end: match!.index + match![0].length,
    replace: cut.replace,
  };
}

/**
 * `source`, the text of `file`, without `features`.
 *
 * A cut inside of another feature's cut goes with it. Throws CheckError, naming the feature, when a cut is not found exactly
 * once, or when two of them overlap in any other way.
 */
export function cutOut(features: readonly Feature[], file: string, source: string): string {
  const ranges = features.flatMap((feature) =>
    feature.cuts.filter((cut) => (cut.file ?? MAIN_FILE) === file).map((cut) => locate(feature, cut, source)),
  );
  // The outer one of two comes first.
  ranges.sort((a, b) => a.start - b.start || b.end - a.end);
  let text = "";
  let at = 0;
  let last: Range | null = null;
  for (const range of ranges) {
    if (last && range.start < last.end) {
      if (range.end > last.end) {
        throw new CheckError(
          `the feature table is wrong: "${last.feature}" and "${range.feature}" overlap in ${file}`,
        );
      }
      continue;
    }
    text += source.slice(at, range.start) + range.replace;
    at = range.end;
    last = range;
  }
  return text + source.slice(at);
}

/** `cutOut` as the pipeline's hook. */
export function editFor(features: readonly Feature[]): SourceEdit {
  return (path, source) => cutOut(features, path, source);
}

/** Gives each source as it was when it was first read, so that somebody who is editing does not change what is compared. */
export function asFirstRead(): SourceEdit {
  const sources = new Map<string, string>();
  return (path, source) => {
    if (!sources.has(path)) sources.set(path, source);
    return sources.get(path)!;
  };
}
