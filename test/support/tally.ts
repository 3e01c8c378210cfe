/** Reads what uvu prints: how many tests passed, and which failed. */
import { stripVTControlCharacters } from "node:util";

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

/** A suite that ran no test for the engines of a run. */
export interface Left {
  title: string;
  /** Says so, and which engines it is for. */
  line: string;
}

/** The suites that a run says it left out. */
export const leftSuites = (text: string): Left[] =>
  [...text.matchAll(/^ *(\S+ ran no test here: "(.+)" is for .+)$/gm)].map(([, line, title]) => ({
    title: title!,
    line: line!,
  }));

/** What a run printed, without what it says of files and suites that it left out. */
export function withoutLeft(text: string): string {
  const lines = text.split("\n");
  const plain = lines.map((line) => stripVTControlCharacters(line));
  const isHeading = (at: number): boolean => /^\S+\.test\.ts$/.test(plain[at]!);
  return lines
    .filter((_, at) => {
      // A suite's line begins with a space.
      if (isHeading(at)) return plain[at + 1]?.startsWith(" ");
      return !(plain[at] === "" && at > 0 && isHeading(at - 1)) && leftSuites(plain[at]!).length === 0;
    })
    .join("\n");
}

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
