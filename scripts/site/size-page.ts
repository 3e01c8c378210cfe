/** The size page: the chart, the price of each feature, the heat map, the peers. All from the tools' output. */
import type { Sizes } from "../build/index.ts";
import type { FeatureReport } from "../size/features.ts";
import { heatMap, legend } from "../size/heat/page.ts";
import type { Heat } from "../size/heat.ts";
import { FIXED_NUMBER } from "../size/settings.ts";
import { code, escapeHtml, table } from "./html.ts";
import type { Peers } from "./peers.ts";

export interface SizeData {
  sizes: Record<string, Sizes>;
  peers: Peers;
  heat: Heat;
  /** Null while it is being measured. */
  features: FeatureReport | null;
  /** Whether there is a history.svg to show, and what its title says. */
  chart: string | null;
}

const count = (bytes: number): string => bytes.toLocaleString("en");
const three = ({ raw, gzip, brotli }: Sizes): string[] => [raw, gzip, brotli].map(count);
const FIGURES = [1, 2, 3];

/** Draws a cell's figure as a bar, too. */
const bar = (value: number, most: number): string =>
  `<meter class="bar" min="0" max="${most}" value="${Math.max(0, value)}" aria-hidden="true"></meter>`;

function features(report: FeatureReport | null): string {
  if (!report) {
    return `<p class="card notice" id="measuring">Being measured: the SDK is built once without each feature, which takes about a minute. They appear here by themselves.</p>`;
  }
  const most = Math.max(...report.features.map(({ cost }) => cost.gzip));
  const rest =
    "the file with every feature cut out; features share words, so the costs do not add up to the difference";
  return table(
    `What each feature of ${report.name} costs, in bytes`,
    ["Feature", "Raw", "gzip", "brotli", '<span class="visually-hidden">gzip, drawn</span>', "Without it"],
    [
      ...report.features.map(({ name, cost, without }) => {
        return [escapeHtml(name), ...three(cost), bar(cost.gzip, most), escapeHtml(without)];
      }),
      ["All the rest", ...three(report.rest), "", rest],
      [
        "<strong>The whole</strong>",
        ...three(report.total),
        "",
        `build number ${escapeHtml(report.buildNumber)}`,
      ],
    ],
    FIGURES,
  );
}

function hottest(heat: Heat, rows: number): string {
  const most = heat.lines[0]!.bits;
  return table(
    `The ${rows} hottest lines of the source`,
    ["Line", "Bits", '<span class="visually-hidden">Drawn</span>', "Source"],
    heat.lines.slice(0, rows).map(({ file, line, bits, text }) => {
      const source = `<code class="source">${escapeHtml(text)}</code>`;
      return [code(`${file}:${line}`), bits.toFixed(1), bar(bits, most), source];
    }),
    [1],
  );
}

export function sizePage({ sizes, peers, heat, features: report, chart }: SizeData): string {
  const { original } = peers;
  const peerRows = [
    ...Object.entries(sizes).map(([name, size]) => [
      `<strong>${code(name)}</strong>`,
      "this one",
      ...three(size),
    ]),
    ...[original, ...peers.peers].map(({ name, version, sizes: size }) => {
      return [escapeHtml(name), escapeHtml(version), ...three(size)];
    }),
  ];
  return `<h1>Size</h1>
<p class="lead">Every byte measured and explained. The size tools measure the files that ship, at build number ${FIXED_NUMBER},
each time this page is made.</p>
<h2 id="peers">Beside others</h2>
${table("What a popup login weighs, in bytes", ["", "Version", "Raw", "gzip", "brotli"], peerRows, [2, 3, 4])}
<p class="hint">The original: its published build, through the same minifier. The others: the smallest program that opens a popup login,
bundled by esbuild ${escapeHtml(peers.esbuild)}, measured on ${escapeHtml(peers.date)} (<code>npm run size -- peers</code>). They do more than this SDK does; a login with
Stack Exchange does not need it.</p>
<h2 id="history">Through time</h2>
${
  chart
    ? `<img class="chart" src="history.svg" alt="${escapeHtml(chart)}">
<p class="hint">One step for each change (<code>npm run size -- history</code>).</p>`
    : "<p>No commit has sizes yet.</p>"
}
<h2 id="features">By feature</h2>
<p>Each feature cut out of the source, and the file built without it (<code>npm run size -- features</code>).</p>
<div id="costs">
${features(report)}
</div>
<h2 id="heat">By character</h2>
<p>The bits that each character of <code>${escapeHtml(heat.name)}</code> takes in the gzip file: ${count(heat.gzip)} bytes are
${count(heat.bits)} bits, for ${count(heat.code.length)} characters (<code>npm run size -- heat</code>). Text that was there before is cold: it is copied.
Point at a token for its bits and its line.</p>
<p class="legend"><span>Bits a character:</span> ${legend()}</p>
<pre class="heat">${heatMap(heat)}</pre>
${hottest(heat, 20)}`;
}
