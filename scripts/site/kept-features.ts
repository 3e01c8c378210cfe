/** Caches the cost of each feature, which `npm run size -- features` measures in the background. */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../config.ts";
import type { FeatureReport } from "../size/features/cost.ts";

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

let running: ChildProcess | undefined;
process.on("exit", () => running?.kill());

/** Measures in a child process, and keeps the report. Rejects with an Error when the tool fails. */
export function measureFeaturesFor(code: string): Promise<FeatureReport> {
  return new Promise((resolve, reject) => {
    const args = ["--import", "tsx", join(ROOT, "scripts/size/size.ts"), "features", "--json"];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    running = child;
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk;
    });
    child.on("error", reject);
    child.on("close", (status) => {
      running = undefined;
      if (status !== 0) return reject(new Error(`size -- features failed: ${err.trim().split("\n").at(-1)}`));
      const file = fileFor(code);
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(`${file}.${process.pid}`, out);
      renameSync(`${file}.${process.pid}`, file);
      resolve(JSON.parse(out) as FeatureReport);
    });
  });
}
