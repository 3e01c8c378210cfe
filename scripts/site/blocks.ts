/** Makes the generated parts of the documents: Markdown from measurements and from the types. */

import { type Artifact, buildArtifact, type Sizes, sizesOf } from "../build/index.ts";
import { PRODUCTION, TARGETS } from "../config.ts";
import { toMarkdown } from "../print.ts";
import { FIXED_NUMBER } from "../size/settings.ts";
import { type Engines, readEngines } from "./engines.ts";
import { type Peers, readPeers } from "./peers.ts";
import { allMembers, type Reference, readReference } from "./reference.ts";

/** What generated parts are made from. */
export interface Figures {
  /** Sizes at FIXED_NUMBER, by artifact. */
  sizes: Record<string, Sizes>;
  artifacts: Artifact[];
  peers: Peers;
  engines: Engines;
  reference: Reference;
}

/** Builds and measures every artifact. Takes a few seconds. */
export async function measureFigures(): Promise<Figures> {
  const artifacts = await Promise.all(
    TARGETS.map((target) => buildArtifact(target, { tier: PRODUCTION, buildNumber: FIXED_NUMBER })),
  );
  return figuresOf(artifacts);
}

/** The figures for `artifacts`, and for what was measured and run earlier. */
export async function figuresOf(artifacts: Figures["artifacts"]): Promise<Figures> {
  return {
    sizes: Object.fromEntries(artifacts.map((artifact) => [artifact.name, sizesOf(artifact)])),
    artifacts,
    peers: await readPeers(),
    engines: await readEngines(),
    reference: readReference(),
  };
}

const count = (bytes: number): string => bytes.toLocaleString("en");

const table = (head: string[], rows: string[][]): string => toMarkdown({ head, rows, markdown: true });

const three = ({ raw, gzip, brotli }: Sizes): string[] => [raw, gzip, brotli].map(count);

function sizes({ sizes: ours, peers: { original, peers, date } }: Figures): string {
  const rows = [
    ...Object.entries(ours).map(([name, size]) => [`**\`${name}\`**`, ...three(size)]),
    [`${original.name}, ${original.version}`, ...three(original.sizes)],
  ];
  const weights = peers.map((peer) => peer.sizes.gzip);
  const [least, most] = [Math.min(...weights), Math.max(...weights)].map(count);
  return [
    table(["bytes", "raw", "gzip", "brotli"], rows),
    "",
    `Ours are the files that ship, at build number ${FIXED_NUMBER}; the original went through the same minifier. Other libraries for a popup`,
    `login, which do more, have ${least} to ${most} bytes with gzip: the site's size page lists them (\`npm run size -- peers\`, ${date}).`,
  ].join("\n");
}

/** An interface of the types as a table: name, type, meaning. What it inherits comes first; what is deprecated is left out. */
const members =
  (interfaceName: string) =>
  ({ reference }: Figures): string => {
    const shown = allMembers(reference, interfaceName).filter(({ deprecated }) => !deprecated);
    const rows = shown.map(({ name, type, optional, doc }) => [
      `\`${name}\`${optional ? " (optional)" : ""}`,
      `\`${type}\``,
      doc.join(" "),
    ]);
    return table(["name", "type", "meaning"], rows);
  };

function errors({ reference }: Figures): string {
  const rows = reference.errors.map(({ name, group, doc }) => [
    `\`${name}\``,
    group.replace(/^The |'s.*$/g, ""),
    doc,
  ]);
  return table(["`errorName`", "from", "when"], rows);
}

function support({ engines: { browsers, old, date } }: Figures): string {
  const rows = [
    ...browsers.map((browser) => [browser, "the whole flow suite, in the real browser"]),
    ["IE 10, IE 11 (`postMessage`)", "emulation: their user agents, in each of these browsers"],
    [
      "IE 9 (hidden frame): logins **without** `networkUsers`; with it they end in `network_error`, because IE 9 cannot send the token in a header",
      "emulation: their user agents in each of these browsers without `File`, which really take the frame's way; " +
        `${old.join(" and ")}, which know ES5 and nothing newer, with a host of 2010; a parse as ES3`,
    ],
    [
      "pages served as XML (`application/xhtml+xml`)",
      "policy tests in each of these browsers; Chromium runs no module scripts there, so the module has to come out of a bundle",
    ],
    [
      "IE 8 and older",
      "**not supported**: stackexchange.com asks for TLS 1.2, which IE 8 does not speak unless somebody turns it on",
    ],
    ["Firefox 20 and older", "**not supported**: its `crypto` has no `getRandomValues`"],
  ];
  return `${table(["browser", "tested by"], rows)}\n\nLast run in all of them on ${date} (\`npm run docs:engines\`).`;
}

/** By the name in the documents' markers. */
export const BLOCKS: Record<string, (figures: Figures) => string> = {
  summary: ({ sizes: { "all.js": script, "index.mjs": module } }) =>
    `The script is **${count(script!.gzip)} bytes** gzipped (${count(script!.brotli)} with brotli); ` +
    `the module ${count(module!.gzip)} (${count(module!.brotli)}). No dependencies.`,
  sizes,
  init: members("ScriptInitOptions"),
  authenticate: members("ScriptAuthenticateOptions"),
  session: members("Session"),
  errors,
  support,
  changelog: ({ sizes: ours }) =>
    Object.entries(ours)
      .map(([name, size]) => [name, ...three(size)])
      .map(([name, raw, gzip, brotli]) => `- \`${name}\`: ${raw} B raw, ${gzip} B gzip, ${brotli} B brotli.`)
      .join("\n"),
};

const MARKED = /(<!-- figures: ([\w-]+) -->\n)[\s\S]*?(\n<!-- \/figures -->)/g;

/** `text` with each part between `<!-- figures: NAME -->` and `<!-- /figures -->` replaced. Throws an Error for an unknown name. */
export function fill(text: string, figures: Figures): string {
  return text.replace(MARKED, (_, open: string, name: string, close: string) => {
    const block = BLOCKS[name];
    if (!block) throw new Error(`there is no generated part named "${name}"`);
    return `${open}\n${block(figures)}\n${close}`;
  });
}
