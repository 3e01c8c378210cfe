/** What real pages do around a login, on both artifacts: what only a browser shows of it. */
import * as assert from "uvu/assert";
import { eachEngine, type Page } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import {
  approve,
  assertEnds,
  type Bench,
  BOTH,
  calls,
  type Opening,
  openBench,
  startLogin,
} from "./bench.ts";
import { close, reject } from "./flows.ts";

/** What a careless library, or a malicious one, does to the page before the SDK comes. */
const SPOILT = `<script>
  [Object, Array, String, Function, Number, RegExp, Date].forEach((type) => {
    type.prototype.spoiltMethod = () => { throw new Error("a foreign method was called"); };
    type.prototype.spoiltText = "text";
    // Names that the SDK reads from the popup's answer and from the API's.
    for (const name of ["state", "access_token", "expires", "items", "backoff", "error_name"]) {
      type.prototype[name] = "text";
    }
  });
</script>`;

/** As SES and other hardened pages do: every constructor that the page has, those of the DOM included. */
const FROZEN = `<script>
  Object.getOwnPropertyNames(window).forEach((name) => {
    const type = window[name];
    if (typeof type !== "function" || !type.prototype) return;
    Object.freeze(type.prototype);
    Object.freeze(type);
  });
  [Math, JSON, Reflect].forEach(Object.freeze);
</script>`;

const PAGES: [what: string, parts: Opening][] = [
  ["enumerable functions and strings on every prototype", { head: SPOILT }],
  ["frozen intrinsics", { head: FROZEN }],
  ["variables that hide open and crypto", { head: "<script>let open = false; const crypto = {};</script>" }],
  [
    "elements whose names hide the document's properties",
    {
      body: ["all", "body", "head", "scripts", "forms", "images", "defaultView"]
        .map((name) => `<iframe name="${name}" width="9" height="9"></iframe><form name="${name}"></form>`)
        .join(""),
    },
  ],
];

const start = (page: Page): Promise<Page> => startLogin(page, "#authenticate");

eachEngine("real pages", ({ test, engine }) => {
  let bench: Bench;
  test.before(async () => {
    bench = await openBench();
  });
  test.after(() => bench?.close());

  for (const sdk of BOTH) {
    for (const [what, parts] of PAGES)
      test(`${what}: approved with all accounts, rejected, closed (${sdk})`, async () => {
        const page = await bench.open(engine(), { networkUsers: true }, { ...parts, sdk });
        await approve(await start(page), "many");
        await page.waitFor("bench.calls.length");
        assert.is(await page.evaluate("bench.calls[0].data.networkUsers.length"), 250);
        await reject(await start(page));
        await page.waitFor("bench.calls.length === 2");
        await close(await start(page));
        await assertEnds(page, ["success", "access_denied", "popup_closed"]);
      });

    for (const [apiError, end] of [
      ["", "success"],
      ["502", "throttle_violation"],
    ] as const)
      test(`the token is in no address, report or stack, with the end ${end} (${sdk})`, async () => {
        const policy = { "content-security-policy-report-only": "default-src 'none'; report-uri /report" };
        const how = { sdk, headers: { app: policy }, faults: { apiError } };
        const page = await bench.open(engine(), { networkUsers: true }, how);
        let token = "";
        bench.beforeAccounts = (authorization) => {
          token = authorization!.replace("Bearer ", "");
        };
        await approve(await start(page));
        await assertEnds(page, [end]);
        const { tokens, origins } = bench.tier;
        await until("a report about the API", async () =>
          bench.reports.some((report) => report.includes(origins.api)),
        );
        assert.ok(tokens.find(token), `"${token}" is the token`);
        const entries = await page.evaluate<string[]>(
          "performance.getEntriesByType('resource').map(({ name }) => name)",
        );
        assert.ok(entries.some((name) => name.startsWith(`${origins.api}/2.0/me/associated`)));
        const { stack } = (await calls(page))[0]!;
        assert.match(stack, /all\.js|index\.mjs|page\.js/);
        for (const text of [...entries, ...bench.reports, stack])
          assert.not(decodeURIComponent(text).includes(token), text);
      });
  }
});
