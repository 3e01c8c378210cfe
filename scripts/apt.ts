/** Debian packages that a check needs and this machine lacks. */
import { spawnSync } from "node:child_process";

/** The words before `apt-get` that let it install here; undefined where it may not, or there is none. */
function aptPrefix(): string[] | undefined {
  const works = (file: string, ...args: string[]) => spawnSync(file, args, { stdio: "ignore" }).status === 0;
  if (!works("apt-get", "--version")) return undefined;
  if (process.getuid?.() === 0) return [];
  return works("sudo", "-n", "true") ? ["sudo", "-n"] : undefined;
}

/**
 * Installs Debian packages without a question, three tries, for the network's sake. Says what it does on stderr.
 * False when this machine does not let us, or when it failed.
 */
export function aptInstall(packages: readonly string[]): boolean {
  const prefix = aptPrefix();
  if (!prefix) return false;
  const apt = (...args: string[]) => {
    const [file, ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
    return spawnSync(file!, rest, { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  };
  process.stderr.write(`installing ${packages.join(", ")} with apt-get; this can take a minute\n`);
  for (let attempt = 1; attempt <= 3; attempt++) {
    // A package list that cannot be refreshed may still be good enough.
    apt("update", "-qq");
    if (apt("install", "-y", "-qq", "--no-install-recommends", ...packages)) return true;
  }
  return false;
}
