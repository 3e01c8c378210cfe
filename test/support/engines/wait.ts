import { setTimeout as sleep } from "node:timers/promises";
import { LIMIT_MS } from "./types.ts";

/** Asks `look` every 20 ms until it gives something truthy, which it returns. Throws an Error after `limitMs`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false | null>,
  limitMs: number = LIMIT_MS,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await sleep(20);
  }
}

/** The source of an expression that gives a promise of `script`'s value; `script` is an expression or a function. */
export function asExpression(script: string | ((...args: any[]) => unknown), args: unknown[]): string {
  if (typeof script === "string") return `(async () => (${script}))()`;
  // esbuild, which runs these files, marks the names of inner functions by calls of __name; the page has none.
  return `(async () => { const __name = (f) => f; return (${script})(...${JSON.stringify(args)}); })()`;
}
