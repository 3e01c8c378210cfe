/** The figures in `scripts/site/content/cdn.md`: computed from measured bytes. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckError } from "../cli.ts";
import { ROOT } from "../config.ts";
import { toMarkdown } from "../print.ts";
import { PREFIX, SCRIPT } from "./folders.ts";
import { ALIAS_MAX_AGE } from "./headers.ts";
import type { WireReport } from "./wire-model.ts";

const NAME = "scripts/site/content/cdn.md";
export const PAGE = join(ROOT, NAME);

const FIGURES = /(<!-- figures: npm run size -- wire --page -->\n\n).*?(\n\n<!-- \/figures -->)/s;

/** What the arithmetic starts from, in bytes on the wire over HTTP/2, brotli, and its rows in the page's first table. */
const RESPONSES = [
  ["alias", "alias", 200],
  ["build", "build", 200],
  ["notModified", "alias", 304],
] as const;
type Inputs = Record<(typeof RESPONSES)[number][0], number>;

export function inputsOf({ rows }: WireReport): Inputs {
  const counted = rows.filter(({ protocol, encoding }) => protocol === "HTTP/2" && encoding === "br");
  const totals = RESPONSES.map(([input, address, code]) => {
    const isIt = (path: string): boolean => (path === `${PREFIX}/${SCRIPT}`) === (address === "alias");
    return [input, counted.find(({ path, status }) => status === code && isIt(path))!.total];
  });
  return Object.fromEntries(totals);
}

/** The inputs that the page's first table names; NaN where it does not. */
export function figuresIn(page: string): { inputs: Inputs } {
  const named = RESPONSES.map(([input, address, code]) => {
    const [, bytes = "none"] = RegExp(`^\\| ${address}, ${code} \\| ([\\d,]+) \\|$`, "m").exec(page) ?? [];
    return [input, Number(bytes.replaceAll(",", ""))];
  });
  return { inputs: Object.fromEntries(named) };
}

const count = (number: number) => number.toLocaleString("en-US");
/** Decimal units, as traffic is billed. */
function volume(bytes: number): string {
  const [unit, name] = bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return bytes ? `${(bytes / unit).toPrecision(3)} ${name}` : "0";
}

function renderFigures(inputs: Inputs): string {
  const { alias, build, notModified } = inputs;
  const views = 1_000_000;
  const visitors = views / 4;
  const edges = 200;
  const asked = (edges * 86_400) / ALIAS_MAX_AGE;
  const apart = visitors * alias + (views - visitors) * notModified;
  const cases: [what: string, requests: number, bytes: number, inDays?: string][] = [
    ["No browser has it: every view downloads the alias", views, views * alias],
    ["Alias, new visitors, 4 views each, further apart than both of its times", views, apart],
    [`Alias, new visitors, 4 views each within its ${ALIAS_MAX_AGE} seconds`, visitors, visitors * alias],
    ["Alias, the same visitors the day after, the same build", visitors, visitors * notModified],
    ["Build, new visitors, 4 views each", visitors, visitors * build],
    ["Build, the same visitors on any day of the year after", 0, 0],
    [
      `Edge to origin, alias: ${edges} edges, each asking once in ${ALIAS_MAX_AGE} seconds`,
      asked,
      asked * notModified,
    ],
    [`Edge to origin, a new build: ${edges} edges, once each`, edges, edges * build, "once a release"],
  ];
  return [
    toMarkdown({
      head: ["one response, HTTP/2 over TLS 1.3, brotli", "bytes on the wire"],
      rows: RESPONSES.map(([input, address, code]) => [`${address}, ${code}`, count(inputs[input])]),
    }),
    "",
    toMarkdown({
      head: [`${count(views)} page views a day`, "requests a day", "bytes a day", "bytes in 30 days"],
      rows: cases.map(([what, requests, bytes, inDays = volume(30 * bytes)]) => {
        return [what, count(requests), volume(bytes), inDays];
      }),
    }),
  ].join("\n");
}

/** `page` with the figures that follow from `inputs`. Throws CheckError when it has no place for them. */
function withFigures(page: string, inputs: Inputs): string {
  if (!FIGURES.test(page)) throw new CheckError(`${NAME} has lost the marks around its figures`);
  return page.replace(FIGURES, (_, begin, end) => begin + renderFigures(inputs) + end);
}

/**
 * How far a published figure may be from today's before it must be made anew, in bytes: HPACK's code makes some dates longer, and the
 * build number moves the file by as many as the noise floor.
 */
const TOLERANCE = 8;

/**
 * Throws CheckError when the page's arithmetic is not what its own inputs give, or when an input is further from
 * what was measured than the moment explains. The message names the command that repairs it.
 */
export function checkPage(page: string, measured: Inputs): void {
  const { inputs } = figuresIn(page);
  const repair = "run npm run size -- wire --page";
  for (const [name] of RESPONSES)
    if (!(Math.abs(inputs[name] - measured[name]) <= TOLERANCE))
      throw new CheckError(
        `${NAME} reckons with ${inputs[name]} bytes (${name}), measured are ${measured[name]}: ${repair}`,
      );
  if (withFigures(page, inputs) !== page)
    throw new CheckError(`the figures in ${NAME} do not follow from its first table: ${repair}`);
}

/** Puts the figures of `report` into the page. */
export const writePage = async (report: WireReport): Promise<void> =>
  writeFile(PAGE, withFigures(await readFile(PAGE, "utf8"), inputsOf(report)));
