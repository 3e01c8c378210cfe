/** Reads what uvu prints: how many tests passed, and which failed. */

export interface Tally {
  passed: number;
  failed: number;
}

export interface Output {
  code: number;
  text: string;
}

/** How test/support/browsers.ts begins a line that says why `file` has no test for the engines of this run. */
export const noTest = (file: string): string => `${file} ran no test here:`;

/** The files that ran no test, and do not say why. Among several files uvu heads each one's suites with its name. */
export function emptyFiles(text: string): string[] {
  const [, ...parts] = text.split(/^(\S+\.test\.ts)$/m);
  const names = parts.filter((_, index) => index % 2 === 0);
  return names.filter(
    (name, index) => !/\(\d+ \/ [1-9]\d*\)$/m.test(parts[2 * index + 1]!) && !text.includes(noTest(name)),
  );
}

/**
 * The tests that passed and failed. uvu exits 0 in cases that prove nothing (test/support/suite.ts), so its own figures are
 * read: each file must have tests, or say why it has none here, and all of them must have passed.
 */
export function readUvu({ code, text }: Output): Tally {
  const figure = (label: string): number =>
    Number(new RegExp(`^\\s*${label}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? Number.NaN);
  const [total, passed] = [figure("Total"), figure("Passed")];
  if (Number.isNaN(total)) return { passed: 0, failed: 1 };
  const failed = total - passed + emptyFiles(text).length;
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
}

/** The tests that uvu names as failed: `suite "title"`. */
export function failedTests(text: string): string[] {
  return [...text.matchAll(/^ +FAIL {2,}(\S.*?) {1,2}("[^\n]*")$/gm)].map(
    ([, suite, title]) => `${suite} ${title}`,
  );
}
