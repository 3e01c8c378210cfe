/** What the tests need of a machine beside Node and git. */
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
