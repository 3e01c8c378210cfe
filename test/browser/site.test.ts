/** The documentation and the playground, as a reader meets them in a real browser. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { FAULTS, type Fault, type FaultName } from "../../scripts/dev-tier/index.ts";
import type { RunningTier } from "../../scripts/dev-tier/server.ts";
import { writeSite } from "../../scripts/site/write-site.ts";
import { type Engine, eachEngine, type Page } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { REPORT } from "../support/feature-report.ts";
import { openSite } from "../support/site.ts";
import { BUILD, quickFigures, startSite } from "./site-bench.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Opens the playground, with an account that has approved before, and waits for its button. */
async function openPlayground(
  engine: Engine,
  tier: RunningTier,
  query: Record<string, string> = {},
  look: { viewport?: { width: number; height: number } } = {},
): Promise<Page> {
  const page = await engine.newPage({ look });
  const all = { app: "1", account: "three", networkUsers: "on", transport: "message", ...query };
  await page.goto(`${tier.origins.site}/playground.html?${new URLSearchParams(all)}`);
  await page.waitFor("!document.getElementById('run').disabled");
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

interface Step {
  title: string;
  verdict: string;
  detail: string;
}

interface Ending {
  /** "success", or the error's name. */
  outcome: string;
  steps: Step[];
}

/** Presses the button and waits for the end; `close` closes the popup, as its user would. */
async function runExample(page: Page, close = false): Promise<Ending> {
  // The account has approved before, so a popup that nobody closes may be gone before a driver has seen it.
  if (!close) await page.click("#run");
  else {
    const popup = await page.popup(() => page.click("#run"));
    await popup.waitFor("location.href !== 'about:blank' && document.readyState === 'complete'");
    await popup.close();
  }
  return shownEnding(page);
}

/** Waits for the end, and reads it. */
async function shownEnding(page: Page): Promise<Ending> {
  await page.waitFor("!['idle', 'pending'].includes(document.getElementById('result').dataset.outcome)");
  await page.waitFor(
    "/Cleaned up|Left behind/.test(document.getElementById('timeline').lastElementChild.textContent)",
  );
  return page.evaluate(() => {
    const { outcome } = document.getElementById("result")!.dataset;
    const text = (from: Element, selector: string): string => from.querySelector(selector)?.textContent ?? "";
    return {
      outcome: outcome === "error" ? text(document.getElementById("result")!, "code") : outcome!,
      steps: [...document.querySelectorAll("#timeline > li")].map((step) => ({
        title: text(step, "strong"),
        verdict: text(step, ".verdict"),
        detail: text(step, "p"),
      })),
    };
  });
}

/** The steps in short. The order in which the SDK opens the popup and starts to watch it is not the user's concern: those three are sorted. */
function lines({ steps }: Ending): string[] {
  const all = steps.map(({ title, verdict }) => (verdict ? `${title}: ${verdict}` : title));
  return [...all.slice(0, 3).sort(), ...all.slice(3)];
}

eachEngine("playground", ({ test, engine }) => {
  let tier: RunningTier;
  test.before(async () => {
    tier = await startSite();
  });
  test.after(() => tier?.close());

  test("shows each step of a login as it happens, page 2 of the accounts and the cleaning up included", async () => {
    const page = await openPlayground(engine(), tier, { account: "many" });
    const ending = await runExample(page);
    assert.is(ending.outcome, "success");
    assert.equal(lines(ending), [
      "Listening for messages",
      "Looking at the popup every 50 ms",
      "Popup opened",
      "Message received: accepted",
      "Page 1 of accounts asked for",
      "Page 1 of accounts: accepted",
      "Page 2 of accounts asked for",
      "Page 2 of accounts: accepted",
      "Page 3 of accounts asked for",
      "Page 3 of accounts: accepted",
      "success is called: end",
      "Cleaned up",
    ]);
    assert.match(await page.text("#result"), "on 250 sites");
    await page.dispose();
  });

  test("a second login while one is open: the older one ends, and the result is the newer one's", async () => {
    const page = await openPlayground(engine(), tier, { account: "" });
    const older = await page.popup(() => page.click("#run"));
    // WebKitGTK loses the close() of a window that has not loaded yet.
    await older.text("main");
    const newer = await page.popup(() => page.click("#run"));
    await page.waitFor(`document.getElementById("timeline").textContent.includes("popup_closed")`);
    await until("the older popup to be closed", () => older.isClosed());
    assert.is(await page.text("#result"), "Waiting for the popup.");
    await newer.click("button[value=approve]");
    const ending = await shownEnding(page);
    assert.is(ending.outcome, "success");
    const shown = lines(ending);
    assert.ok(shown.includes("A newer login ends this one: end"), shown.join("\n"));
    assert.equal(
      shown.filter((line) => / is called/.test(line)),
      ["error is called: end", "success is called: end"],
    );
    assert.is(shown.at(-1), "Cleaned up");
    assert.is(await page.evaluate("document.getElementById('result').dataset.calls"), "1");
    await page.dispose();
  });

  test("accounts are asked for with the token in a header, which is not shown", async () => {
    const page = await openPlayground(engine(), tier);
    const { steps } = await runExample(page);
    const asked = steps.find(({ title }) => title === "Page 1 of accounts asked for")!;
    assert.is(asked.detail, `XMLHttpRequest to ${tier.origins.api}, with the header Authorization: Bearer …`);
    await page.dispose();
  });

  test("a click on the other file shows its code and loads it", async () => {
    const page = await openPlayground(engine(), tier);
    await page.click('input[value="module"]');
    await page.waitFor('location.search.includes("file=module") && !document.querySelector("#run").disabled');
    assert.match(await page.text("#snippet"), "login(");
    await page.dispose();
  });

  test("the module: each step, its accounts by fetch, and Cancel", async () => {
    const page = await openPlayground(engine(), tier, { file: "module" });
    const ending = await runExample(page);
    assert.equal(lines(ending), [
      "Listening for messages",
      "Looking at the popup every 50 ms",
      "Popup opened",
      "Message received: accepted",
      "Page 1 of accounts asked for",
      "Page 1 of accounts: accepted",
      "login() resolves: end",
      "Cleaned up",
    ]);
    await page.dispose();

    const cancelled = await openPlayground(engine(), tier, { file: "module", account: "" });
    const popup = await cancelled.popup(() => cancelled.click("#run"));
    await popup.text("main");
    await cancelled.click("#cancel");
    const { outcome, steps } = await shownEnding(cancelled);
    assert.is(outcome, "AbortError");
    assert.is(steps.at(-1)!.title, "Cleaned up");
    await until("the popup to be closed", () => popup.isClosed());
    await cancelled.dispose();
  });

  test("says why a message is refused, and shows no token", async () => {
    const page = await openPlayground(engine(), tier);
    tier.faults.set({ wrongOrigin: true });
    const refused = (await runExample(page, true)).steps.find(({ verdict }) => verdict === "refused");
    tier.faults.set({ wrongOrigin: false });
    assert.match(refused!.detail, `its origin is ${tier.origins.api}, not ${tier.origins.login}`);
    assert.match(refused!.detail, "access_token=…");
    await page.dispose();
  });

  test("the hidden frame's way, in the place of messages", async () => {
    const page = await openPlayground(engine(), tier, { transport: "iframe" });
    const ending = await runExample(page);
    assert.equal(lines(ending), [
      "Listening for messages",
      "Looking at the popup every 50 ms",
      "Popup opened",
      "Answer frame loaded: accepted",
      "Page 1 of accounts asked for",
      "Page 1 of accounts: accepted",
      "success is called: end",
      "Cleaned up",
    ]);
    await page.dispose();
  });
});

/** What each fault is set to; everything there is to choose, and short waits. */
const VALUES: Partial<Record<FaultName, (number | string | boolean)[]>> = {
  tokenSeconds: [1],
  late: [200],
  slowFrame: [200],
  apiSlow: [200],
  apiBackoff: [1],
};

/** Makes every request's time limit a hundredth of what the SDK sets. */
const HURRY = () => {
  const { prototype } = XMLHttpRequest;
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(prototype), "timeout")!;
  Object.defineProperty(prototype, "timeout", {
    configurable: true,
    set(ms: number) {
      set!.call(this, ms / 100);
    },
  });
};

