/** The heat map as HTML: for the site, and as one file that needs nothing else, no script, no network, light and dark. */
import { html, raw } from "hono/html";
import type { Heat } from "../heat.ts";

/** What `html` makes when nothing in it is awaited. */
type Html = ReturnType<typeof html>;

/** Upper bounds, in bits a character, of the shades from cold to hot: the classes h0 to h7. A byte that is not compressed costs 8. */
const SHADES = [0.5, 1, 2, 3.5, 5, 6.5, 8, Number.POSITIVE_INFINITY];

const short = (bits: number): string => String(Math.round(bits * 10) / 10);

/** A sample of each shade. */
export const legend = (): Html =>
  html`${SHADES.map((limit, level) => {
    const label = Number.isFinite(limit) ? `up to ${limit}` : `over ${SHADES[level - 1]}`;
    return html`<span class="h${level}">${label}</span> `;
  })}`;

/**
 * The minified text, each character in its shade. A token is one box with one tooltip, and lines break between tokens only.
 * What a copy made has the class c.
 */
export function heatMap(heat: Heat): Html {
  const classes = heat.characters.map((bits, at) => {
    return `h${SHADES.findIndex((limit) => bits <= limit)}${heat.copied[at] ? " c" : ""}`;
  });
  const tokens = heat.tokens.map(({ text, start, bits, line }, index) => {
    const end = heat.tokens[index + 1]?.start ?? heat.code.length;
    const spans: Html[] = [];
    for (let at = start; at < end; ) {
      let next = at + 1;
      while (next < end && classes[next] === classes[at]) next++;
      spans.push(html`<span class="${classes[at]}">${heat.code.slice(at, next)}</span>`);
      at = next;
    }
    const place = line === null ? "" : ` - line ${line}`;
    return html`<span title="${text}: ${short(bits)} bits${place}">${spans}</span><wbr>`;
  });
  return html`${tokens}`;
}

/** A source file, each line with its bits and a bar. */
function source(heat: Heat, [file, texts]: [string, string[]]): Html {
  const bits = new Map(heat.lines.map((line) => [line.line, line.bits]));
  const most = Math.max(...bits.values());
  const rows = texts.map((text, index) => {
    const cost = bits.get(index + 1) ?? 0;
    const bar = cost && html`<b style="width:${((cost / most) * 7).toFixed(2)}em"></b>`;
    return html`<tr><td>${index + 1}</td><td>${cost && short(cost)}</td><td class="bar">${bar}</td><td><code>${text}</code></td></tr>\n`;
  });
  return html`<h2>${file}</h2><table><thead><tr><th>line</th><th>bits</th><th></th><th>source</th></tr></thead><tbody>${rows}</tbody></table>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fdfdfb; --faint: #5c5c5c; --bar: #c8531c; --rule: #ddd;
  --h0: #e8f0fb; --h1: #e4f1ea; --h2: #f3f3d3; --h3: #fbe9a9; --h4: #fcd384; --h5: #fab468; --h6: #f6914f; --h7: #ee6a45; --on-hot: #1b1b1b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e3; --paper: #161718; --faint: #a3a3a0; --bar: #e2763f; --rule: #383a3b;
  --h0: #1c2733; --h1: #1f2f2b; --h2: #35351d; --h3: #504016; --h4: #6b4711; --h5: #8a4a10; --h6: #a84714; --h7: #c03a1c; --on-hot: #fff; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
p { max-width: 46rem; }
.text { max-width: none; font: 15px/1.9 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
.text span:hover { outline: 2px solid var(--ink); }
.text span span { padding: 2px 0; } .text span span:hover { outline: 0; } .c { border-bottom: 1px solid var(--faint); }
${SHADES.map((_, level) => `.h${level} { background: var(--h${level});${level > 5 ? " color: var(--on-hot);" : ""} }`).join("\n")}
.legend { font: 13px/1.9 ui-monospace, monospace; } .legend span { padding: 2px 8px; }
table { border-collapse: collapse; font-size: 14px; } th { text-align: left; font-weight: 600; }
td, th { padding: 1px 10px 1px 0; vertical-align: top; } tbody tr { border-top: 1px solid var(--rule); }
td:nth-child(1), td:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; color: var(--faint); }
td.bar { width: 7em; } td b { display: block; height: .7em; margin-top: .45em; background: var(--bar); }
td code { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

export function heatPage(heat: Heat): string {
  const overhead = Object.entries(heat.overhead).map(
    ([name, bits]) => html`<tr><td></td><td>${bits}</td><td class="bar"></td><td>${name}</td></tr>\n`,
  );
  const text = Object.values(heat.overhead).reduce((left, bits) => left - bits, heat.bits);
  return String(html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Heat map of ${heat.name}</title>
<style>${raw(STYLE)}</style>
<h1>Where the ${heat.gzip} bytes of ${heat.name}.gz go</h1>
<p>Build ${heat.buildNumber}: ${heat.code.length} characters in ${heat.bits} bits, ${text} of them for the text below.
Each character is coloured by the bits that it costs in the gzip file that ships; underlined ones were copied from earlier text and share the copy's bits.
Point at a token for its bits and its source line.</p>
<p class="legend">bits a character ${legend()} <span class="c">copied</span></p>
<p class="text">${heatMap(heat)}</p>
<h2>Bits that make no text</h2>
<table><tbody>${overhead}</tbody></table>
${Object.entries(heat.sources).map((each) => source(heat, each))}
</html>
`);
}
