/** Programs that this one starts: none may outlive it. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

const running = new Set<ChildProcess>();

/** Each child leads a process group, so that what it starts itself ends with it. */
function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // Already gone.
  }
}

const endAll = (): void => {
  for (const child of running) end(child, "SIGKILL");
};
process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    endAll();
    process.kill(process.pid, signal);
  });

/** Starts a program. Throws an Error when it cannot be started at all. */
export async function start(file: string, args: string[], options: SpawnOptions = {}): Promise<ChildProcess> {
  const child = spawn(file, args, { stdio: "ignore", detached: true, ...options });
  await once(child, "spawn");
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Ends a program and its process group, and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, "exit");
    end(child, "SIGTERM");
    const timer = setTimeout(() => end(child, "SIGKILL"), 2_000);
    await gone;
    clearTimeout(timer);
  }
  // What it started may be slower than itself.
  end(child, "SIGKILL");
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
