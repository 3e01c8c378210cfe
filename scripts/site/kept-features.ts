/** Caches the cost of each feature, which `npm run size -- features` measures. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../config.ts";
import type { FeatureReport } from "../size/features.ts";

const FOLDER = join(ROOT, ".cache/site");
const TABLE = join(ROOT, "scripts/size/features/table.ts");

/** A report belongs to these bytes and this table of features. */
function fileFor(code: string): string {
  const hash = createHash("sha256").update(code).update(readFileSync(TABLE));
  return join(FOLDER, `features-${hash.digest("hex").slice(0, 16)}.json`);
}

/** The report for the artifact with this text; null when it was never measured. */
export function keptFeatures(code: string): FeatureReport | null {
  try {
    return JSON.parse(readFileSync(fileFor(code), "utf8")) as FeatureReport;
  } catch {
    return null;
  }
}

/** Measures in a child process, and keeps the report. Rejects with an Error when the tool fails. */
export async function measureFeaturesFor(code: string): Promise<FeatureReport> {
  const args = ["--import", "tsx", join(ROOT, "scripts/size/size.ts"), "features", "--json"];
  const running = promisify(execFile)(process.execPath, args, { cwd: ROOT });
  process.once("exit", () => running.child.kill());
  const { stdout } = await running;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileFor(code), stdout);
  return JSON.parse(stdout) as FeatureReport;
}
