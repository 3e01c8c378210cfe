import pc from "picocolors";
import { type MinifyOptions, minify as terser } from "terser";
import { minify as uglify } from "uglify-js";
import type { Target } from "../config.ts";
import { applyEntry } from "../size/names/apply.ts";
import { type Entry, readTable } from "../size/names/table.ts";
import { dropBraces, toArrows } from "./arrows.ts";
import { BuildError, type Code } from "./artifact.ts";
import { exportedNames, exportInPlace } from "./exports.ts";
import { takeApart } from "./patterns.ts";

/**
 * The minifier's options for `target`, in terser's words. Each one that is not the default says why.
 *
 * `unsafe` stays off: in terser it deletes a replace(pattern, callback) whose result is not used, and the callback with it.
 */
export function minifyOptions(target: Target): MinifyOptions {
  const old = target.ecmaVersion === 3;
  return {
    ecma: old ? 5 : 2020,
    // Support: IE <= 8. Quotes property names that ES3 reserves; works around JScript's named function expressions.
    ie8: old,
    module: target.format === "esm",
    toplevel: true,
    compress:
      target.format === "esm"
        ? // More passes find nothing.
          { passes: 4, unsafe: false }
        : { passes: 2, unsafe: false },
    mangle: { toplevel: true },
    format: { ascii_only: true },
  };
}

/** Compress options, some of which only one of the two minifiers knows. */
export type Compress = Record<string, unknown>;

/** As `minifyOptions`, with the compress options of `extra`, but names stay as they are. */
export function unnamedOptions(target: Target, extra: Compress = {}): MinifyOptions {
  const options = minifyOptions(target);
  return { ...options, mangle: false, compress: { ...(options.compress as object), ...extra } };
}

/** What both minifiers say of a place that they cannot read. */
function unreadable(target: Target, minifier: string, error: unknown): BuildError {
  const { message, line, col } = error as Error & { line?: number; col?: number };
  return new BuildError(`${minifier} cannot read ${target.name}:${line ?? "?"}:${col ?? "?"}: ${message}`);
}

/** The hosted script's minifier: of those compared by npm run size:minifiers none is smaller by more than chance. */
export async function runTerser(target: Target, input: Code, options: MinifyOptions): Promise<Code> {
  try {
    const result = await terser(
      { [target.name]: input.code },
      {
        ...options,
        sourceMap: { content: input.map, filename: target.name, includeSources: true },
      },
    );
    return { code: result.code!, map: String(result.map) };
  } catch (error) {
    throw unreadable(target, "terser", error);
  }
}

/**
 * The module's minifier. It takes the closure and the object that `sdk` returns apart where terser keeps both:
 * 37 B less with gzip, 52 B with brotli. In a script that would make every name global, so there it saves nothing.
 */
export function runUglify(target: Target, source: Code, options: MinifyOptions): Code {
  const isModule = target.format === "esm";
  const input = isModule ? toArrows(source) : source;
  const reserved = isModule ? exportedNames(source) : [];
  const { code, map, error } = uglify({ [target.name]: input.code }, {
    module: options.module,
    toplevel: options.toplevel,
    compress: options.compress,
    mangle: options.mangle && { ...(options.mangle as object), reserved },
    output: options.format,
    sourceMap: { content: input.map, filename: target.name, includeSources: true },
  } as Parameters<typeof uglify>[1]);
  if (error) throw unreadable(target, "UglifyJS", error);
  if (!isModule) return { code, map };
  // A module's last statement needs no semicolon.
  const shorter = dropBraces(takeApart(exportInPlace({ code, map })));
  return { ...shorter, code: shorter.code.replace(/;$/, "") };
}

async function runMinifier(target: Target, input: Code, options: MinifyOptions): Promise<Code> {
  return target.format === "esm" ? runUglify(target, input, options) : runTerser(target, input, options);
}

const warned = new Set<string>();

function warnOnce(target: Target): void {
  if (warned.has(target.name)) return;
  warned.add(target.name);
  console.error(
    `${pc.yellow("warning:")} scripts/size/names.json no longer fits ${target.name} and is ignored, so names are chosen without it. To renew it: npm run size:names`,
  );
}

/**
 * Minifies `input`, composing source maps.
 *
 * Names and orders come from `entry`, by default the committed table's; one that does not fit the text is ignored with a
 * warning. With `options` of one's own, the minifier alone chooses the names. Throws BuildError with the position when the input
 * does not parse.
 */
export async function minify(
  target: Target,
  input: Code,
  options?: MinifyOptions,
  entry: Entry | undefined = options ? undefined : readTable()[target.name],
): Promise<Code> {
  if (entry) {
    const unnamed = await runMinifier(target, input, unnamedOptions(target, entry.compress));
    const named = applyEntry(target, unnamed, entry);
    if (named) return named;
    warnOnce(target);
  }
  return runMinifier(target, input, options ?? minifyOptions(target));
}
