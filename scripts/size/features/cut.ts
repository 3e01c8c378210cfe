/** Cuts features out of a source, so that a build can say what each of them costs. */
import { CheckError } from "../../cli.ts";

/** One place of a feature: the code, which must be there once, and what replaces it without the feature. */
export type Cut = readonly [find: string, replace: string];

export interface Feature {
  name: string;
  /** What a user loses without it. */
  without: string;
  /** By artifact. How the code is spaced and commented does not count. */
  cuts: Partial<Record<string, readonly Cut[]>>;
}

interface Range {
  feature: string;
  start: number;
  end: number;
  replace: string;
}

/** White space in the table matches any white space and comments in the source, and " ... " for the least text that fits. */
function pattern(find: string): RegExp {
  const words = find.trim().split(/\s+/);
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  const gap = "(?:\\s|//[^\\n]*\\n)+";
  return new RegExp(escaped.join(gap).replaceAll(`${gap}\\.\\.\\.${gap}`, "[^]*?"), "g");
}

function locate(feature: Feature, [find, replace]: Cut, artifact: string, source: string): Range {
  const found = [...source.matchAll(pattern(find))];
  if (found.length !== 1) {
    const often = found.length === 0 ? "nowhere" : `${found.length} times`;
    throw new CheckError(
      `the feature table is stale: "${feature.name}" is marked by ${JSON.stringify(find)}, ` +
        `which is ${often} in the source of ${artifact}; update scripts/size/features/table.ts`,
    );
  }
  const [match] = found;
  return { feature: feature.name, start: match!.index, end: match!.index + match![0].length, replace };
}

/**
 * `source`, the source of `artifact`, without `features`.
 *
 * A cut inside of another feature's cut goes with it. Throws CheckError, naming the feature, when a cut is not found exactly
 * once, or when two of them overlap in any other way.
 */
export function cutOut(features: readonly Feature[], artifact: string, source: string): string {
  const ranges = features.flatMap((feature) =>
    (feature.cuts[artifact] ?? []).map((cut) => locate(feature, cut, artifact, source)),
  );
  // The outer one of two comes first.
  ranges.sort((a, b) => a.start - b.start || b.end - a.end);
  let text = "";
  let at = 0;
  let last: Range | null = null;
  for (const range of ranges) {
    if (last && range.start < last.end) {
      if (range.end > last.end)
        throw new CheckError(
          `the feature table is wrong: "${last.feature}" and "${range.feature}" overlap in ${artifact}`,
        );
      continue;
    }
    text += source.slice(at, range.start) + range.replace;
    at = range.end;
    last = range;
  }
  return text + source.slice(at);
}
