/**
 * All that the build and the size tools know about this SDK. Another library uses them by changing this file alone:
 * CONTRIBUTING.md says how, and test/toolchain/another-library.test.ts does it.
 */
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
export const localTier = (loginOrigin: string, apiOrigin: string): Tier => {
  return { name: "dev", loginOrigin, apiUrl: `${apiOrigin}/2.0` };
};

/** The dev tier's three ports follow each other: site, login, API. Loopback only. */
export const DEV_HOST = "127.0.0.1";
export const DEV_PORT = 8700;

/** The dev tier whose site listens on `port`. */
export const devTier = (port: number = DEV_PORT): Tier =>
  localTier(`http://${DEV_HOST}:${port + 1}`, `http://${DEV_HOST}:${port + 2}`);

/** The tiers that `npm run build -- --tier` knows by name. */
export const TIERS: Record<string, Tier> = { dev: devTier(), production: PRODUCTION };

/** A server whose address can be given to the build. */
export interface Server {
  /** Its field in a tier and in the manifest: the flag's words, as commander joins them. */
  key: keyof Omit<Tier, "name">;
  flag: string;
  /** What `--help` says of it. */
  what: string;
  /** An address that it takes. One with a path says that it may have one. */
  example: string;
}

export const SERVERS: readonly Server[] = [
  {
    key: "loginOrigin",
    flag: "--login-origin",
    what: "another server for the dialog",
    example: "https://team.example",
  },
  {
    key: "apiUrl",
    flag: "--api-url",
    what: "its API with the version",
    example: "https://team.example/api/2.3",
  },
];

/** The build number's place in an artifact until it is known. A string, so that every format of number stays possible. */
export const STAMP = "@@BuildNumber@@";

/** Whether each artifact carries its build number. One that does must hold the placeholder exactly once. */
export const NUMBERED: boolean = true;

/** The constants of `src/env.d.ts`, each with its text in a build for `tier`. */
export const constantsOf = ({ loginOrigin, apiUrl }: Tier): Record<string, string> => {
  return { LOGIN_ORIGIN: loginOrigin, API_URL: apiUrl, BUILD_NUMBER: STAMP };
};

/** What no artifact for `tier` may hold, and what the guard calls it. */
export const forbiddenIn = (tier: Tier): readonly (readonly [pattern: RegExp, what: string])[] => [
  [/@@/, "a placeholder was left in"],
  [/\beval\b|\bFunction\(/, "eval, or the Function constructor"],
  ...(tier.name === "dev" ? [] : [[/localhost|127\.0\.0\.1/, "a dev URL in a build that ships"] as const]),
];

/** One file that ships, and how it is made from `src/`. */
export interface Target {
  /** The file's name in `dist/`. */
  name: string;
  /** Its whole source, from the project's root. */
  entry: string;
  format: "iife" | "esm";
  /** The newest ECMAScript syntax that the artifact may hold, 5 or the year from 2015 on; 3 also refuses reserved words as names. */
  ecmaVersion: 3 | 5 | 2015 | 2016 | 2017 | 2018 | 2019 | 2020 | 2021 | 2022;
  /** terser's compress options. `unsafe` stays off: it deletes a replace(pattern, callback) whose result is not used. */
  compress: CompressOptions;
  /** A script's own: a module leaves no globals. */
  script?: {
    /** The globals that it makes, and no others. */
    globals: readonly string[];
    /** Code that makes what the script finds where it is loaded. */
    page: string;
  };
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
  script: { globals: ["SE"], page: "var window = this, document = {}, location = {};" },
};

export const INDEX_MJS: Target = {
  name: "index.mjs",
  entry: "src/index.ts",
  format: "esm",
  ecmaVersion: 2020,
  compress: { passes: 4, lhs_constants: false, unused: false },
};

/** The first one is the one that a commit message's `Size:` line speaks of when it names none. */
export const TARGETS: readonly Target[] = [ALL_JS, INDEX_MJS];

/** No artifact may be larger than this, compressed with gzip or with brotli. Bytes. */
export const HARD_BUDGET = 2048;

/** Tools of `npm run size` that know this SDK: what each does, and its script, which exports `main`. */
export const MORE_SIZE_TOOLS: Record<string, readonly [what: string, script: string]> = {
  wire: ["counts a response's bytes on the wire", "scripts/release/wire.ts"],
  peers: ["measures other popup logins", "scripts/site/peers.ts"],
};

/** The script with the FEATURES that `npm run size -- features` cuts out; null where no one listed them. */
export const FEATURES_SCRIPT: string | null = "scripts/size/features/table.ts";

/** The script whose `documentsFor(artifacts)` gives the documents that name other sizes, by path; null where none names them. */
export const DOCUMENTS_SCRIPT: string | null = "scripts/site/figures.ts";
