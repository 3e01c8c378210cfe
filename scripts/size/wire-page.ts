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

const FIGURES = /(<!-- figures: npm run size -- wire --page -->\n\n)(.*?)(\n\n<!-- \/figures -->)/s;

/** What the arithmetic starts from, in bytes on the wire over HTTP/2, brotli. */
export interface Inputs {
  alias: number;
  build: number;
  notModified: number;
}

export function inputsOf({ rows }: WireReport): Inputs {
  const total = (status: number, alias: boolean): number =>
    rows.find((row) => {
      const isAlias = row.path.endsWith(`2.0/${SCRIPT}`);
      return row.protocol === "HTTP/2" && row.encoding === "br" && row.status === status && isAlias === alias;
    })!.total;
  return { alias: total(200, true), build: total(200, false), notModified: total(304, true) };
}

const count = (number: number) => number.toLocaleString("en-US");
/** Decimal units, as traffic is billed. */
function volume(bytes: number): string {
  const [unit, name] = bytes < 1e9 ? [1e6, "MB"] : bytes < 1e12 ? [1e9, "GB"] : [1e12, "TB"];
  return bytes ? `${(bytes / unit).toPrecision(3)} ${name}` : "0";
}

function renderFigures({ alias, build, notModified }: Inputs): string {
  const views = 1_000_000;
  const each = 4;
  const visitors = views / each;
  const age = ALIAS_MAX_AGE;
  const edges = 200;
  const asked = (edges * 86_400) / age;
  const row = (what: string, requests: number, bytes: number): string[] => {
    return [what, count(requests), volume(bytes), volume(30 * bytes)];
  };
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
      head: [`${count(views)} page views a day`, "requests a day", "bytes a day", "bytes in 30 days"],
      rows: [
        row("No browser has it: every view downloads the alias", views, views * alias),
        row(
          `Alias, new visitors, ${each} views each, further apart than both of its times`,
          views,
          visitors * alias + (views - visitors) * notModified,
        ),
        row(`Alias, new visitors, ${each} views each within its ${age} seconds`, visitors, visitors * alias),
        row("Alias, the same visitors the day after, the same build", visitors, visitors * notModified),
        row(`Build, new visitors, ${each} views each`, visitors, visitors * build),
        row("Build, the same visitors on any day of the year after", 0, 0),
        row(
          `Edge to origin, alias: ${edges} edges, each asking once in ${age} seconds`,
          asked,
          asked * notModified,
        ),
        [
          `Edge to origin, a new build: ${edges} edges, once each`,
          edges,
          volume(edges * build),
          "once a release",
        ],
      ],
    }),
  ].join("\n");
}

/** `page` with the figures that follow from `inputs`. */
const withFigures = (page: string, inputs: Inputs): string =>
  page.replace(FIGURES, (_, begin: string, _figures, end: string) => begin + renderFigures(inputs) + end);

/** The inputs that the page's first table names. Throws CheckError when they are not there. */
export function figuresIn(page: string): { inputs: Inputs } {
  const cells = [...(FIGURES.exec(page)?.[2] ?? "").matchAll(/^\| (?:alias|build), \d+ \| ([\d,]+) \|$/gm)];
  const [alias, build, notModified] = cells.map(([, bytes]) => Number(bytes!.replaceAll(",", "")));
  if (!notModified) throw new CheckError(`${PAGE} does not name the three responses between its marks`);
  return { inputs: { alias: alias!, build: build!, notModified } };
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
  const far = (["alias", "build", "notModified"] as const).find(
    (name) => Math.abs(inputs[name] - measured[name]) > TOLERANCE,
  );
  if (!far && withFigures(page, inputs) === page) return;
  const what = far
    ? `reckons with ${inputs[far]} bytes (${far}), measured are ${measured[far]}`
    : "has figures that do not follow from its first table";
  throw new CheckError(`scripts/site/content/cdn.md ${what}: run npm run size -- wire --page`);
}

/** Puts the figures of `report` into the page. */
export async function writePage(report: WireReport): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  figuresIn(page);
  await writeFile(PAGE, withFigures(page, inputsOf(report)));
}
