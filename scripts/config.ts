/** One place for what the build may vary: tiers (whose servers), targets (which files), and the hard budget. */
import { fileURLToPath } from "node:url";
import type { CompressOptions } from "terser";

/** The project's root folder, whatever folder a command was started from. Ends with a separator. */
export const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The two servers that an SDK talks to. Neither address has a slash at its end. */
export interface Tier {
  /** "custom": servers that were given to the build, such as those of a Stack Overflow Enterprise. */
  name: "dev" | "production" | "custom";
  /** Serves `/oauth/dialog` and `/oauth/login_success`; its messages are the ones accepted. */
  loginOrigin: string;
  /** The API's address with its version; serves `/me/associated`. */
  apiUrl: string;
}

export const PRODUCTION: Tier = {
  name: "production",
  loginOrigin: "https://stackexchange.com",
  apiUrl: "https://api.stackexchange.com/2.0",
};

/** The origin of a tier's API, as a content policy names it. */
export const apiOriginOf = ({ apiUrl }: Tier): string => new URL(apiUrl).origin;

/** A tier of servers on this machine. */
export const localTier = (loginOrigin: string, apiOrigin: string): Tier => ({
  name: "dev",
  loginOrigin,
  apiUrl: `${apiOrigin}/2.0`,
});

/** The dev tier's three ports follow each other: site, login, API. Loopback only. */
export const DEV_HOST = "127.0.0.1";
export const DEV_PORT = 8700;

/** The dev tier whose site listens on `port`. */
export function devTier(port: number = DEV_PORT): Tier {
  return localTier(`http://${DEV_HOST}:${port + 1}`, `http://${DEV_HOST}:${port + 2}`);
}

/** One file that ships, and how it is made from `src/`. */
export interface Target {
  /** The file's name in `dist/`. */
  name: string;
  /** Its whole source, from the project's root. */
  entry: string;
  format: "iife" | "esm";
  /** The newest ECMAScript syntax that the artifact may hold; 3 also refuses reserved words as names. */
  ecmaVersion: 3 | 2020;
  /** terser's compress options. `unsafe` stays off: it deletes a replace(pattern, callback) whose result is not used. */
  compress: CompressOptions;
}

export const ALL_JS: Target = {
  name: "all.js",
  entry: "src/all.ts",
  format: "iife",
  ecmaVersion: 3,
  compress: {
    // More passes find nothing.
    passes: 2,
    // The source stays as written: with any of these on, the file compresses worse.
    collapse_vars: false,
    lhs_constants: false,
    unused: false,
  },
};

export const INDEX_MJS: Target = {
  name: "index.mjs",
  entry: "src/index.ts",
  format: "esm",
  ecmaVersion: 2020,
  compress: { passes: 4, lhs_constants: false, unused: false },
};

export const TARGETS: readonly Target[] = [ALL_JS, INDEX_MJS];

/** No artifact may be larger than this, compressed with gzip or with brotli. Bytes. */
export const HARD_BUDGET = 2048;
