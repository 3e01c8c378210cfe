/** A report of `npm run size -- features` to draw, because measuring a real one takes a minute. */
import type { FeatureReport } from "../../scripts/size/features.ts";

const sizes = (raw: number, gzip: number, brotli: number) => ({ raw, gzip, brotli });

export const REPORT: FeatureReport = {
  name: "all.js",
  buildNumber: "1000",
  total: sizes(2200, 1100, 900),
  features: [
    { name: "one <feature>", without: "nothing & nobody", cost: sizes(500, 200, 150) },
    { name: "another", without: "less", cost: sizes(100, 50, 40) },
  ],
  rest: sizes(1600, 850, 710),
  noise: sizes(0, 3, 3),
};
