/** Each line of headers.md, run: the header that it names, on both artifacts, and the end that it promises. */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { type EachEngine, eachEngine } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { USER_AGENTS } from "../support/old-ie.ts";
import { approve } from "./bench.ts";
import {
  type Envelope,
  endOf,
  type Overrides,
  openPolicyBench,
  type PolicyBench,
  type Sender,
} from "./policy-bench.ts";

/** The first cell of each table's head, and who sends what is below it. */
const TABLES: [head: string, sender: Sender][] = [
  ["the app's page sends", "app"],
  ["the app's blank page (`channelUrl`) sends, to IE 9", "channel"],
  ["the SDK's file is sent with", "sdk"],
  ["the dialog sends", "dialog"],
  ["its redirect to the landing page sends", "redirect"],
  ["the landing page sends", "landing"],
  ["the API sends", "api"],
];

const OUTCOMES = [
  "works",
  "popup_closed",
  "popup_blocked",
  "network_error",
  "does not load",
  "no modules",
] as const;
const CHROMIUM_ONLY = / in Chromium$/;
/** Popups of this page are sandboxed as it is, and forms are not allowed. */
const SANDBOXED_DIALOG = /sandbox [a-z -]*allow-popups`$/;
type Outcome = (typeof OUTCOMES)[number];

interface Line {
  sender: Sender;
  /** As written in the page. */
  text: string;
  headers: Record<string, string | null>;
  outcomes: Record<Envelope, Outcome>;
  /** Other engines do not know the header's value. */
  chromiumOnly: boolean;
}

/** `name: value` or no `name`, joined by "and". */
function readHeaders(cell: string): Line["headers"] {
  if (cell === "nothing") return {};
  return Object.fromEntries(
    cell.split(" and ").map((part) => {
      const [, no, name, value] = /^(no )?`([\w-]+)(?:: ([^`]+))?`$/.exec(part) ?? [];
      if (!name || !no === !value)
        throw new Error(`headers.md: "${part}" is neither \`name: value\` nor no \`name\``);
      return [name, value ?? null];
    }),
  );
}

/** The lines of all tables. Throws an Error that names what it does not understand: no line may be passed over. */
function readLines(markdown: string): Line[] {
  const lines: Line[] = [];
  const seen = new Set<string>();
  let sender: Sender | undefined;
  for (const row of markdown.split("\n")) {
    if (!row.startsWith("|")) {
      sender = undefined;
      continue;
    }
    const [first, ...cells] = row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
    if (/^-+$/.test(first!)) continue;
    if (!sender) {
      sender = TABLES.find(([head]) => head === first)?.[1];
      if (!sender || cells.join() !== "`all.js`,`index.mjs`")
        throw new Error(`headers.md: an unknown table: ${row}`);
      seen.add(first!);
      continue;
    }
    const outcomes = cells.map((cell) => cell.replace(CHROMIUM_ONLY, "").replaceAll("`", "") as Outcome);
    if (outcomes.length !== 2 || !outcomes.every((one) => OUTCOMES.includes(one)))
      throw new Error(`headers.md: an unknown outcome, none of ${OUTCOMES.join(", ")}: ${row}`);
    lines.push({
      sender,
      text: first!,
      headers: readHeaders(first!),
      outcomes: { "all.js": outcomes[0]!, "index.mjs": outcomes[1]! },
      chromiumOnly: cells.some((cell) => CHROMIUM_ONLY.test(cell)),
    });
  }
  for (const [head] of TABLES)
    if (!seen.has(head)) throw new Error(`headers.md: the table "${head}" is missing`);
  return lines;
}

const LINES = readLines(
  readFileSync(new URL("../../scripts/site/content/headers.md", import.meta.url), "utf8"),
);

/** What works is shown in one engine; what breaks, in two. */
const runsIn = (engine: string, { outcomes, chromiumOnly }: Line): boolean =>
  engine === "chromium" || (!chromiumOnly && Object.values(outcomes).some((one) => one !== "works"));

function writeTests({ test, engine, name: browser }: EachEngine): void {
  let bench: PolicyBench;
  test.before(async () => {
    bench = await openPolicyBench();
  });
  test.after(() => bench?.close());

  /** The page names production's hosts. */
  const here = (value: string | null): string | null =>
    value?.replaceAll("https://api.stackexchange.com", bench.tier.origins.api) ?? null;

  for (const { sender, text, headers, outcomes } of LINES.filter((line) => runsIn(browser, line))) {
    for (const envelope of Object.keys(outcomes) as Envelope[]) {
      const expected = outcomes[envelope];
      // IE 9 has nothing that could run the module.
      if (expected === "no modules") continue;
      test(`${sender}, ${text}, ${envelope}: ${expected}`, async () => {
        const overrides: Overrides = {
          [sender]: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, here(value)])),
        };
        bench.overrides = overrides;
        // IE 9 cannot ask the API.
        const users = sender !== "channel";
        const page = await bench.open(
          engine(),
          envelope,
          { networkUsers: users },
          users ? undefined : USER_AGENTS["IE 9"],
        );
        const loaded = await page.evaluate<boolean>("!!bench.loaded");
        assert.is(loaded, expected !== "does not load", "whether the SDK is there");
        if (!loaded) return page.dispose();

        if (headers["Document-Isolation-Policy"] && browser === "chromium")
          assert.is(await page.evaluate("crossOriginIsolated"), true, "the header has an effect");

        if (expected === "popup_blocked") await page.click("#login");
        else {
          const popup = await page.popup(() => page.click("#login"));
          bench.landed = false;
          await approve(popup);
          if (expected === "popup_closed") {
            // The popup stays until its answer could have come. A sandboxed dialog cannot even send its form.
            if (!SANDBOXED_DIALOG.test(text)) {
              await until("the landing page", async () => bench.landed);
              await popup.waitFor("document.readyState === 'complete'");
            }
            await popup.close();
          }
        }
        const { name, session } = await endOf(page);
        assert.is(name, expected);
        if (expected === "works") assert.is(session!.networkUsers?.length, users ? 3 : undefined);
        await page.dispose();
      });
    }
  }
}

eachEngine("headers you must not send", writeTests, ["chromium", "firefox"]);
