/** Each line of headers.md, run: the header that it names, on both artifacts, and the end that it promises. */
import { readFileSync } from "node:fs";
import { lexer, type Tokens } from "marked";
import * as assert from "uvu/assert";
import { eachEngine, type Page } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { USER_AGENTS } from "../support/old-ie.ts";
import { approve, type Bench, BOTH, openBench, type Sender } from "./bench.ts";
import { writeFlows } from "./flows.ts";

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

/** Other engines do not know a header's value that works, or does not, "in Chromium". */
const OUTCOME =
  /^`?(works|popup_closed|popup_blocked|network_error|does not load|no modules)`?( in Chromium)?$/;
/** Popups of this page are sandboxed as it is, and forms are not allowed. */
const SANDBOXED_DIALOG = /sandbox [a-z -]*allow-popups`$/;

interface Line {
  sender: Sender;
  /** As written in the page. */
  text: string;
  headers: Record<string, string | null>;
  /** Of all.js and of index.mjs. */
  outcomes: string[];
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
  const tables = lexer(markdown).filter((token): token is Tokens.Table => token.type === "table");
  const heads = tables.map(({ header }) => header.map(({ text }) => text).join(" | "));
  const columns = " | `all.js` | `index.mjs`";
  assert.equal(
    heads.sort(),
    Object.keys(TABLES)
      .map((head) => head + columns)
      .sort(),
    "the tables",
  );
  return tables.flatMap(({ header, rows }) =>
    rows.map((row) => {
      const [text, ...outcomes] = row.map((cell) => cell.text) as [string, string, string];
      const unknown = outcomes.find((one) => !OUTCOME.test(one));
      if (unknown) throw new Error(`headers.md: "${unknown}" is no outcome: ${text}`);
      return { sender: TABLES[header[0]!.text]!, text, headers: readHeaders(text), outcomes };
    }),
  );
}

const LINES = readLines(
  readFileSync(new URL("../../scripts/site/content/headers.md", import.meta.url), "utf8"),
);

/** The login ends as the user closes the popup: not before its answer could have come. */
const answerDoesNotCome = (sandboxed: boolean) => async (popup: Page, _: Page, bench: Bench) => {
  await approve(popup);
  // A sandboxed dialog cannot even send its form.
  if (!sandboxed) {
    await until("the landing page", async () => bench.asked.has("/oauth/login_success"));
    await popup.waitFor("document.readyState === 'complete'");
  }
  await popup.close();
};

eachEngine(
  "headers you must not send",
  (each) => {
    const { test, engine, name: browser } = each;
    let bench: Bench;
    test.before(async () => {
      bench = await openBench();
    });
    test.after(() => bench?.close());

    for (const { sender, text, headers, outcomes } of LINES) {
      // What works is shown in one engine; what breaks, in two.
      const elsewhere = outcomes.some((one) => one !== "works") && !outcomes.join().includes("in Chromium");
      if (browser !== "chromium" && !elsewhere) continue;
      for (const [index, sdk] of BOTH.entries()) {
        const expected = OUTCOME.exec(outcomes[index]!)![1]!;
        const what = `${sender}, ${text}: ${expected}`;
        const ie9 = sender === "channel";
        const how = { headers: { [sender]: headers }, ...(ie9 ? { userAgent: USER_AGENTS["IE 9"] } : {}) };
        if (expected === "does not load")
          test(`${what} (${sdk})`, async () => {
            const page = await bench.open(engine(), {}, { sdk, ...how });
            assert.is(await page.evaluate("!!bench.loaded"), false);
          });
        // IE 9 has nothing that could run the module, and cannot ask the API.
        else if (expected !== "no modules")
          writeFlows(each, () => bench, [
            {
              what,
              sdks: [sdk],
              networkUsers: !ie9,
              ...how,
              // A browser remembers what the API allows.
              fresh: sender === "api",
              ...(expected === "popup_closed" ? { act: answerDoesNotCome(SANDBOXED_DIALOG.test(text)) } : {}),
              ...(expected === "popup_blocked" ? { silent: true } : {}),
              ends: expected === "works" ? "success" : expected,
              async check(_, page) {
                if (headers["Document-Isolation-Policy"] && browser === "chromium")
                  assert.is(await page.evaluate("crossOriginIsolated"), true, "the header has an effect");
              },
            },
          ]);
      }
    }
  },
  ["chromium", "firefox"],
);
