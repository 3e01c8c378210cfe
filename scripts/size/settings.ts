/** What the size gate measures, and where its files are. */

/** Both sides of a comparison are built at this number, so that the commit count moves no figure. */
export const FIXED_NUMBER = "1000";

/**
 * The hundred build numbers that show how much a number alone moves the sizes: spread over all four-digit numbers, and fixed.
 */
export const SAMPLE: readonly string[] = Array.from({ length: 100 }, (_, index) => String(1000 + 89 * index));

/** What a budget allows over the sample's worst, in bytes: a number that the sample lacks may be a little worse. */
export const HEADROOM = 2;

/**
 * Where the measured files are, from the project's root; git ignores it. In a clean clone size-limit says that it cannot find
 * files there, so the name is the command that makes them.
 */
export const MEASURED = ".cache/npm-run-size";

/** From the project's root, as git and size-limit name it. */
export const LIMITS = ".size-limit.json";

export const FORMATS = ["raw", "gzip", "brotli"] as const;
export type Format = (typeof FORMATS)[number];

/** The formats that depend on what the build number's digits are, and not only on how many there are. */
export const COMPRESSED = ["gzip", "brotli"] as const;
export type Compressed = (typeof COMPRESSED)[number];

/** The commands that the gates name. */
export const TIGHTEN = "npm run size -- tighten";
export const ACCEPT = 'npm run size -- accept --reason "..."';
