/** A line in which two texts differ. */
export interface DifferentLine {
  line: number;
  is: string | undefined;
  shouldBe: string | undefined;
}

/** The first lines, at most `most` of them, in which two texts differ; none when they are the same. */
export function firstDifferences(actual: string, expected: string, most = 3): DifferentLine[] {
  const is = actual.split("\n");
  const shouldBe = expected.split("\n");
  const longer = is.length > shouldBe.length ? is : shouldBe;
  return longer
    .map((_, index) => ({ line: index + 1, is: is[index], shouldBe: shouldBe[index] }))
    .filter((entry) => entry.is !== entry.shouldBe)
    .slice(0, most);
}
