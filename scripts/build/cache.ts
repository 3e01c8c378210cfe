/**
 * What a step of the build made of the same input before, kept on disk for every process on this machine.
 *
 * The key covers all that the result depends on: the input and the options that the caller names, the text of the build's own
 * scripts, every installed package, Node with its compressors, and the machine. So nothing is ever out of date. A program that
 * must not trust it sets `BUILD_CACHE=off`, as `npm run verify`, `npm run release` and `npm pack` do: then it is neither read nor
 * written. `BUILD_CACHE` may also name another folder.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../config.ts";

const folder = (): string => process.env.BUILD_CACHE || join(ROOT, "node_modules/.cache/build");

/** With more files than this the cache begins anew. One is about a kilobyte. */
const MOST_FILES = 20_000;

const hash = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** npm writes down here what it has installed: each package with its version and its hash. */
const INSTALLED = join(ROOT, "node_modules/.package-lock.json");

let tools: string | null | undefined;

/**
 * What works on the input. Null where it is not known, because npm did not install it or because a script was edited after
 * this process had begun: then nothing is kept. The table of names is input.
 */
function toolsHash(): string | null {
  if (!existsSync(INSTALLED)) return null;
  const scripts = fileURLToPath(new URL(".", import.meta.url));
  const own = readdirSync(scripts).filter((name) => /\.[jt]s$/.test(name));
  if (own.some((name) => statSync(join(scripts, name)).mtimeMs > performance.timeOrigin)) return null;
  const texts = own.sort().map((name) => [name, readFileSync(join(scripts, name), "utf8")]);
  const machine = [process.versions, process.platform, process.arch];
  return hash(JSON.stringify([readFileSync(INSTALLED, "utf8"), machine, texts]));
}

function makeRoom(): void {
  const names = readdirSync(folder());
  if (names.length > MOST_FILES) for (const name of names) rmSync(join(folder(), name), { force: true });
}

let roomMade = false;

/** A cache that cannot be written, as in a checkout that is only read, is no failure of a build. */
function write(path: string, content: Uint8Array): void {
  try {
    mkdirSync(folder(), { recursive: true });
    if (!roomMade) makeRoom();
    roomMade = true;
    // Renamed into place: another process sees the whole file or none.
    const draft = join(folder(), `${randomUUID()}.draft`);
    writeFileSync(draft, Buffer.concat([Buffer.from(hash(content)), content]));
    renameSync(draft, path);
  } catch {
    // The next process makes it again.
  }
}

/** Undefined when it is not there, or not whole. */
function read(path: string): Uint8Array | undefined {
  try {
    const file = readFileSync(path);
    const content = file.subarray(64);
    return file.toString("latin1", 0, 64) === hash(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What `make` gives, or gave before for the same `parts`: all that it depends on beside the build's own scripts and packages.
 * What `keep` says no to is not kept.
 */
export async function cached<T extends Uint8Array | string>(
  parts: readonly string[],
  make: () => Promise<T>,
  keep: () => boolean = () => true,
): Promise<T | Uint8Array> {
  if (process.env.BUILD_CACHE === "off") return make();
  if (tools === undefined) tools = toolsHash();
  if (tools === null) return make();
  const path = join(folder(), hash(JSON.stringify([tools, ...parts])));
  const before = read(path);
  if (before) return before;
  const made = await make();
  if (keep()) write(path, Buffer.from(made));
  return made;
}
