/** Where everything lies in a release folder. The paths are the contract with web servers, uploads and rollbacks. */
import { join } from "node:path";
import { BuildError } from "../build/artifact.ts";
import { checkBuildNumber } from "../build/stamp.ts";
import { ALL_JS } from "../config.ts";

/** Where the SDK lives under its origin, as it has since version 2.0 of the API. */
export const PREFIX = "/js/2.0";

/** The file that pages load, and what it is called in every build. */
export const SCRIPT = ALL_JS.name;

/** The three forms of the script: they are published, and switched, together. */
export const FORMS = [SCRIPT, `${SCRIPT}.gz`, `${SCRIPT}.br`] as const;

/** Everything in the public folder of a build. */
export const PUBLIC_FILES = [...FORMS, "manifest.json"] as const;

export const MAP = `${SCRIPT}.map`;

/**
 * The paths in release folder `root`:
 *
 *     public/                          what a web server serves, and nothing else
 *       _headers                       for static hosts
 *       js/2.0/<build>/all.js{,.gz,.br}, manifest.json
 *       js/2.0/all.js{,.gz,.br}        three links to ../../../current/, made once, never changed
 *     current -> public/js/2.0/<build> the one link that a switch replaces
 *     nginx.conf                       for nginx, to be included in a server block
 *     private/maps/<build>/all.js.map  never served
 *     private/origin                   where the folder is served, as the last --origin said
 *     private/lock, staging/, next     of a running (or a killed) release
 */
export function layout(root: string) {
  const publicRoot = join(root, "public");
  const scripts = join(publicRoot, PREFIX);
  const privateRoot = join(root, "private");
  return {
    root,
    publicRoot,
    scripts,
    build: (build: string) => join(scripts, build),
    alias: (form: string) => join(scripts, form),
    current: join(root, "current"),
    headers: join(publicRoot, "_headers"),
    nginx: join(root, "nginx.conf"),
    privateRoot,
    maps: (build: string) => join(privateRoot, "maps", build),
    origin: join(privateRoot, "origin"),
    lock: join(privateRoot, "lock"),
    staging: join(privateRoot, "staging"),
    /** The next `current`. Not in the staging folder: to make one takes space, and a link takes none. */
    next: join(privateRoot, "next"),
  };
}

export type Layout = ReturnType<typeof layout>;

/**
 * Returns the build number when it can also be a folder beside the alias; throws BuildError otherwise. A hundred characters are
 * enough, and well below the 255 bytes of a file system.
 */
export function checkFolderName(build: string): string {
  checkBuildNumber(build);
  if (/^[A-Za-z0-9].{0,99}$/.test(build) && !build.startsWith(SCRIPT)) return build;
  throw new BuildError(
    `the build number ${JSON.stringify(build.slice(0, 101))} is refused for a release: it must start with a letter or a ` +
      `digit, and not with "${SCRIPT}", and have at most 100 characters`,
  );
}
