/** The build's side of the name search: writes a minified text again as the table says. */

import type { Code } from "../../build/artifact.ts";
import type { Target } from "../../config.ts";
import { checkEquivalent } from "./equivalence.ts";
import { layOut, moveMap, type Plan, render, unchanged } from "./layout.ts";
import { adoptPlan, describePlan, dialectOf, type Entry, shapeOf } from "./table.ts";

/** `code`, minified but with its own names, written as `plan` says. Throws BuildError when the result is another program. */
export function applyPlan(target: Target, { code, map }: Code, plan: Plan): Code {
  const dialect = dialectOf(target);
  const layout = layOut(code, dialect);
  const moves: Parameters<typeof moveMap>[3][number][] = [];
  const renamed = render(layout, plan, moves);
  checkEquivalent(code, renamed, plan.orders, dialect);
  return { code: renamed, map: moveMap(map, code, renamed, moves) };
}

/** As `applyPlan` with the plan of `entry`, or null when the entry belongs to another text. */
export function applyEntry(target: Target, unnamed: Code, entry: Entry): Code | null {
  const layout = layOut(unnamed.code, dialectOf(target));
  if (shapeOf(layout) !== entry.fits) return null;
  const plan = adoptPlan(layout, entry, unchanged(layout));
  // A table edited by hand may ask for what is not allowed: then it does not fit, either.
  const { names, orders } = describePlan(layout, plan);
  const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (!same(names, entry.names) || !same(orders, entry.orders)) return null;
  return applyPlan(target, unnamed, plan);
}
