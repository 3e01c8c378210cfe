/**
 * What a step of the build made of the same input before, kept on disk for every process on this machine.
 *
 * The key covers all that the result depends on: the input and the options that the caller names, the text of the build's own
 * scripts, every installed package, Node with its compressors, and the machine. So nothing is ever out of date. A program that
 * must not trust it sets `BUILD_CACHE=off`, as `npm run verify`, `npm run release` and `npm pack` do: then it is neither read nor
 * written. `BUILD_CACHE` may also name another folder.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { ROOT } from "../config.ts";

/** With more files than this the cache begins anew. One is about a kilobyte. */
const MOST_FILES = 20_000;

const hash = (parts: unknown[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex");

/** What works on the input, as it was when this process began. The table of names is input. */
function readTools(): string | null {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const scripts = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name));
  const texts = scripts.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  try {
    // npm writes down here what it has installed: each package with its version and its hash.
    const installed = readFileSync(join(ROOT, "node_modules/.package-lock.json"), "utf8");
    return hash([installed, process.versions, process.platform, process.arch, texts]);
  } catch {
    return null;
  }
}

const TOOLS = readTools();
let roomMade = false;

/** A cache that cannot be written, as in a checkout that is only read, is no failure of a build. */
function write(folder: string, path: string, content: Uint8Array | string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const names = roomMade ? [] : readdirSync(folder);
    roomMade = true;
    if (names.length > MOST_FILES) for (const name of names) rmSync(join(folder, name), { force: true });
    // Renamed into place: another process sees the whole file or none.
    const draft = join(folder, `${randomUUID()}.draft`);
    writeFileSync(draft, gzipSync(content, { level: 1 }));
    renameSync(draft, path);
  } catch {
    // The next process makes it again.
  }
}

/**
 * What `make` gives, or gave before for the same `parts`: all that it depends on beside the build's own scripts and packages.
 * Nothing is kept where it is not known which packages are installed, because npm did not install them.
 */
export async function cached<T extends Uint8Array | string>(
  parts: readonly string[],
  make: () => Promise<T>,
): Promise<T | Uint8Array> {
  if (process.env.BUILD_CACHE === "off" || TOOLS === null) return make();
  const folder = process.env.BUILD_CACHE || join(ROOT, "node_modules/.cache/build");
  const path = join(folder, hash([TOOLS, ...parts]));
  try {
    // gzip's checksum refuses a file that is not whole.
    return gunzipSync(readFileSync(path));
  } catch {
    const made = await make();
    write(folder, path, made);
    return made;
  }
}
