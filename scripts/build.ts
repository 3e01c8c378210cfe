/** `npm run build`: makes everything that ships, checks it, and writes it to `dist/`. */
import { join, resolve } from "node:path";
import { Option } from "commander";
import pc from "picocolors";
import { sizesOf } from "./build/artifact.ts";
import { emit, type Manifest, manifestOf, readManifest } from "./build/emit.ts";
import { gate } from "./build/gate.ts";
import { buildArtifact } from "./build/index.ts";
import { chooseLocalNumber } from "./build/number.ts";
import { type Servers, tierOf } from "./build/servers.ts";
import { isMain, newCommand, runCommand, writing } from "./cli.ts";
import { HARD_BUDGET, PRODUCTION, ROOT, SERVERS, TARGETS, TIERS, type Tier } from "./config.ts";
import { gitOrNull } from "./git.ts";

/** Where the build goes by default. */
export const DIST = join(ROOT, "dist");

export interface BuildRequest {
  buildNumber: string;
  tier?: Tier;
  /** The folder to write to. */
  out?: string;
  /** The budget for each compressed artifact, in bytes. */
  limit?: number;
}

/** Builds every target and writes it out. Throws BuildError, with nothing written, when one must not ship. */
export async function build(request: BuildRequest): Promise<{ manifest: Manifest; before: Manifest | null }> {
  const { buildNumber, tier = PRODUCTION, out = DIST, limit = HARD_BUDGET } = request;
  const before = await readManifest(out);

  const artifacts = await Promise.all(TARGETS.map((target) => buildArtifact(target, { tier, buildNumber })));
  for (const artifact of artifacts) gate(artifact.name, sizesOf(artifact), limit);

  const manifest = manifestOf(artifacts, gitOrNull("rev-parse", "HEAD"));
  await emit(out, artifacts, manifest);
  return { manifest, before };
}

/** One line a file: its three sizes, each with its change since the build before. */
export function describe(manifest: Manifest, before: Manifest | null): string {
  const lines = Object.entries(manifest.files).map(([name, file]) => {
    const sizes = (["raw", "gzip", "brotli"] as const).map((format) => {
      const old = before?.files[name]?.[format];
      const change = old === undefined || old === file[format] ? "" : ` (${old} -> ${file[format]})`;
      return `${file[format]} B ${format}${pc.dim(change)}`;
    });
    return `  ${pc.bold(name)}  ${sizes.join("  ")}`;
  });
  return [`build ${manifest.buildNumber} for the ${manifest.tier} tier`, ...lines].join("\n");
}

async function main(argv: string[]): Promise<void> {
  const command = newCommand("npm run build --")
    .description(
      "Builds what ships: compiles, minifies, stamps, checks and compresses it, and writes it out.",
    )
    .addOption(
      new Option("--tier <name>", "whose servers it talks to")
        .choices(Object.keys(TIERS))
        .default("production"),
    );
  for (const { flag, what, example } of SERVERS)
    command.option(`${flag} <address>`, `${what}, such as ${example}`);
  const options = command
    .option("--build-number <id>", "default: the variable BUILD_NUMBER, else the number of commits")
    .addOption(new Option("--out <folder>", "where to write").default(DIST, "dist in the project"))
    .option("--json", "print the manifest")
    .parse(argv, { from: "user" })
    .opts<Servers & { buildNumber?: string; out: string; json?: boolean }>();
  const tier = tierOf(options);

  const { manifest, before } = await writing("--out", options.out, () =>
    build({
      tier,
      buildNumber: chooseLocalNumber(options.buildNumber),
      out: resolve(options.out),
    }),
  );
  console.log(options.json ? JSON.stringify(manifest, null, 2) : describe(manifest, before));
}

if (isMain(import.meta.url)) void runCommand(main);
