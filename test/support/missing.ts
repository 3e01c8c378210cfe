/** What the tests need of a machine beside Node and git, installed in one go where the machine lets us. */
import { aptInstall } from "../../scripts/apt.ts";
import { findNginx, NGINX_PACKAGES } from "../../scripts/release/nginx.ts";
import { findEngine, program } from "./engines/find.ts";
import { PACKAGES } from "./engines/install.ts";
import type { EngineName } from "./engines/types.ts";

/** Engines that know ES5 and nothing newer: the program, and the Debian package that brings it. */
export const OLD_ENGINES = [
  ["mujs", "mujs"],
  ["duk", "duktape"],
] as const;

/** The Debian packages of the old engines that are not here. */
export const missingOldEngines = (): string[] =>
  OLD_ENGINES.filter(([name]) => !program(name)).map(([, debianPackage]) => debianPackage);

/** Those of browsers. A makeshift is for machines that let us install nothing. */
export const missingBrowsers = (names: readonly EngineName[]): string[] =>
  names.filter((name) => findEngine(name)?.makeshift ?? !findEngine(name)).flatMap((name) => PACKAGES[name]);

/** Those of nginx; none where it is not ours to install (see `requireNginx`). */
export const missingNginx = (): string[] =>
  typeof findNginx() === "string" && (process.getuid?.() === 0 || process.env.CI) ? NGINX_PACKAGES : [];

/** Installs `packages`, before any test runs: apt-get works for one at a time. Who needs one that is still missing says so. */
export function installMissing(packages: readonly string[]): void {
  if (packages.length > 0) aptInstall([...new Set(packages)]);
}
