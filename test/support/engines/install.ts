/** Gets the browsers that are missing, by the means a machine has: Debian's packages, or a Chromium from npm. */
import { execFileSync } from "node:child_process";
import type { EngineName } from "./types.ts";

/** The Debian packages that hold the engines. */
export const PACKAGES: Record<EngineName, string[]> = {
  chromium: ["chromium"],
  firefox: ["firefox-esr"],
  webkit: ["webkit2gtk-driver", "xvfb"],
  "chromium-headed": ["chromium", "xvfb"],
};

/** The libraries that the npm registry's Chromium does not bring along, and Debian's packages of them. */
const LIBRARIES = { "libnss3.so": "libnss3", "libnspr4.so": "libnspr4", "libexpat.so.1": "libexpat1" };

/** Why the npm registry's Chromium, which is built for Linux on x64 only, does not run here; "" where it does. */
export function whyNoNpmChromium(): string {
  if (process.platform !== "linux" || process.arch !== "x64")
    return `the Chromium of the npm registry does not run on ${process.platform} ${process.arch}`;
  const known = execFileSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  const missing = Object.entries(LIBRARIES).filter(([file]) => !known.includes(file));
  return missing.length > 0
    ? `the Chromium of the npm registry lacks ${missing.map(([, name]) => name).join(", ")}`
    : "";
}

/** What unpacks the Chromium of the npm package @sparticuz/chromium; undefined where it cannot run. */
export function npmChromium(): (() => Promise<string>) | undefined {
  if (whyNoNpmChromium()) return undefined;
  return async () => (await import("@sparticuz/chromium")).default.executablePath();
}
