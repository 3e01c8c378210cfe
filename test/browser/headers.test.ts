/** Each line of headers.md, run: the header that it names, on both artifacts, and the end that it promises. */
import { readFileSync } from "node:fs";
import * as assert from "uvu/assert";
import { type EachEngine, eachEngine } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { USER_AGENTS } from "../support/old-ie.ts";
import { approve, type Bench, openBench, outcome, type Sdk, type Sender, startLogin } from "./bench.ts";

/** The first cell of each table's head, and who sends what is below it. */
const TABLES: Record<string, Sender> = {
  "the app's page sends": "app",
  "the app's blank page (`channelUrl`) sends, to IE 9": "channel",
  "the SDK's file is sent with": "sdk",
  "the dialog sends": "dialog",
  "its redirect to the landing page sends": "redirect",
  "the landing page sends": "landing",
  "the API sends": "api",
};

const OUTCOME = /^(works|popup_closed|popup_blocked|network_error|does not load|no modules)( in Chromium)?$/;
/** Popups of this page are sandboxed as it is, and forms are not allowed. */
const SANDBOXED_DIALOG = /sandbox [a-z -]*allow-popups`$/;

interface Line {
  sender: Sender;
  /** As written in the page. */
  text: string;
  headers: Record<string, string | null>;
  outcomes: Record<Sdk, string>;
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
  const tables = [
    ...markdown.matchAll(/^\| (.+) \| `all\.js` \| `index\.mjs` \|\n\|[-| ]+\|\n((?:\|.*\n)+)/gm),
  ];
  assert.equal(tables.map(([, head]) => head).sort(), Object.keys(TABLES).sort(), "the tables of headers.md");
  const lines = tables.flatMap(([, head, rows]) =>
    rows!
      .trim()
      .split("\n")
      .map((row): Line => {
        const [text, ...cells] = row.slice(2, -2).split(" | ") as [string, string, string];
        const found = cells.map((cell) => OUTCOME.exec(cell.replaceAll("`", "")));
        if (found.length !== 2 || !found[0] || !found[1])
          throw new Error(`headers.md: an unknown outcome, none of ${OUTCOME.source}: ${row}`);
        return {
          sender: TABLES[head!]!,
          text,
          headers: readHeaders(text),
          outcomes: { "all.js": found[0][1]!, "index.mjs": found[1][1]! },
          chromiumOnly: found.some((one) => one![2]),
        };
      }),
  );
  const rows = markdown.split("\n").filter((row) => row.startsWith("|")).length;
  assert.is(lines.length, rows - 2 * tables.length, "each row of headers.md is in one of the tables");
  return lines;
}

const LINES = readLines(
  readFileSync(new URL("../../scripts/site/content/headers.md", import.meta.url), "utf8"),
);

function writeTests({ test, engine, name: browser }: EachEngine): void {
  let bench: Bench;
  test.before(async () => {
    bench = await openBench();
  });
  test.after(() => bench?.close());

  for (const { sender, text, headers, outcomes, chromiumOnly } of LINES) {
    // What works is shown in one engine; what breaks, in two.
    const breaks = Object.values(outcomes).some((one) => one !== "works");
    if (browser !== "chromium" && (chromiumOnly || !breaks)) continue;
    for (const sdk of Object.keys(outcomes) as Sdk[]) {
      const expected = outcomes[sdk];
      // IE 9 has nothing that could run the module.
      if (expected === "no modules") continue;
      test(`${sender}, ${text}, ${sdk}: ${expected}`, async () => {
        // The page names production's hosts.
        const sent = Object.entries(headers).map(([name, value]) => [
          name,
          value?.replaceAll("https://api.stackexchange.com", bench.tier.origins.api) ?? null,
        ]);
        const ie9 = sender === "channel";
        const page = await bench.open(
          engine(),
          // IE 9 cannot ask the API.
          { networkUsers: !ie9 },
          {
            sdk,
            headers: { [sender]: Object.fromEntries(sent) },
            // What one allows is remembered.
            fresh: sender === "api",
            ...(ie9 ? { userAgent: USER_AGENTS["IE 9"] } : {}),
          },
        );
        const loaded = await page.evaluate<boolean>("!!bench.loaded");
        assert.is(loaded, expected !== "does not load", "whether the SDK is there");
        if (!loaded) return;

        if (headers["Document-Isolation-Policy"] && browser === "chromium")
          assert.is(await page.evaluate("crossOriginIsolated"), true, "the header has an effect");

        if (expected === "popup_blocked") await page.click("#login");
        else {
          const popup = await startLogin(page);
          await approve(popup);
          if (expected === "popup_closed") {
            // The popup stays until its answer could have come. A sandboxed dialog cannot even send its form.
            if (!SANDBOXED_DIALOG.test(text)) {
              await until("the landing page", async () => bench.asked.has("/oauth/login_success"));
              await popup.waitFor("document.readyState === 'complete'");
            }
            await popup.close();
          }
        }
        const { name, data } = await outcome(page);
        assert.is(name, expected === "works" ? "success" : expected);
        if (expected === "works") assert.is(data.networkUsers?.length, ie9 ? undefined : 3);
      });
    }
  }
}

eachEngine("headers you must not send", writeTests, ["chromium", "firefox"]);
