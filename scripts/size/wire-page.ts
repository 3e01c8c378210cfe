/** The figures in `scripts/site/content/cdn.md`: computed from measured bytes. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckError } from "../cli.ts";
import { ROOT } from "../config.ts";
import { SCRIPT } from "../release/folders.ts";
import { ALIAS_MAX_AGE } from "../release/headers.ts";
import { toMarkdown } from "./print.ts";
import type { WireReport } from "./wire-model.ts";

export const PAGE = join(ROOT, "scripts/site/content/cdn.md");

const BEGIN = "<!-- figures: npm run size -- wire --page -->";
const END = "<!-- /figures -->";

const VIEWS = 1_000_000;
/** Of one visitor, in a day. */
const VIEWS_PER_VISITOR = 4;
const EDGES = 200;
const DAY = 86_400;

/** What the arithmetic starts from, in bytes on the wire over HTTP/2, brotli. */
export interface Inputs {
  alias: number;
  build: number;
  notModified: number;
}

export function inputsOf({ rows }: WireReport): Inputs {
  const find = (status: number, alias: boolean) => {
    const row = rows.find(
      (one) =>
        one.protocol === "HTTP/2" &&
        one.encoding === "br" &&
        one.status === status &&
        one.path.endsWith(`2.0/${SCRIPT}`) === alias,
    );
    if (!row)
      throw new CheckError(`the ${status} response of the ${alias ? "alias" : "build"} was not measured`);
    return row.total;
  };
  return { alias: find(200, true), build: find(200, false), notModified: find(304, true) };
}

const count = (number: number) => number.toLocaleString("en-US");
/** Decimal units, as traffic is billed. */
function volume(bytes: number): string {
  const [unit, name] = bytes < 1e9 ? [1e6, "MB"] : bytes < 1e12 ? [1e9, "GB"] : [1e12, "TB"];
  return `${(bytes / unit).toPrecision(3)} ${name}`;
}

/** The figures as Markdown. */
export function renderFigures({ alias, build, notModified }: Inputs): string {
  const visitors = VIEWS / VIEWS_PER_VISITOR;
  const later = VIEWS - visitors;
  const checks = (EDGES * DAY) / ALIAS_MAX_AGE;
  const cases: [string, number, number][] = [
    ["No browser has it: every view downloads the alias", VIEWS, VIEWS * alias],
    [
      `Alias, new visitors, ${VIEWS_PER_VISITOR} views each, further apart than both of its times`,
      VIEWS,
      visitors * alias + later * notModified,
    ],
    [
      `Alias, new visitors, ${VIEWS_PER_VISITOR} views each within its ${ALIAS_MAX_AGE} seconds`,
      visitors,
      visitors * alias,
    ],
    ["Alias, the same visitors the day after, the same build", visitors, visitors * notModified],
    [`Build, new visitors, ${VIEWS_PER_VISITOR} views each`, visitors, visitors * build],
    ["Build, the same visitors on any day of the year after", 0, 0],
    [
      `Edge to origin, alias: ${EDGES} edges, each asking once in ${ALIAS_MAX_AGE} seconds`,
      checks,
      checks * notModified,
    ],
    [`Edge to origin, a new build: ${EDGES} edges, once each`, EDGES, EDGES * build],
  ];
  return [
    toMarkdown({
      head: ["one response, HTTP/2 over TLS 1.3, brotli", "bytes on the wire"],
      rows: [
        ["alias, 200", count(alias)],
        ["build, 200", count(build)],
        ["alias, 304", count(notModified)],
      ],
    }),
    "",
    toMarkdown({
      head: [`${count(VIEWS)} page views a day`, "requests a day", "bytes a day", "bytes in 30 days"],
      rows: cases.map(([name, requests, bytes]) => [
        name,
        count(requests),
        bytes ? volume(bytes) : "0",
        bytes && !name.includes("new build") ? volume(30 * bytes) : bytes ? "once a release" : "0",
      ]),
    }),
  ].join("\n");
}

/** The figures in the page, and the inputs that its first table names. Throws CheckError when they are not there. */
export function figuresIn(page: string): { figures: string; inputs: Inputs } {
  const figures = page.split(BEGIN)[1]?.split(END)[0]?.trim();
  const bytes = (name: string) => {
    const cell = figures?.match(new RegExp(`^\\| ${name} +\\| +([\\d,]+) \\|$`, "m"))?.[1];
    if (!cell)
      throw new CheckError(`${PAGE} does not name the bytes of "${name}" between ${BEGIN} and ${END}`);
    return Number(cell.replaceAll(",", ""));
  };
  const inputs = { alias: bytes("alias, 200"), build: bytes("build, 200"), notModified: bytes("alias, 304") };
  return { figures: figures!, inputs };
}

/** Ignores how a formatter aligns the columns. */
const unaligned = (markdown: string) => markdown.replace(/ +/g, " ").replace(/ ?(:?)-+(:?) ?/g, "$1-$2");

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
  const { figures, inputs } = figuresIn(page);
  const repair = "run npm run size -- wire --page";
  if (unaligned(figures) !== unaligned(renderFigures(inputs))) {
    throw new CheckError(
      `the figures in scripts/site/content/cdn.md do not follow from its first table: ${repair}`,
    );
  }
  for (const name of ["alias", "build", "notModified"] as const) {
    if (Math.abs(inputs[name] - measured[name]) > TOLERANCE) {
      throw new CheckError(
        `scripts/site/content/cdn.md reckons with ${inputs[name]} bytes (${name}), measured are ${measured[name]}: ${repair}`,
      );
    }
  }
}

/** Puts the figures of `report` into the page. */
export async function writePage(report: WireReport, file: string = PAGE): Promise<void> {
  const page = await readFile(file, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new CheckError(`${file} has no ${BEGIN} and ${END}`);
  await writeFile(file, `${before}${BEGIN}\n\n${renderFigures(inputsOf(report))}\n\n${END}${after}`);
}
