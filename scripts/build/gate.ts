import { HARD_BUDGET } from "../config.ts";
import { BuildError, type Sizes } from "./artifact.ts";

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
