import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SERVERS, type Tier } from "../config.ts";
import { type Artifact, type Forms, type Sizes, sizesOf } from "./artifact.ts";

/** What `manifest.json` says of one artifact. Sizes in bytes. */
export interface ManifestFile extends Sizes {
  /** SHA-256 of the uncompressed file, in hex. */
  sha256: string;
  /** For the `integrity` attribute: sha384 of the uncompressed file (W3C Subresource Integrity, 3.1). */
  integrity: string;
}

/** `manifest.json`: which build this is, and what its files must be. A custom tier's servers are in it. */
export interface Manifest extends Partial<Omit<Tier, "name">> {
  buildNumber: string;
  /** The commit that was built; null outside a git checkout. */
  commit: string | null;
  tier: string;
  files: Record<string, ManifestFile>;
}

/** What a manifest says of a file. */
export function entryOf(forms: Forms): ManifestFile {
  const sha256 = createHash("sha256").update(forms.code).digest("hex");
  const integrity = `sha384-${createHash("sha384").update(forms.code).digest("base64")}`;
  return { ...sizesOf(forms), sha256, integrity };
}

export function manifestOf(artifacts: readonly Artifact[], commit: string | null): Manifest {
  const { tier, buildNumber } = artifacts[0]!;
  const files: Manifest["files"] = {};
  for (const artifact of artifacts) files[artifact.name] = entryOf(artifact);
  const servers = tier.name === "custom" ? SERVERS.map(({ key }) => [key, tier[key]]) : [];
  return { buildNumber, commit, tier: tier.name, ...Object.fromEntries(servers), files };
}

/** The manifest in folder `out`, or null when there is none that can be read. */
export async function readManifest(out: string): Promise<Manifest | null> {
  return readFile(join(out, "manifest.json"), "utf8")
    .then((text) => JSON.parse(text) as Manifest)
    .catch(() => null);
}

/**
 * Writes the artifacts, their compressed forms, source maps and the manifest into folder `out`.
 *
 * Everything is written beside the old files first and then renamed into place, the manifest last. Before that the files of
 * another build go, its manifest first: whenever it is stopped, no files of two builds are together.
 */
export async function emit(out: string, artifacts: readonly Artifact[], manifest: Manifest): Promise<void> {
  const files = new Map<string, string | Uint8Array>();
  for (const { name, code, gzip, brotli, map } of artifacts) {
    files.set(name, code).set(`${name}.gz`, gzip).set(`${name}.br`, brotli).set(`${name}.map`, map);
  }
  files.set("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);

  const staging = join(out, `.staging-${process.pid}`);
  await mkdir(staging, { recursive: true });
  try {
    for (const [name, content] of files) await writeFile(join(staging, name), content);
    const before = await readFile(join(out, "manifest.json"), "utf8").catch(() => null);
    if (before !== files.get("manifest.json"))
      for (const name of [...files.keys()].reverse()) await rm(join(out, name), { force: true });
    for (const name of files.keys()) await rename(join(staging, name), join(out, name));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
