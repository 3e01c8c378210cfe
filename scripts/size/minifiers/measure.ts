/** The same input through every minifier, measured. */

import { compile } from "../../build/compile.ts";
import { guard } from "../../build/guard.ts";
import { STAMP } from "../../build/stamp.ts";
import { PRODUCTION, type Target } from "../../config.ts";
import { type Node, parseProgram } from "../names/ast.ts";
import { layOut, render } from "../names/layout.ts";
import { COMPARING, type Compressed, meanOf, shippingSizes } from "../names/objective.ts";
import { firstPlan } from "../names/search.ts";
import { dialectOf } from "../names/table.ts";
import { INSTALL, isInstalled, MINIFIERS, type Minifier } from "./list.ts";

export interface Result {
  minifier: string;
  /** Bytes, with a build number of four digits. */
  raw: number;
  /** Means over NUMBERS, with the names that the minifier chose. */
  own: Compressed;
  /** The same with names given by one rule to all of them, so that luck with letters does not decide. */
  same: Compressed;
  /** Why the pipeline's guard refuses the text; null when it may ship. */
  refused: string | null;
}

export interface Failure {
  minifier: string;
  why: string;
}

export interface Comparison {
  target: string;
  results: Result[];
  /** Minifiers that could not be measured. */
  failures: Failure[];
  /** The best one that may ship, by gzip with equal names. */
  best: string;
}

const NUMBERS = ["1000", "4471", "9010"];

/** The names that a module exports, in alphabetical order. */
function exportsOf(code: string): string {
  const { ast } = parseProgram(code, { module: true, jscript: false });
  const names = (ast.body as Node[]).flatMap((statement) =>
    (statement.specifiers ?? []).map((specifier: Node) => specifier.exported?.name),
  );
  return names.sort().join(", ");
}

function whyRefused(target: Target, input: string, code: string): string | null {
  try {
    guard(target, PRODUCTION, code);
    if (target.format !== "esm") return null;
    const [expected, found] = [exportsOf(input), exportsOf(code)];
    return expected === found ? null : `exports ${found || "nothing"} where ${expected} were asked for`;
  } catch (error) {
    return (error as Error).message.split(", near")[0]!;
  }
}

async function measure(target: Target, input: string, minifier: Minifier): Promise<Result> {
  const code = await minifier.minify(target, input);
  if (code.split(STAMP).length !== 2) throw new Error("the build number's placeholder is not there once");
  // Some minifiers write newer syntax than JScript has, so the text is read as modern, then named as for JScript.
  const layout = layOut(code, dialectOf(target));
  const stamped = code.replace(STAMP, NUMBERS[0]!);
  return {
    minifier: minifier.name,
    raw: Buffer.byteLength(stamped),
    own: meanOf(await shippingSizes(code, NUMBERS, COMPARING)),
    same: meanOf(await shippingSizes(render(layout, firstPlan(layout)), NUMBERS, COMPARING)),
    refused: whyRefused(target, input, stamped),
  };
}

/** Measures every minifier that is installed. */
export async function compareMinifiers(
  target: Target,
  minifiers: readonly Minifier[] = MINIFIERS,
  progress: (name: string) => void = () => {},
): Promise<Comparison> {
  const { code } = await compile(target, PRODUCTION);
  const results: Result[] = [];
  const failures: Failure[] = [];
  for (const minifier of minifiers) {
    progress(minifier.name);
    if (minifier.package && !isInstalled(minifier.package)) {
      failures.push({ minifier: minifier.name, why: `not installed: ${INSTALL}` });
      continue;
    }
    try {
      results.push(await measure(target, code, minifier));
    } catch (error) {
      failures.push({ minifier: minifier.name, why: (error as Error).message.split("\n")[0]! });
    }
  }
  results.sort((a, b) => a.same.gzip - b.same.gzip);
  const best = results.find(({ refused }) => refused === null)?.minifier ?? "none";
  return { target: target.name, results, failures, best };
}
