/** What every command does around its own work: one clear line for an error, and the right exit code. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import pc from "picocolors";

/** True when the module at `url` is the program that was started, not one that was imported. */
export function isMain(url: string): boolean {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(url));
}

/** A wrong argument: one line, and exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What `--origin` was given, as it goes into a tag. Throws UsageError unless it is http(s) and an origin alone. */
export function checkOrigin(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !/^https?:$/.test(url.protocol) || (url.origin !== given && `${url.origin}/` !== given)) {
    throw new UsageError(`--origin takes an origin such as https://cdn.example, not ${given}`);
  }
  return url.origin;
}

/** The reader of a command's arguments; `name` is how a person starts it. What it refuses, it refuses in one line. */
export function newCommand(name: string): Command {
  return new Command(name).exitOverride().configureOutput({
    outputError: (text, write) => write(`${text.trimEnd()} (--help says what there is)\n`),
  });
}

/** What a file system says of a path that a person got wrong. */
const WRONG_PATH = new Set([
  ...["ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "EACCES", "EPERM", "EROFS", "ENAMETOOLONG", "ELOOP"],
]);

/** Does `work`, which writes at the `path` that was given as `option`. Throws UsageError when that cannot be written. */
export async function writing<T>(option: string, path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = "", path: refused, message } = error as NodeJS.ErrnoException;
    // Any other path is no argument's fault, but a bug.
    if (!WRONG_PATH.has(code) || !refused || !resolve(refused).startsWith(resolve(path))) throw error;
    throw new UsageError(`${option} ${path} cannot be written: ${message}`);
  }
}

/** Errors for the person at the terminal. Any other error is a bug, and is printed with its stack. */
const EXPECTED = new Set(["BuildError", "UsageError", "CheckError"]);

/** A check that failed: its message, and exit code 1. */
export class CheckError extends Error {
  override name = "CheckError";
}

/**
 * Runs a command with the process's arguments.
 *
 * Exit codes: 0 done, 1 a check or the work failed, 2 wrong arguments.
 */
export async function runCommand(main: (argv: string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    // commander has printed its help (0) or its complaint, which it gives the code 1.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode && 2;
      return;
    }
    const { name, message, stack } = error as Error;
    console.error(`${pc.red("error:")} ${EXPECTED.has(name) ? message : stack}`);
    process.exitCode = name === "UsageError" ? 2 : 1;
  }
}
