/** `npm run site`: the documentation and the playground as static files, for any host. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Option } from "commander";
import { manifestOf } from "../build/emit.ts";
import { type Artifact, buildArtifact } from "../build/index.ts";
import { chooseBuildNumber } from "../build/number.ts";
import { checkOrigin, isMain, newCommand, runCommand, writing } from "../cli.ts";
import { apiOriginOf, PRODUCTION, ROOT, TARGETS } from "../config.ts";
import { createDevTier } from "../dev-tier/index.ts";
import { gitOrNull } from "../git.ts";
import type { FeatureReport } from "../size/features.ts";
import { keptFeatures, measureFeaturesFor } from "./kept-features.ts";
import { policyOf } from "./page-frame.ts";
import { openSite, type SiteOptions } from "./pages.ts";
import { workerFiles } from "./worker/bundle.ts";

/** Where the pages go unless told otherwise. */
const SITE = join(ROOT, "dist/site");

export interface WriteOptions extends Omit<SiteOptions, "manifest" | "policy"> {
  out: string;
  /** The build that the pages speak of and the playground loads. */
  artifacts: readonly Artifact[];
}

/** What the playground offers without a server: everything but the servers. */
async function staticTier(): Promise<string> {
  const site = "https://app.example";
  const origins = { site, login: PRODUCTION.loginOrigin, api: apiOriginOf(PRODUCTION) };
  const response = await createDevTier({ origins }).site.fetch(new Request(`${site}/tier.json`));
  return JSON.stringify({ ...((await response.json()) as object), live: false });
}

/** Writes every page, and the SDK, into the folder `out`. Returns the files' names. */
export async function writeSite({ out, artifacts, ...options }: WriteOptions): Promise<string[]> {
  const manifest = manifestOf(artifacts, gitOrNull("rev-parse", "HEAD"));
  const site = openSite({ manifest, policy: policyOf(apiOriginOf(PRODUCTION)), ...options });

  const files = new Map<string, string>();
  for (const name of site.names) files.set(name, (await site.file(name))!.body);
  for (const { name, code } of artifacts) files.set(name, code);
  files.set("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  files.set("tier.json", await staticTier());
  for (const [name, text] of await workerFiles(manifest.buildNumber)) files.set(name, text);
  files.set("blank", "");

  await mkdir(out, { recursive: true });
  for (const [name, text] of files) await writeFile(join(out, name), text);
  return [...files.keys()];
}

async function features(code: string): Promise<FeatureReport> {
  const kept = keptFeatures(code);
  if (!kept) console.error("measuring what each feature costs, which takes about a minute");
  return kept ?? measureFeaturesFor(code);
}

async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run site --")
    .description(
      "Writes the documentation and the playground as static files, for any web server. Over https the playground signs in " +
        "there, too: a service worker plays its servers.",
    )
    .addOption(new Option("--out <folder>", "where to write").default(SITE, "dist/site in the project"))
    .option("--build-number <id>", "default: the variable BUILD_NUMBER, else the number of commits")
    .option("--origin <origin>", "where npm run release serves the script; default: beside the page")
    .option("--json", "print the files' names as JSON")
    .parse(argv, { from: "user" })
    .opts<{ out: string; buildNumber?: string; origin?: string; json?: boolean }>();
  const origin = options.origin === undefined ? undefined : checkOrigin(options.origin);

  const out = resolve(options.out);
  // Before the long work, so that a wrong path fails at once.
  await writing("--out", options.out, () => mkdir(out, { recursive: true }));
  const buildNumber = chooseBuildNumber(options.buildNumber);
  console.error(`building ${TARGETS.map(({ name }) => name).join(" and ")}`);
  const artifacts = await Promise.all(
    TARGETS.map((target) => buildArtifact(target, { tier: PRODUCTION, buildNumber })),
  );
  const names = await writeSite({ out, artifacts, origin, features });
  console.log(options.json ? JSON.stringify(names, null, 2) : `${names.length} files written to ${out}`);
}

if (isMain(import.meta.url)) void runCommand(main);
