/** `npm run build`: makes everything that ships, checks it, and writes it to `dist/`. */
import { resolve } from "node:path";
import { Option } from "commander";
import pc from "picocolors";
import { BuildError, sizesOf } from "./build/artifact.ts";
import { emit, type Manifest, manifestOf, readManifest } from "./build/emit.ts";
import { gate } from "./build/gate.ts";
import { buildArtifact } from "./build/index.ts";
import { checkBuildNumber } from "./build/stamp.ts";
import { isMain, newCommand, runCommand, writing } from "./cli.ts";
import { devTier, HARD_BUDGET, PRODUCTION, ROOT, TARGETS, type Tier } from "./config.ts";
import { gitOrNull } from "./git.ts";

export interface BuildRequest {
  tier?: Tier;
  /** The folder to write to. */
  out?: string;
  buildNumber?: string | undefined;
  /** The budget for each compressed artifact, in bytes. */
  limit?: number;
}

/** The build's number: the one given, else BUILD_NUMBER, else how many commits lead to this one. */
export function chooseBuildNumber(given?: string): string {
  const number = given ?? (process.env.BUILD_NUMBER || gitOrNull("rev-list", "--count", "HEAD"));
  if (!number)
    throw new BuildError("no build number: this is no git checkout, so give --build-number or BUILD_NUMBER");
  return checkBuildNumber(number);
}

/** Builds every target and writes it out. Throws BuildError, with nothing written, when one must not ship. */
export async function build(
  request: BuildRequest = {},
): Promise<{ manifest: Manifest; before: Manifest | null }> {
  const { tier = PRODUCTION, out = resolve(ROOT, "dist"), limit = HARD_BUDGET } = request;
  const buildNumber = chooseBuildNumber(request.buildNumber);
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
  const options = newCommand("npm run build --")
    .description("Builds the SDK: compiles, minifies, stamps, checks and compresses it, and writes it out.")
    .addOption(
      new Option("--tier <name>", "whose servers the SDK talks to")
        .choices(["dev", "production"])
        .default("production"),
    )
    .option("--build-number <id>", "default: the variable BUILD_NUMBER, else the number of commits")
    .option("--out <folder>", "where to write", "dist")
    .option("--json", "print the manifest")
    .parse(argv, { from: "user" })
    .opts<{ tier: string; buildNumber?: string; out: string; json?: boolean }>();

  const { manifest, before } = await writing("--out", options.out, () =>
    build({
      tier: options.tier === "dev" ? devTier() : PRODUCTION,
      buildNumber: options.buildNumber,
      out: resolve(options.out),
    }),
  );
  console.log(options.json ? JSON.stringify(manifest, null, 2) : describe(manifest, before));
}

if (isMain(import.meta.url)) void runCommand(main);
