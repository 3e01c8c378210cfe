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

/**
 * What unpacks the Chromium of the npm package @sparticuz/chromium, which is built for Linux on x64 and does not bring all libraries
 * along. Undefined where it cannot run.
 */
export function npmChromium(): (() => Promise<string>) | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const known = execFileSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  if (["libnss3.so", "libnspr4.so", "libexpat.so.1"].some((file) => !known.includes(file))) return undefined;
  return async () => (await import("@sparticuz/chromium")).default.executablePath();
}
