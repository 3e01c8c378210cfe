/** The documentation and the playground, as a reader meets them in a real browser. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import * as assert from "uvu/assert";
import { FAULTS, type Fault, type FaultName } from "../../scripts/dev-tier/index.ts";
import type { RunningTier } from "../../scripts/dev-tier/server.ts";
import { writeSite } from "../../scripts/site/write-site.ts";
import { type Engine, eachEngine, type Page } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { REPORT } from "../support/feature-report.ts";
import { openSite } from "../support/site.ts";
import { figures, startSite } from "./site-bench.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

type Query = Record<string, string>;

/** Opens the playground of `site`, by default with an account that has approved before, and waits for its button. */
async function visitPlayground(page: Page, site: string, query: Query = {}): Promise<void> {
  const all = new URLSearchParams({ account: "three", networkUsers: "on", ...query });
  await page.goto(`${site}/playground.html?${all}`);
  await page.waitFor("!document.getElementById('run').disabled");
}

async function openPlayground(engine: Engine, tier: RunningTier, query?: Query, look = {}): Promise<Page> {
  const page = await engine.newPage({ look });
  await visitPlayground(page, tier.origins.site, query);
  return page;
}

/** Puts a value into a control, as its user would. */
function choose(page: Page, id: string, value: number | string | boolean): Promise<void> {
  return page.evaluate(
    (control: string, to: any) => {
      const input = document.getElementById(control) as HTMLInputElement;
      if (input.type === "checkbox") input.checked = to;
      else input.value = to;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
    id,
    value,
  );
}

/** What a user does in the popup: closes it, or decides. WebKitGTK loses the close() of a window that has not loaded yet. */
const close = async (popup: Page) => {
  await popup.waitFor("location.href !== 'about:blank' && document.readyState === 'complete'");
  await popup.close();
};
const decide = (decision: "approve" | "reject") => (popup: Page) => popup.click(`button[value=${decision}]`);

/**
 * Presses the button, and reads how it ended. Without `act`, for an account that has approved before, the popup may be gone before a
 * driver has seen it.
 */
async function runExample(page: Page, act?: (popup: Page) => Promise<unknown>) {
  if (act) await act(await page.popup(() => page.click("#run")));
  else await page.click("#run");
  await page.waitFor(
    "/Cleaned up|Left behind/.test(document.querySelector('#timeline > :last-child')?.textContent)",
  );
  const { steps, ...ending } = await page.evaluate(() => {
    const result = document.getElementById("result")!;
    const { outcome, calls } = result.dataset;
    return {
      /** "success", or the error's name. */
      outcome: outcome === "error" ? result.querySelector("code")!.textContent! : outcome!,
      calls: calls!,
      result: result.textContent!,
      steps: [...document.querySelectorAll("#timeline > li")].map((step) =>
        ["strong", ".verdict", "p"].map((part) => step.querySelector(part)!.textContent!),
      ),
    };
  });
  const lines = steps.map(([title, verdict]) => (verdict ? `${title}: ${verdict}` : title!));
  return {
    ...ending,
    // In which order the SDK opens the popup and starts to watch it is not the user's concern.
    lines: [...lines.slice(0, 3).sort(), ...lines.slice(3)],
    details: steps.map(([title, , detail]) => `${title}: ${detail}`).join("\n"),
  };
}

const BEGIN = ["Listening for messages", "Looking at the popup every 50 ms", "Popup opened"];
const pages = (count: number) =>
  Array.from({ length: count }, (_, at) => `Page ${at + 1} of accounts`).flatMap((page) => [
    `${page} asked for`,
    `${page}: accepted`,
  ]);

eachEngine("playground", ({ test, engine }) => {
  let tier: RunningTier;
  test.before(async () => {
    tier = await startSite();
  });
  test.after(() => tier?.close());

  for (const [query, by, answer, accounts, end] of [
    [{ account: "many" }, "XMLHttpRequest", "Message received", 3, "success is called"],
    [{ file: "module" }, "fetch", "Message received", 1, "login() resolves"],
    [{ transport: "iframe" }, "XMLHttpRequest", "Answer frame loaded", 1, "success is called"],
  ] as [Query, string, string, number, string][])
    test(`${JSON.stringify(query)}: each step of the login as it happens, and no token`, async () => {
      const page = await openPlayground(engine(), tier, query);
      const { outcome, calls, lines, details } = await runExample(page);
      assert.equal([outcome, calls], ["success", "1"]);
      assert.equal(lines, [...BEGIN, `${answer}: accepted`, ...pages(accounts), `${end}: end`, "Cleaned up"]);
      assert.match(details, `${by} to ${tier.origins.api}, with the header Authorization: Bearer …`);
      assert.not.match(details, await page.text("#result dd"));
      await page.dispose();
    });

  test("a second login while one is open: the older one ends, and the result is the newer one's", async () => {
    const page = await openPlayground(engine(), tier, { account: "" });
    const older = await page.popup(() => page.click("#run"));
    await older.text("main");
    const { outcome, calls, lines } = await runExample(page, async (newer) => {
      await page.waitFor(`document.getElementById("timeline").textContent.includes("popup_closed")`);
      await until("the older popup to be closed", () => older.isClosed());
      assert.is(await page.text("#result"), "Waiting for the popup.");
      await decide("approve")(newer);
    });
    assert.equal([outcome, calls], ["success", "1"]);
    assert.ok(lines.includes("A newer login ends this one: end"), lines.join("\n"));
    const ends = lines.filter((line) => / is called/.test(line));
    assert.equal(ends, ["error is called: end", "success is called: end"]);
    assert.is(lines.at(-1), "Cleaned up");
    await page.dispose();
  });

  test("a click on the module shows its code and loads it; Cancel ends its login", async () => {
    const page = await openPlayground(engine(), tier, { account: "" });
    await page.click('input[value="module"]');
    await page.waitFor('location.search.includes("file=module") && !document.querySelector("#run").disabled');
    assert.match(await page.text("#snippet"), "login(");
    const cancelled = () =>
      runExample(page, async (popup) => {
        await popup.text("main");
        await page.click("#cancel");
        await until("the popup to be closed", () => popup.isClosed());
      });
    const first = await cancelled();
    assert.equal([first.outcome, first.lines.at(-1)], ["AbortError", "Cleaned up"]);
    // The login that was cancelled is over: the next one does not end it again.
    assert.equal((await cancelled()).lines, first.lines);
    await page.dispose();
  });
});

/** Makes every request's time limit a hundredth of what the SDK sets. */
const HURRY = `(() => {
  const { prototype } = Object.getPrototypeOf(XMLHttpRequest);
  const { set } = Object.getOwnPropertyDescriptor(prototype, "timeout");
  Object.defineProperty(prototype, "timeout", { set(ms) { set.call(this, ms / 100); } });
})()`;

/** What axe finds, and what else a look can break, on the page that is open; nothing when all is well. */
async function faultsOf(page: Page, rules: string): Promise<string[]> {
  await page.evaluate(`(() => { ${AXE}\n})()`);
  return page.evaluate<string[]>(`axe.run(${rules}).then(({ violations }) => [
    ...violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html).join(" ")),
    ...document.documentElement.scrollWidth > innerWidth ? ["wider than the window"] : [],
    ...performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => new URL(name).hostname !== location.hostname),
  ])`);
}

eachEngine(
  "site",
  ({ test, engine }) => {
    let tier: RunningTier;
    test.before(async () => {
      tier = await startSite();
    });
    test.after(() => tier?.close());
    /** What a test has started: a server that is left open would keep the process. */
    const started: { close(): Promise<void> }[] = [];
    test.after.each(async () => {
      tier.faults.reset();
      for (const server of started.splice(0)) await server.close();
    });

    const contrast = '{ runOnly: ["color-contrast"] }';
    const layout = '{ runOnly: ["scrollable-region-focusable", "meta-viewport", "target-size"] }';
    // Everything once; then only the rules that another look can break.
    for (const [name, look, rules] of [
      ["light", { colorScheme: "light" }, "{}"],
      ["dark", { colorScheme: "dark" }, contrast],
      ["narrow", { colorScheme: "light", viewport: { width: 360, height: 740 } }, layout],
    ] as const)
      test(`every page, ${name}: axe finds nothing serious, nothing sticks out, nothing is asked of another host`, async () => {
        const page = await openPlayground(engine(), tier, {}, look);
        await runExample(page);
        await page.evaluate("document.getElementById('faults').open = true");
        assert.equal(await faultsOf(page, rules), []);
        const files = await page.evaluate<string[]>(
          "[...document.querySelectorAll('nav a')].map(({ href }) => href)",
        );
        assert.ok(files.length >= 5);
        for (const file of files.filter((address) => !address.endsWith("playground.html"))) {
          await page.goto(file);
          assert.equal(await faultsOf(page, rules), [], file);
        }
        await page.dispose();
      });

    for (const [name, fault] of Object.entries(FAULTS) as [FaultName, Fault][]) {
      if (fault.hidden) continue;
      const { choices = [true], off, unit } = fault;
      // Each of its choices, or a short wait.
      const values = unit ? [unit === "s" ? 1 : 200] : choices.filter((choice) => choice !== off);
      test(`fault ${name}: ${values.join(", ")}, each leads to what the page promises`, async () => {
        const account = name === "apiBackoff" ? "many" : "three";
        const page = await openPlayground(engine(), tier, {
          account,
          transport: name === "slowFrame" ? "iframe" : "message",
        });
        if (name === "apiEndless") await page.evaluate(HURRY);
        for (const value of values) {
          // Its header is on the dialog, which someone who approved before never sees.
          await choose(page, "account", value === "dialog" ? "" : account);
          await choose(page, `fault-${name}`, value);
          await until("the fault", async () => tier.faults.values[name] === value);
          assert.is(await page.text("#faults-count"), "1 on");
          const promised = await page.text(".promise code");
          const { outcome, calls, lines, details } = await runExample(
            page,
            promised === "popup_closed" ? close : undefined,
          );
          assert.equal([outcome, calls, lines.at(-1)], [promised, "1", "Cleaned up"], `${name} = ${value}`);
          if (name === "wrongOrigin")
            assert.match(
              details,
              `its origin is ${tier.origins.api}, not ${tier.origins.login} (access_token=…`,
            );
        }
        await page.click("#faults-reset");
        await until("no fault", async () => tier.faults.values[name] === off);
        assert.is(await page.text("#faults-count"), "all off");
        await page.dispose();
      });
    }

    for (const [width, query, expected, ...texts] of [
      [1200, { app: "2", account: "one", scope: "no_expiry" }, "success", "on 1 site", "Expiresnever"],
      [390, { account: "none" }, "success", "on 0 sites"],
      [1200, { app: "3" }, "unauthorized_client", "The client side flow is off"],
      [390, { app: "4" }, "popup_closed", "The user closed the popup before it answered"],
      [390, { app: "5" }, "popup_closed"],
    ] as [number, Query, string, ...string[]][])
      test(`${JSON.stringify(query)}: ${expected}, in view`, async () => {
        const page = await openPlayground(engine(), tier, query, { viewport: { width, height: 700 } });
        await page.evaluate("document.getElementById('run').scrollIntoView()");
        const ending = await runExample(page, expected === "popup_closed" ? close : undefined);
        assert.is(ending.outcome, expected);
        for (const text of texts) assert.match(ending.result, text);
        if (query.scope) assert.match(ending.details, `scope=${query.scope}`);
        const bottom = await page.evaluate<number>(
          "document.getElementById('result').getBoundingClientRect().bottom",
        );
        assert.ok(bottom > 0 && bottom <= 700, `at ${bottom} of 700 pixels`);
        await page.dispose();
      });

    test("faults belong to the tab that set them, and outlast a reload", async () => {
      const one = await openPlayground(engine(), tier);
      await choose(one, "fault-twice", true);
      await until("the fault", async () => tier.faults.values.twice);
      const other = await openPlayground(engine(), tier);
      assert.is(tier.faults.values.twice, false);
      assert.is(await other.text("#faults-count"), "all off");
      await one.evaluate("dispatchEvent(new Event('focus'))");
      await until("the fault again", async () => tier.faults.values.twice);
      await visitPlayground(one, tier.origins.site);
      assert.is(await one.text("#faults-count"), "1 on");
      await other.dispose();
      await one.dispose();
    });

    test("an address without .html finds its page; one that is nowhere has the navigation", async () => {
      for (const [name, status, heading] of [
        ["playground", 200, "<h1>Playground"],
        ["nowhere", 404, "<h1>There is no such page"],
      ] as const) {
        const response = await fetch(`${tier.origins.site}/${name}`);
        assert.is(response.status, status);
        const text = await response.text();
        assert.match(text, heading);
        assert.match(text, 'href="playground.html"');
      }
    });

    test("costs that are being measured appear without a reload", async () => {
      let report: typeof REPORT | null = null;
      const measuring = await startSite({ features: async () => report });
      started.push(measuring);
      const page = await engine().newPage();
      await page.goto(`${measuring.origins.site}/size.html`);
      assert.match(await page.text("#measuring"), "Being measured");
      report = REPORT;
      await page.waitFor("!document.getElementById('measuring')");
      assert.match(await page.text("#costs"), "one <feature>");
      await page.dispose();
    });

    test("the static copy, in a folder of any host: a service worker plays the servers, for script and module", async () => {
      const folder = mkdtempSync(join(tmpdir(), "site-"));
      const { artifacts } = await figures();
      await writeSite({ out: folder, artifacts, measure: figures, features: async () => REPORT });
      const rewriteRequestPath = (path: string) => path.replace("/some/folder/", "/");
      const files = new Hono().use("/some/folder/*", serveStatic({ root: folder, rewriteRequestPath }));
      const host = await openSite((request) => files.fetch(request));
      started.push(host);
      const home = `${host.origin}/some/folder`;
      const page = await engine().newPage();
      for (const file of ["script", "module"]) {
        await visitPlayground(page, home, { file, account: "many" });
        const ending = await runExample(page);
        assert.equal([ending.outcome, ending.lines.at(-1)], ["success", "Cleaned up"], file);
        assert.match(ending.result, "on 250 sites");
        await visitPlayground(page, home, { file, account: "" });
        assert.is((await runExample(page, decide("reject"))).outcome, "access_denied");
      }
      assert.is(await page.evaluate("document.getElementById('worker').hidden"), false);
      assert.is(await page.evaluate("document.getElementById('fault-wrongOrigin')"), null);
      assert.match(await page.text("#snippet"), `channelUrl: "${home}/blank"`);
      await visitPlayground(page, home, { transport: "iframe" });
      assert.is((await runExample(page)).outcome, "success");
      await visitPlayground(page, home, { app: "4" });
      assert.is((await runExample(page, close)).outcome, "popup_closed");
      await choose(page, "app", "1");
      await choose(page, "fault-apiDropped", true);
      assert.is((await runExample(page)).outcome, "network_error");
      await page.dispose();
      rmSync(folder, { recursive: true });
    });

    test("a button beside each snippet copies it, or selects it", async () => {
      const page = await engine().newPage();
      await page.goto(`${tier.origins.site}/index.html`);
      await page.waitFor(
        "[...document.querySelectorAll('figure.snippet')].every((each) => each.querySelector('button.copy'))",
      );
      await page.click("figure:has(#script-use) button.copy");
      await page.waitFor("document.querySelector('figure:has(#script-use) [role=status]').textContent");
      assert.match(await page.text("figure:has(#script-use) [role=status]"), /^(Copied|Selected)/);
      await page.dispose();
    });
  },
  ["chromium"],
);
