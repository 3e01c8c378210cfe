/** Gets the browsers that are missing, by the means a machine has: Debian's packages, or a Chromium from npm. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import type { EngineName } from "./types.ts";

const PACKAGES: Record<EngineName, string[]> = {
  chromium: ["chromium"],
  firefox: ["firefox-esr"],
  webkit: ["webkit2gtk-driver", "xvfb"],
  "chromium-headed": ["chromium", "chromium-driver", "xvfb"],
};

/** Debian's names for the libraries that the npm registry's Chromium does not bring along. */
const NPM_CHROMIUM_LIBRARIES = ["libnss3", "libnspr4", "libexpat1"];

/** The Debian packages that hold these engines. */
export function packagesOf(names: readonly EngineName[]): string[] {
  return [...new Set(names.flatMap((name) => PACKAGES[name]))];
}

/**
 * The Chromium of the npm package @sparticuz/chromium, which needs no installation but three libraries of the system.
 * Undefined where it cannot run: it is built for Linux on x64 only, and only for those libraries.
 */
export function npmChromium(): (() => Promise<string>) | undefined {
  if (process.platform !== "linux" || process.arch !== "x64" || missingLibraries().length > 0)
    return undefined;
  try {
    createRequire(import.meta.url).resolve("@sparticuz/chromium");
  } catch {
    return undefined;
  }
  return async () => (await import("@sparticuz/chromium")).default.executablePath();
}

function missingLibraries(): string[] {
  const known = execFileSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  const files = ["libnss3.so", "libnspr4.so", "libexpat.so.1"];
  return NPM_CHROMIUM_LIBRARIES.filter((_, index) => !known.includes(files[index]!));
}

/** Why the npm registry's Chromium does not run here; one sentence. */
export function whyNoNpmChromium(): string {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `the Chromium of the npm registry does not run on ${process.platform} ${process.arch}`;
  }
  return `the Chromium of the npm registry lacks ${missingLibraries().join(", ")}`;
}
