import { execFileSync } from "node:child_process";
import { ROOT } from "./config.ts";

/** What git prints for `args` in the project, without the last line feed. Throws an Error with git's own words. */
export function git(...args: string[]): string {
  try {
    return execFileSync("git", args, {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`git ${args.join(" ")}: ${(stderr || message).trim()}`);
  }
}

/** As `git`, but null where git has no answer: outside a checkout, before the first commit. */
export function gitOrNull(...args: string[]): string | null {
  try {
    return git(...args);
  } catch {
    return null;
  }
}
