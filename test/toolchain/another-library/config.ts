/** The only script that another library changes: mitt's module, and a script for pages without modules. No servers, no build number. */
import { fileURLToPath } from "node:url";
import type { CompressOptions } from "terser";

export const ROOT = fileURLToPath(new URL("../", import.meta.url));

export interface Tier {
  name: "production" | "custom";
}

export const PRODUCTION: Tier = { name: "production" };

export const TIERS: Record<string, Tier> = { production: PRODUCTION };

export interface Server {
  key: keyof Omit<Tier, "name">;
  flag: string;
  what: string;
  example: string;
}

export const SERVERS: readonly Server[] = [];

export const STAMP = "@@BuildNumber@@";

export const NUMBERED: boolean = false;

export const constantsOf = (_tier: Tier): Record<string, string> => ({});

export const forbiddenIn = (_tier: Tier): readonly (readonly [pattern: RegExp, what: string])[] => [
  [/console/, "a message on the console"],
];

export interface Target {
  name: string;
  entry: string;
  format: "iife" | "esm";
  ecmaVersion: 3 | 5 | 2015 | 2016 | 2017 | 2018 | 2019 | 2020 | 2021 | 2022;
  compress: CompressOptions;
  script?: { globals: readonly string[]; page: string };
}

export const TARGETS: readonly Target[] = [
  { name: "mitt.mjs", entry: "lib/mitt.ts", format: "esm", ecmaVersion: 2015, compress: {} },
  {
    name: "emitter.js",
    entry: "lib/emitter.ts",
    format: "iife",
    ecmaVersion: 5,
    compress: {},
    script: { globals: ["emitter"], page: "var window = this;" },
  },
];

export const HARD_BUDGET = 300;

export const MORE_SIZE_TOOLS: Record<string, readonly [what: string, script: string]> = {};

export const FEATURES_SCRIPT: string | null = "lib/features.ts";

export const DOCUMENTS_SCRIPT: string | null = null;
