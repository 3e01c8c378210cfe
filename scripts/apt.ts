/** Debian packages that a check needs and this machine lacks. */
import { spawnSync } from "node:child_process";

const run = (stderr: "ignore" | "inherit", file: string, ...args: string[]): boolean =>
  spawnSync(file, args, { stdio: ["ignore", "ignore", stderr] }).status === 0;

/**
 * Installs Debian packages, if any, without a question, three tries, for the network's sake. Says what it does on stderr.
 * False when this machine does not let us, or when it failed.
 */
export function aptInstall(packages: readonly string[]): boolean {
  if (packages.length === 0) return true;
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (!run("ignore", "apt-get", "--version") || (sudo[0] && !run("ignore", "sudo", "-n", "true")))
    return false;
  const [file, ...rest] = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const apt = (...args: string[]) => run("inherit", file!, ...rest, ...args);
  process.stderr.write(`installing ${packages.join(", ")} with apt-get; this can take a minute\n`);
  for (let attempt = 1; attempt <= 3; attempt++) {
    // A package list that cannot be refreshed may still be good enough.
    apt("update", "-qq");
    if (apt("install", "-y", "-qq", "--no-install-recommends", ...new Set(packages))) return true;
  }
  return false;
}
