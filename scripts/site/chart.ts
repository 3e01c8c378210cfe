/** Draws the history of the sizes: an SVG without a script, for light and dark pages, the same bytes for the same history. */

import type { Entry } from "../size/history.ts";
import { COMPRESSED, type Compressed } from "../size/settings.ts";
import { escapeHtml } from "./html.ts";

const WIDTH = 760;
const PANEL = { top: 56, height: 220, gap: 104, left: 64, right: 128 };
const PLOT = WIDTH - PANEL.left - PANEL.right;

/** Blue and orange: distinct for every kind of colour vision, and 3:1 or better against either page. */
const STYLE = `
  svg { background: #fff; color: #1f2328; font: 13px system-ui, sans-serif; }
  text { fill: currentColor; }
  .name { font-size: 15px; font-weight: 600; }
  .note, .tick { fill: #59636e; font-size: 12px; }
  .tick { font-variant-numeric: tabular-nums; }
  .grid { stroke: #d1d9e0; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .label { font-weight: 600; font-variant-numeric: tabular-nums; }
  .gzip { stroke: #0969da; } .dot.gzip, .label.gzip { fill: #0969da; stroke: none; }
  .brotli { stroke: #bc4c00; } .dot.brotli, .label.brotli { fill: #bc4c00; stroke: none; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; color: #f0f6fc; }
    .note, .tick { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .gzip { stroke: #4493f8; } .dot.gzip, .label.gzip { fill: #4493f8; stroke: none; }
    .brotli { stroke: #db8a4a; } .dot.brotli, .label.brotli { fill: #db8a4a; stroke: none; }
  }`;

/** Round figures that include `sizes`: at most six, and at least 4 B apart. */
function ticksFor(sizes: readonly number[]): number[] {
  const low = Math.min(...sizes);
  const high = Math.max(...sizes);
  const steps = [4, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
  const step = steps.find((size) => (high - low) / size <= 4) ?? 20000;
  const ticks: number[] = [];
  for (let tick = Math.floor(low / step) * step; ticks.length < 2 || ticks.at(-1)! < high; tick += step)
    ticks.push(tick);
  return ticks;
}

/** One artifact: its two lines, each a step for every entry that knows it. */
function panel(artifact: string, entries: readonly Entry[], top: number): string {
  const points = entries.flatMap(({ sizes, reason }, index) =>
    sizes[artifact] ? [{ index, size: sizes[artifact], reason }] : [],
  );
  const ticks = ticksFor(points.flatMap(({ size }) => COMPRESSED.map((format) => size[format])));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const bottom = top + PANEL.height;
  const x = (index: number): number => Math.round(PANEL.left + (PLOT * index) / entries.length);
  const y = (size: number): number => Math.round(bottom - (PANEL.height * (size - low)) / (high - low));

  const series = (format: Compressed): string[] => {
    const [first, ...rest] = points;
    const path = rest.map(({ index, size }) => `H${x(index)}V${y(size[format])}`).join("");
    const radius = entries.length > 60 ? 1.5 : 3;
    const last = points.at(-1)!;
    return [
      `<path class="line ${format}" d="M${x(first!.index)} ${y(first!.size[format])}${path}H${WIDTH - PANEL.right}"/>`,
      ...points.map(
        ({ index, size, reason }) =>
          `<circle class="dot ${format}" cx="${x(index)}" cy="${y(size[format])}" r="${radius}">` +
          `<title>${size[format]} B ${format}: ${escapeHtml(reason)}</title></circle>`,
      ),
      `<text class="label ${format}" x="${WIDTH - PANEL.right + 10}" y="${y(last.size[format]) + 4}">` +
        `${format} ${last.size[format]} B</text>`,
    ];
  };

  return [
    `<text class="name" x="${PANEL.left}" y="${top - 28}">${escapeHtml(artifact)}</text>`,
    `<text class="note" x="${PANEL.left}" y="${top - 11}">bytes at build number ${escapeHtml(entries[0]!.buildNumber)}</text>`,
    ...ticks.flatMap((tick) => [
      `<path class="grid" d="M${PANEL.left} ${y(tick)}h${PLOT}"/>`,
      `<text class="tick" x="${PANEL.left - 10}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ]),
    ...COMPRESSED.flatMap(series),
    `<text class="note" x="${PANEL.left}" y="${bottom + 22}">first</text>`,
    `<text class="note" x="${WIDTH - PANEL.right}" y="${bottom + 22}" text-anchor="end">` +
      `${entries.length === 1 ? "the one change" : `the last of ${entries.length} changes`}</text>`,
  ].join("\n");
}

/** What the chart shows, in words. */
export function titleOf(entries: readonly Entry[]): string {
  const now = Object.entries(entries.at(-1)!.sizes)
    .map(([name, { gzip, brotli }]) => `${name} ${gzip} B gzip, ${brotli} B brotli`)
    .join("; ");
  return `Compressed sizes over ${entries.length} changes. Now: ${now}.`;
}

/** The chart of `entries`, oldest first; there must be one. */
export function draw(entries: readonly Entry[]): string {
  const artifacts = [...new Set(entries.flatMap(({ sizes }) => Object.keys(sizes)))];
  const height = PANEL.top + artifacts.length * (PANEL.height + PANEL.gap) - PANEL.gap + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeHtml(titleOf(entries))}</title>`,
    `<style>${STYLE}\n</style>`,
    ...artifacts.map((artifact, index) =>
      panel(artifact, entries, PANEL.top + index * (PANEL.height + PANEL.gap)),
    ),
    "</svg>\n",
  ].join("\n");
}
