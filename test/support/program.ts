/** Programs, run as a person would run them: in the project's folder, and with nothing around that changes what they print. */
import { spawnSync } from "node:child_process";
import { ROOT } from "../../scripts/config.ts";

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs `command` to its end. */
export function runProgram(command: string, args: readonly string[], env = {}, cwd = ROOT): Outcome {
  const { BUILD_NUMBER, GITHUB_STEP_SUMMARY, FORCE_COLOR, ...clean } = process.env;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...clean, NO_COLOR: "1", ...env },
    maxBuffer: 1e8,
  });
  return { status: status ?? -1, stdout, stderr };
}

/** Runs one of the project's scripts, without npm. */
export const runScript = (script: string, args: readonly string[] = [], env?: NodeJS.ProcessEnv): Outcome =>
  runProgram(process.execPath, ["--import", "tsx", script, ...args], env);
