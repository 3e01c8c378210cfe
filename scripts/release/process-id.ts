/** Which process of which machine this is: a number alone means nothing in a container, where every process is number 1. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

/** When process `pid` started, in the kernel's ticks; "" where there is no such process, or no /proc to ask. */
function startOf(pid: number): string {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The second field is the program's name in brackets, which may hold anything; the start is the 22nd.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

/** Where process numbers mean the same as here: one boot of one machine, and one namespace in it; elsewhere the host. */
const HERE = (() => {
  const boot = orNothing(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")).slice(0, 8);
  const namespace = orNothing(() => readlinkSync("/proc/self/ns/pid")).replace(/\D/g, "");
  return boot && namespace ? `${boot}.${namespace}` : "";
})();

export interface ProcessId {
  pid: number;
  start: string;
  place: string;
  host: string;
}

export function ownId(): ProcessId {
  // Short, so that the whole id fits into a link's own 60 bytes.
  const host = hostname()
    .replace(/[^\w.-]/g, "")
    .slice(0, 15);
  return { pid: process.pid, start: startOf(process.pid), place: HERE || host, host };
}

/** Whether the process runs; undefined when it cannot be seen from here. */
export function runs({ pid, start, place }: ProcessId): boolean | undefined {
  if (place !== ownId().place) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // The number may have gone to another process meanwhile.
  return startOf(pid) === start;
}
