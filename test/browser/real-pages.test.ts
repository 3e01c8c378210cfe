/** What real pages do around a login, on both artifacts: what only a browser shows of it. */
import * as assert from "uvu/assert";
import { eachEngine, type Page } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { approve, letTicksPass } from "./bench.ts";
import {
  type Envelope,
  endOf,
  endsOf,
  type Overrides,
  openPolicyBench,
  type PolicyBench,
} from "./policy-bench.ts";

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

const PAGES: [what: string, parts: PolicyBench["parts"]][] = [
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

eachEngine("real pages", ({ test, engine }) => {
  let bench: PolicyBench;
  test.before(async () => {
    bench = await openPolicyBench();
  });
  test.before.each(() => {
    bench.tier.faults.reset();
    Object.assign(bench, { overrides: {}, parts: {}, beforeAccounts: undefined });
    bench.reports.length = 0;
  });
  test.after(() => bench?.close());

  const start = (page: Page): Promise<Page> => page.popup(() => page.click("#authenticate"));

  /** The login has ended so often, in these ways and no others; no exception, and no window but the page's own. */
  async function assertEnds(page: Page, names: string[]): Promise<void> {
    await page.waitFor(`bench.ends.length >= ${names.length}`);
    await letTicksPass(page);
    assert.equal(
      (await endsOf(page)).map(({ name }) => name),
      names,
    );
    assert.equal(await page.evaluate("bench.failures"), []);
    await until("the popups to be gone", async () => (await page.windows()) === 1);
  }

  /** Everything once for each artifact. */
  function each(what: string, run: (open: (options?: object) => Promise<Page>) => Promise<void>): void {
    for (const envelope of ["all.js", "index.mjs"] satisfies Envelope[]) {
      test(`${what} (${envelope})`, async () => {
        let page: Page | undefined;
        await run(async (options) => {
          page = await bench.open(engine(), envelope, options);
          return page;
        });
        await page!.dispose();
      });
    }
  }

  for (const [what, parts] of PAGES) {
    each(`${what}: approved with all accounts, rejected, closed`, async (open) => {
      bench.parts = parts;
      const page = await open({ networkUsers: true });
      await approve(await start(page), "many");
      const { session } = await endOf(page);
      assert.is(session!.networkUsers!.length, 250);
      await (await start(page)).click("button[value=reject]");
      await page.waitFor("bench.ends.length === 2");
      const popup = await start(page);
      await popup.text("main");
      await popup.close();
      await assertEnds(page, ["works", "access_denied", "popup_closed"]);
    });
  }

  each("the page empties its head and body while the accounts load", async (open) => {
    const page = await open({ networkUsers: true });
    bench.beforeAccounts = () =>
      page.evaluate("document.head.replaceChildren(), document.body.replaceChildren()");
    await approve(await start(page), "many");
    await assertEnds(page, ["works"]);
    assert.is(await page.evaluate("document.querySelectorAll('body *').length"), 0);
  });

  each("an image that hides document.hasFocus: no exception, and a newer login works", async (open) => {
    bench.parts = { body: '<img name="hasFocus" alt="">' };
    const page = await open();
    assert.is(await page.evaluate("typeof document.hasFocus"), "object");
    const popup = await start(page);
    await popup.text("main");
    await popup.close();
    // More than the nine ticks after which other pages are told.
    for (let round = 0; round < 3; round++) await letTicksPass(page);
    assert.equal(await endsOf(page), []);
    await approve(await start(page));
    await assertEnds(page, ["popup_closed", "works"]);
  });

  each("options that change after the call do not reach the login", async (open) => {
    const page = await open({ networkUsers: true });
    const popup = await start(page);
    await page.evaluate("Object.assign(bench.passed, { networkUsers: false, success: null, error: null })");
    await approve(popup, "three");
    await assertEnds(page, ["works"]);
    assert.is((await endOf(page)).session!.networkUsers!.length, 3);
  });

  each("two presses of Enter on the login button: one window stays, one callback each", async (open) => {
    const page = await open();
    await page.evaluate("document.getElementById('authenticate').focus()");
    const older = await page.popup(() => page.pressEnter());
    // WebKitGTK loses the close() of a window that has not loaded yet.
    await older.text("main");
    const newer = await page.popup(() => page.pressEnter());
    await until("the older window to be closed", () => older.isClosed());
    assert.is(await newer.isClosed(), false);
    await approve(newer);
    await assertEnds(page, ["popup_closed", "works"]);
  });

  for (const [how, apiError, ends] of [
    ["succeeds", "", ["works"]],
    ["fails", "502", ["throttle_violation"]],
  ] as const) {
    each(`the token of a login that ${how} is in no address, report or stack`, async (open) => {
      const policy = "default-src 'none'; report-uri /report";
      bench.overrides = { app: { "content-security-policy-report-only": policy } } satisfies Overrides;
      bench.tier.faults.set({ apiError });
      let token = "";
      bench.beforeAccounts = (authorization) => {
        token = authorization!.replace("Bearer ", "");
      };
      const page = await open({ networkUsers: true });
      await approve(await start(page), "three");
      await assertEnds(page, [...ends]);
      await until("a report about the API", async () =>
        bench.reports.some((report) => report.includes(bench.tier.origins.api)),
      );

      assert.ok(bench.tier.tokens.find(token), `"${token}" is the token`);
      const entries = await page.evaluate<string[]>(
        "performance.getEntriesByType('resource').map(({ name }) => name)",
      );
      assert.ok(entries.some((name) => name.startsWith(`${bench.tier.origins.api}/2.0/me/associated`)));
      const { stack } = await endOf(page);
      assert.match(stack, /all\.js|index\.mjs|watch\.js/);
      for (const text of [...entries, ...bench.reports, stack])
        assert.not(decodeURIComponent(text).includes(token), text);
    });
  }
});
