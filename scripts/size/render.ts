/** The size report as text and as Markdown. */
import pc from "picocolors";
import { HARD_BUDGET } from "../config.ts";
import { short } from "./commits.ts";
import { signed, type Table, toMarkdown, toText } from "./print.ts";
import type { Check, Report } from "./report.ts";
import { headingOf } from "./trailer.ts";

function baseInWords({ base, unknown, checks }: Report): string {
  if (base)
    return `against ${short(base.commit)} (${base.why})${unknown ? `, whose sizes are not known: ${unknown}` : ""}`;
  return checks.some(({ name }) => name === "base")
    ? "with no base"
    : "with no base: this is the first commit";
}

const titleOf = (report: Report): string =>
  `Bytes at build number ${report.buildNumber}: ${report.head} ${baseInWords(report)}`;

function tableOf(report: Report): Table {
  return {
    head: ["file", "format", "base", "now", "change", "noise floor", "verdict"],
    rows: report.lines.map((line) => [
      line.artifact,
      line.format,
      line.base ?? "-",
      line.head,
      line.change === null ? "-" : signed(line.change),
      line.noiseFloor,
      line.verdict,
    ]),
  };
}

const FLOOR =
  "noise floor: how far luck moves a size, the build number and letters that no search chose; a change within it says nothing about the code";

/** The variables whose letters are luck. */
const takenOf = ({ taken }: Report): string[] =>
  Object.entries(taken)
    .filter(([, variables]) => variables.length > 0)
    .map(
      ([name, variables]) =>
        `${name}: ${variables.length} ${variables.length === 1 ? "variable" : "variables"} took a free letter ` +
        `(${variables.map((one) => one.name).join(", ")}): npm run size -- names searches better ones`,
    );

const MEANING: Record<string, string> = {
  ratchet: "every row of .size-limit.json is exact",
  "size-limit": "size-limit agrees",
  budget: `no file is over the hard budget of ${HARD_BUDGET} B, whatever its build number`,
  ledger: "lines were only added, and the last one has the sizes of the limits",
  growth: "no compressed file grew by more than it may",
};

const removedOf = (report: Report): string[] => report.removed.map((name) => `${name} is gone`);

export function renderText(report: Report): string {
  const mark = ({ ok }: Check): string => (ok ? pc.green("ok  ") : pc.red("FAIL"));
  const checks = report.checks.flatMap((check) => [
    `${mark(check)}  ${check.name.padEnd(10)}  ${check.ok ? MEANING[check.name] : check.found[0]}`,
    ...check.found.slice(1).map((line) => `${" ".repeat(18)}${line}`),
    ...(check.fix ? [`${" ".repeat(18)}${pc.bold(check.fix)}`] : []),
  ]);
  return [
    pc.bold(titleOf(report)),
    "",
    toText(tableOf(report)),
    ...removedOf(report),
    ...takenOf(report).map(pc.yellow),
    pc.dim(FLOOR),
    "",
    ...checks,
    ...(report.trailer ? ["", headingOf(report.trailer), ...report.trailer.lines] : []),
  ].join("\n");
}

export function renderMarkdown(report: Report): string {
  const checks = report.checks.map(({ name, ok, found, fix }) => {
    const lines = ok ? [MEANING[name]!] : [...found, ...(fix ? [`\`${fix}\``] : [])];
    return `- ${ok ? "✅" : "❌"} **${name}**: ${lines.join("<br>")}`;
  });
  return [
    "### Size",
    "",
    `${titleOf(report)}.`,
    "",
    toMarkdown(tableOf(report)),
    "",
    ...removedOf(report),
    ...takenOf(report).map((line) => `${line}.\n`),
    `${FLOOR[0]!.toUpperCase()}${FLOOR.slice(1)}.`,
    "",
    ...checks,
    ...(report.trailer ? ["", headingOf(report.trailer), "", "```", ...report.trailer.lines, "```"] : []),
  ].join("\n");
}
