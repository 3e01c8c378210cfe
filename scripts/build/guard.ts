import vm from "node:vm";
import { getLineInfo, parse } from "acorn";
import { forbiddenIn, HARD_BUDGET, SERVERS, type Target, type Tier } from "../config.ts";
import { BuildError, type Sizes } from "./artifact.ts";

function refuse(target: Target, code: string, offset: number, what: string): never {
  const near = JSON.stringify(code.slice(Math.max(0, offset - 20), offset + 20));
  const { line, column } = getLineInfo(code, offset);
  throw new BuildError(`${target.name}:${line}:${column + 1}: ${what}, near ${near}`);
}

/** ES3 with reserved words refused as names, or the target's newer syntax. */
function checkSyntax(target: Target, code: string): void {
  try {
    parse(code, {
      ecmaVersion: target.ecmaVersion,
      allowReserved: target.ecmaVersion === 3 ? "never" : false,
      sourceType: target.format === "esm" ? "module" : "script",
    });
  } catch (error) {
    const { pos, message } = error as Error & { pos: number };
    refuse(target, code, pos, `not ECMAScript ${target.ecmaVersion}: ${message}`);
  }
}

function checkText(target: Target, tier: Tier, code: string): void {
  const ascii = [/[^\t\n\x20-\x7e]/, "a byte that is not printable ASCII"] as const;
  for (const [pattern, what] of [ascii, ...forbiddenIn(tier)]) {
    const match = pattern.exec(code);
    if (match) refuse(target, code, match.index, what);
  }
  if (tier.name !== "custom") return;
  for (const { key } of SERVERS) {
    if (!code.includes(tier[key])) throw new BuildError(`${target.name} does not name ${tier[key]}`);
  }
}

/** Runs the script in a separate realm and checks what it left on the global object. */
function checkGlobals(target: Target, { globals, page }: NonNullable<Target["script"]>, code: string): void {
  const realm = vm.createContext({});
  vm.runInContext(page, realm);
  const names = (): string[] => vm.runInContext("Object.getOwnPropertyNames(this)", realm);
  const before = new Set(names());
  vm.runInContext(code, realm, { filename: target.name });
  const left = names().filter((name) => !before.has(name));
  const list = (words: readonly string[]): string => words.join(", ") || "nothing";
  if (list(left) !== list(globals)) {
    throw new BuildError(
      `${target.name} leaves ${list(left)} on the global object; it must leave ${list(globals)} alone`,
    );
  }
}

/** Throws BuildError, with the place, when `code` must not ship. */
export function guard(target: Target, tier: Tier, code: string): void {
  checkText(target, tier, code);
  checkSyntax(target, code);
  if (target.script) checkGlobals(target, target.script, code);
}

/** Throws BuildError when the compressed artifact `name` is over `limit` bytes, with the size, the limit and the excess. */
export function gate(name: string, sizes: Sizes, limit: number = HARD_BUDGET): void {
  for (const format of ["gzip", "brotli"] as const) {
    const excess = sizes[format] - limit;
    if (excess > 0) {
      throw new BuildError(
        `${name} is ${sizes[format]} B ${format}: ${excess} B over its limit of ${limit} B`,
      );
    }
  }
}
