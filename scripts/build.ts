/** `npm run build`: makes everything that ships, checks it, and writes it to `dist/`. */
import { join, resolve } from "node:path";
import { Option } from "commander";
import pc from "picocolors";
import { sizesOf } from "./build/artifact.ts";
import { emit, type Manifest, manifestOf, readManifest } from "./build/emit.ts";
import { gate } from "./build/guard.ts";
import { buildArtifact } from "./build/index.ts";
import { chooseLocalNumber } from "./build/number.ts";
import { isMain, newCommand, runCommand, UsageError, writing } from "./cli.ts";
import { HARD_BUDGET, PRODUCTION, ROOT, SERVERS, type Server, TARGETS, TIERS, type Tier } from "./config.ts";
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

type Servers = Partial<Omit<Tier, "name">>;

/** `given` as it goes into the file. Throws UsageError unless it is an https address that a request can be built on. */
function checkAddress({ flag, example }: Server, given: string): string {
  const maySayPath = new URL(example).pathname !== "/";
  const url = URL.canParse(given) ? new URL(given) : null;
  const address = url && url.origin + (maySayPath ? url.pathname.replace(/\/$/, "") : "");
  if (url?.protocol !== "https:" || given.replace(/\/$/, "") !== address)
    throw new UsageError(`${flag} takes an address such as ${example}, not ${given}`);
  return address;
}

/** Whose servers the build talks to. Throws UsageError when some of them are given and not all, or when one will not do. */
export function tierOf(options: Servers & { tier: string }): Tier {
  const given = SERVERS.filter(({ key }) => options[key] !== undefined);
  if (given.length === 0) return TIERS[options.tier]!;
  const flags = SERVERS.map(({ flag }) => flag).join(" and ");
  if (options.tier !== "production")
    throw new UsageError(`--tier ${options.tier} has its own servers: leave out ${flags}`);
  if (given.length < SERVERS.length) throw new UsageError(`${flags} go together`);
  const addresses = SERVERS.map((server) => [server.key, checkAddress(server, options[server.key]!)]);
  return { ...Object.fromEntries(addresses), name: "custom" };
}

async function main(argv: string[]): Promise<void> {
  const tiers = Object.keys(TIERS);
  const command = newCommand("npm run build --")
    .description(
      "Builds what ships: compiles, minifies, stamps, checks and compresses it, and writes it out.",
    )
    .addOption(new Option("--tier <name>", "whose servers it talks to").choices(tiers).default("production"));
  for (const { flag, what, example } of SERVERS)
    command.option(`${flag} <address>`, `${what}, such as ${example}`);
  const options = command
    .option("--build-number <id>", "default: the variable BUILD_NUMBER, else the number of commits")
    .addOption(new Option("--out <folder>", "where to write").default(DIST, "dist in the project"))
    .option("--json", "print the manifest")
    .parse(argv, { from: "user" })
    .opts<Servers & { tier: string; buildNumber?: string; out: string; json?: boolean }>();
  const tier = tierOf(options);

  const { manifest, before } = await writing("--out", options.out, () =>
    build({ tier, buildNumber: chooseLocalNumber(options.buildNumber), out: resolve(options.out) }),
  );
  console.log(options.json ? JSON.stringify(manifest, null, 2) : describe(manifest, before));
}

if (isMain(import.meta.url)) void runCommand(main);