eachEngine(
  "site",
  ({ test, engine }) => {
    let shared: Page | undefined;
    let tier: RunningTier;
    test.before(async () => {
      tier = await startSite();
    });
    test.after(async () => {
      await shared?.dispose();
      await tier?.close();
    });

    /** One page serves all faults, as it would a person, for as long as nothing goes wrong in it, but for two that change the page. */
    async function withPlayground(fault: FaultName, use: (page: Page) => Promise<void>) {
      const alone = fault === "slowFrame" || fault === "apiEndless";
      tier.faults.reset();
      const page =
        (!alone && shared) ||
        (await openPlayground(engine(), tier, { transport: fault === "slowFrame" ? "iframe" : "message" }));
      if (!alone) shared = undefined;
      try {
        await use(page);
        if (!alone) shared = page;
      } finally {
        if (page !== shared) await page.dispose();
        tier.faults.reset();
      }
    }

    // Everything once; then only the rules that another look can break.
    for (const [name, look, rules] of [
      ["light", { colorScheme: "light" }, "{}"],
      ["dark", { colorScheme: "dark" }, '{ runOnly: ["color-contrast"] }'],
      [
        "narrow",
        { colorScheme: "light", viewport: { width: 360, height: 740 } },
        '{ runOnly: ["scrollable-region-focusable", "meta-viewport", "target-size"] }',
      ],
    ] as const) {
      test(`every page, ${name}: axe finds nothing serious, nothing sticks out, nothing is asked of another host`, async () => {
        const page = await engine().newPage({ look });
        await page.goto(`${tier.origins.site}/`);
        const files = await page.evaluate<string[]>(
          "[...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))",
        );
        assert.ok(files.length >= 5);
        for (const file of files) {
          await page.goto(`${tier.origins.site}/${file}`);
          if (file === "playground.html") {
            await page.waitFor("!document.getElementById('run').disabled");
            await page.evaluate("document.getElementById('faults').open = true");
          }
          await page.evaluate(`(() => { ${AXE}\n})()`);
          const found = await page.evaluate<string[]>(
            `axe.run(${rules}).then(({ violations }) => violations
              .filter(({ impact }) => impact === "serious" || impact === "critical")
              .map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html).join(" ")))`,
          );
          assert.equal(found, [], file);
          const [wide, room] = await page.evaluate<[number, number]>(
            "[document.documentElement.scrollWidth, innerWidth]",
          );
          assert.ok(wide <= room, `${file} is ${wide} pixels wide where there are ${room}`);
          const hosts = await page.evaluate<string[]>(
            "[...new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin))]",
          );
          assert.equal(hosts, [tier.origins.site], file);
        }
        await page.dispose();
      });
    }

    for (const [name, fault] of Object.entries(FAULTS) as [FaultName, Fault][]) {
      if (fault.hidden) continue;
      const { choices = [true], off } = fault;
      const values = VALUES[name] ?? choices.filter((choice) => choice !== off);
      test(`fault ${name}: ${values.join(", ")}, each leads to what the page promises`, async () => {
        const account = name === "apiBackoff" ? "many" : "three";
        await withPlayground(name, async (page) => {
          for (const value of values) {
            // Its header is on the dialog, which someone who approved before never sees.
            const approveAs = value === "dialog" ? "" : account;
            await choose(page, "account", approveAs);
            await until("the account", async () => tier.faults.values.approveAs === approveAs);
            await choose(page, `fault-${name}`, value);
            await page.waitFor(
              `JSON.parse(document.getElementById("faults-list").dataset.values).${name} === ${JSON.stringify(value)}`,
            );
            assert.is(tier.faults.values[name], value);
            assert.is(await page.text("#faults-count"), "1 on");
            const promised = await page.text(".promise code");
            if (name === "apiEndless") await page.evaluate(HURRY);
            const ending = await runExample(page, promised === "popup_closed");
            assert.is(ending.outcome, promised, `${name} = ${value}`);
            assert.is(ending.steps.at(-1)!.title, "Cleaned up", `${name} = ${value}`);
            assert.is(await page.evaluate("document.getElementById('result').dataset.calls"), "1");
          }
          await page.click("#faults-reset");
          await page.waitFor("document.getElementById('faults-count').textContent === 'all off'");
        });
      });
    }

    for (const [app, expected] of [
      ["2", "success"],
      ["3", "unauthorized_client"],
      ["4", "popup_closed"],
      ["5", "popup_closed"],
    ] as const) {
      test(`app ${app}: ${expected}`, async () => {
        const page = await openPlayground(engine(), tier, { app });
        assert.is((await runExample(page, expected === "popup_closed")).outcome, expected);
        await page.dispose();
      });
    }

    test("each account and each scope of the form reaches the login", async () => {
      for (const [account, sites] of [
        ["one", 1],
        ["none", 0],
      ] as const) {
        const page = await openPlayground(engine(), tier, { account, scope: "no_expiry" });
        const ending = await runExample(page);
        const opened = ending.steps.find(({ title }) => title === "Popup opened");
        assert.match(opened!.detail, "scope=no_expiry");
        assert.match(await page.text("#result"), `on ${sites} site`);
        assert.match(await page.text("#result"), "Expiresnever");
        await page.dispose();
      }
    });

    for (const file of ["script", "module"])
      test(`the playground's own code runs unchanged: ${file}`, async () => {
        const playground = await openPlayground(engine(), tier, { scope: "read_inbox", file });
        const shown = await playground.text("#snippet");
        const snippet = shown.replace(/^import (.*) from .*/, "const $1 = await import('/index.mjs');");
        await playground.goto(`${tier.origins.site}/blank`);
        await playground.evaluate(`new Promise((done) => {
        document.body.innerHTML = "<button>run</button><button>cancel</button><output></output>";
        [window.button, window.cancel] = document.querySelectorAll("button");
        window.showSession = window.showFailure = (what) => {
          document.querySelector("output").textContent = JSON.stringify(what);
        };
        const script = document.createElement("script");
        script.src = "/all.js";
        script.onload = async () => {
          window.enableTheButton = done;
          ${snippet}
        };
        document.head.append(script);
      })`);
        await playground.popup(() => playground.click("button"));
        await playground.waitFor("document.querySelector('output').textContent");
        assert.match(await playground.text("output"), '"accessToken":');
        assert.match(await playground.text("output"), '"site_name":"Stack Overflow"');
        await playground.dispose();
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
      await one.goto(`${tier.origins.site}/playground.html`);
      await one.waitFor("document.getElementById('faults-count').textContent === '1 on'");
      await other.dispose();
      await one.dispose();
      tier.faults.reset();
    });

    test("an address without .html finds its page; one that is nowhere has the navigation", async () => {
      const page = await engine().newPage();
      await page.goto(`${tier.origins.site}/playground`);
      assert.is(await page.text("h1"), "Playground");
      assert.is((await fetch(`${tier.origins.site}/nowhere`)).status, 404);
      await page.goto(`${tier.origins.site}/nowhere`);
      assert.match(await page.text("nav"), "Playground");
      await page.dispose();
    });

    test("after a login its result is in view; an error has its meaning from the types", async () => {
      for (const viewport of [
        { width: 1200, height: 800 },
        { width: 390, height: 700 },
      ]) {
        const page = await openPlayground(engine(), tier, {}, { viewport });
        await page.evaluate("document.getElementById('run').scrollIntoView()");
        assert.is((await runExample(page)).outcome, "success");
        const bottom = await page.evaluate<number>(
          "document.getElementById('result').getBoundingClientRect().bottom",
        );
        assert.ok(bottom > 0 && bottom <= viewport.height, `at ${bottom} of ${viewport.height} pixels`);
        await page.dispose();
      }
      const page = await openPlayground(engine(), tier, { account: "" });
      assert.is((await runExample(page, true)).outcome, "popup_closed");
      await page.waitFor(
        "document.getElementById('result').textContent.includes('The user closed the popup before it answered')",
      );
      await page.dispose();
    });

    test("costs that are being measured appear without a reload", async () => {
      let report: typeof REPORT | null = null;
      const measuring = await startSite({ features: async () => report });
      const page = await engine().newPage();
      await page.goto(`${measuring.origins.site}/size.html`);
      assert.match(await page.text("#measuring"), "Being measured");
      report = REPORT;
      await page.waitFor("!document.getElementById('measuring')");
      assert.match(await page.text("#costs"), "one <feature>");
      await page.dispose();
      await measuring.close();
    });

    test("the static copy, in a folder of any host: a service worker plays the servers, for script and module", async () => {
      const folder = mkdtempSync(join(tmpdir(), "site-"));
      const { artifacts } = await quickFigures();
      await writeSite({ out: folder, artifacts, measure: quickFigures, features: async () => REPORT });
      const types: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css" };
      const host = await openSite((request) => {
        const name = new URL(request.url).pathname.replace(/^\/some\/folder\//, "");
        if (!existsSync(join(folder, name))) return new Response("", { status: 404 });
        const type = types[name.split(".").at(-1)!] ?? "application/json";
        return new Response(readFileSync(join(folder, name)), { headers: { "content-type": type } });
      });
      const page = await engine().newPage();
      await page.goto(`${host.origin}/some/folder/playground.html`);
      await page.waitFor(
        `document.getElementById("run").textContent === "Run Example With Version ${BUILD}"`,
      );
      assert.is(await page.evaluate("document.getElementById('worker').hidden"), false);
      assert.is(await page.evaluate("document.getElementById('fault-wrongOrigin')"), null);
      for (const file of ["script", "module"]) {
        await page.goto(
          `${host.origin}/some/folder/playground.html?file=${file}&account=many&networkUsers=on`,
        );
        await page.waitFor("!document.getElementById('run').disabled");
        const ending = await runExample(page);
        assert.is(ending.outcome, "success", file);
        assert.match(await page.text("#result"), "on 250 sites");
        assert.is(ending.steps.at(-1)!.title, "Cleaned up");
        // The dialog is asked for, and says no.
        await choose(page, "account", "");
        await page.waitFor(
          "JSON.parse(document.getElementById('faults-list').dataset.values).approveAs !== undefined",
        );
        const popup = await page.popup(() => page.click("#run"));
        await popup.click("button[value=reject]");
        assert.is((await shownEnding(page)).outcome, "access_denied");
      }
      // The hidden frame's way, a dead end, and an API that drops the connection.
      await page.goto(`${host.origin}/some/folder/playground.html?transport=iframe&account=three`);
      await page.waitFor("!document.getElementById('run').disabled");
      assert.is((await runExample(page)).outcome, "success");
      await page.goto(`${host.origin}/some/folder/playground.html?app=4&account=three&networkUsers=on`);
      await page.waitFor("!document.getElementById('run').disabled");
      assert.is((await runExample(page, true)).outcome, "popup_closed");
      await choose(page, "app", "1");
      await choose(page, "fault-apiDropped", true);
      await page.waitFor("document.getElementById('faults-count').textContent === '1 on'");
      assert.is((await runExample(page)).outcome, "network_error");
      await page.goto(`${host.origin}/some/folder/playground.html`);
      await page.waitFor("!document.getElementById('run').disabled");
      assert.match(await page.text("#snippet"), `channelUrl: "${host.origin}/some/folder/blank"`);
      await page.evaluate("document.querySelector('[name=scope][value=no_expiry]').click()");
      assert.match(await page.text("#snippet"), 'scope: ["no_expiry"]');
      await page.goto(`${host.origin}/some/folder/index.html`);
      await page.waitFor("document.querySelector('button.copy')");
      await page.dispose();
      await host.close();
      rmSync(folder, { recursive: true });
    });

    test("a button beside each snippet copies it, or selects it", async () => {
      const page = await engine().newPage();
      await page.goto(`${tier.origins.site}/index.html`);
      const count = await page.evaluate<number>("document.querySelectorAll('figure.snippet').length");
      assert.is(await page.evaluate("document.querySelectorAll('button.copy').length"), count);
      await page.click("#script-use");
      await page.evaluate("document.querySelector('button.copy').click()");
      await page.waitFor("document.querySelector('figcaption [role=status]').textContent");
      assert.match(await page.text("figcaption [role=status]"), /^(Copied|Selected)/);
      await page.dispose();
    });
  },
  ["chromium"],
);
