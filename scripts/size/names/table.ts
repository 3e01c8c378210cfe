/** `scripts/size/names.json`: the names and orders that the search found, and the text that they belong to. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Compress } from "../../build/minify.ts";
import type { Target } from "../../config.ts";
import type { Dialect } from "./ast.ts";
import type { Layout, Plan } from "./layout.ts";
import { isAllowed } from "./orders.ts";

/** What the table says of one target. */
export interface Entry {
  /** Which text the entry belongs to: see `shapeOf`. */
  fits: string;
  /** The last run that changed it, which may have begun with an older entry, and the worst sizes that it gave, in bytes. */
  found: { seed: number; steps: number; gzip: number; brotli: number };
  /** The minifier's compress options that differ from scripts/build/minify.ts. */
  compress: Compress;
  /** By function, the name in the source and the name that ships. */
  names: Record<string, Record<string, string>>;
  /** By list, its items in the order that ships. Lists in today's order are left out. */
  orders: Record<string, string[]>;
}

export type Table = Record<string, Entry>;

export const TABLE_PATH = fileURLToPath(new URL("../names.json", import.meta.url));

const EXPLANATION =
  "Written by `npm run size:names`, applied by the build: which letter each name becomes, or which word where that spares " +
  "a property its key, and in which order lists stand, " +
  "so that the whole compresses well. An entry that does not fit the source is ignored with a warning.";

export function dialectOf(target: Target): Dialect {
  return { module: target.format === "esm", jscript: target.ecmaVersion === 3 };
}

/**
 * The fingerprint of a minified text that still has its own names. What stands inside of string literals does not count:
 * the names fit every tier's URLs.
 */
export function shapeOf({ program: { code, tokens } }: Layout): string {
  const blank = tokens.map(({ start, end }) => {
    const text = code.slice(start, end);
    return /^["']/.test(text) ? '""' : text;
  });
  return createHash("sha256").update(blank.join(" ")).digest("hex").slice(0, 16);
}

/** The whole table. Throws an Error when the file is there and cannot be read. */
export function readTable(path = TABLE_PATH): Table {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  try {
    const { about: _, ...table } = JSON.parse(text);
    return table;
  } catch (error) {
    throw new Error(`${path} is no JSON: ${(error as Error).message}`);
  }
}

/** JSON as the formatter wants it: a list stands on one line where it fits. */
export function formatTable(table: Table): string {
  const text = JSON.stringify({ about: EXPLANATION, ...table }, null, 2);
  const joined = text.replace(/^( *".*": )\[\n([^[\]{}]*?)\n *\](,?)$/gm, (list, key, items, comma) => {
    const line = `${key}[${items.trim().replace(/\n */g, " ")}]${comma}`;
    return line.length <= 110 ? line : list;
  });
  return `${joined}\n`;
}

export function writeTable(table: Table, path = TABLE_PATH): void {
  writeFileSync(path, formatTable(table));
}

/** The part of an entry that holds `plan`. */
export function describePlan(layout: Layout, plan: Plan): Pick<Entry, "names" | "orders"> {
  const names: Entry["names"] = {};
  layout.bindings.forEach(({ scope, name }, index) => {
    names[scope] ??= {};
    names[scope][name] = plan.names[index]!;
  });
  const orders: Entry["orders"] = {};
  layout.choices.forEach(({ name, labels }, index) => {
    const order = plan.orders[index]!;
    if (order.some((item, position) => item !== position)) orders[name] = order.map((item) => labels[item]!);
  });
  return { names, orders };
}

/**
 * The plan of `entry` for `layout`, as far as it goes: names and orders that are not known, or not allowed any more,
 * are left as `fallback` has them. With the entry's own layout it is the entry's plan.
 */
export function adoptPlan(layout: Layout, entry: Pick<Entry, "names" | "orders">, fallback: Plan): Plan {
  const names: string[] = [];
  const isFree = (index: number, name: string): boolean =>
    !layout.globals.has(name) && ![...layout.conflicts[index]!].some((other) => names[other] === name);
  layout.bindings.forEach(({ scope, name }, index) => {
    const known = entry.names[scope]?.[name];
    if (known && isFree(index, known)) names[index] = known;
  });
  layout.bindings.forEach((_, index) => {
    if (names[index] !== undefined) return;
    const own = fallback.names[index]!;
    names[index] = isFree(index, own) ? own : freeName((name) => isFree(index, name));
  });
  const orders = layout.choices.map((choice, index) => {
    const order = orderLike(choice.labels, entry.orders[choice.name] ?? []);
    return isAllowed(choice, order) ? order : fallback.orders[index]!;
  });
  return { names, orders };
}

/** Indexes of `labels` in the order of `wanted`; a label that is not wanted follows the one that it follows today. */
function orderLike(labels: readonly string[], wanted: readonly string[]): number[] {
  const order = wanted.map((label) => labels.indexOf(label)).filter((index) => index >= 0);
  for (const index of labels.keys()) {
    if (!order.includes(index)) order.splice(order.indexOf(index - 1) + 1, 0, index);
  }
  return order;
}

function freeName(isFree: (name: string) => boolean): string {
  const letters = [..."etnaoirscludpmhfgvbwykxjqzETANOIRSCLUDPMHFGVBWYKXJQZ_$"];
  const names = [...letters, ...letters.map((letter) => `${letter}0`)];
  return names.find(isFree)!;
}
