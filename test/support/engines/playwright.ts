/** Chromium and Firefox, by playwright-core. */
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  firefox,
  type Page as PlaywrightPage,
  type Route,
} from "playwright-core";
import type { Engine, Footprint, Page, PageOptions } from "./types.ts";
import { LIMIT_MS } from "./types.ts";
import { asExpression, until } from "./wait.ts";

/**
 * Without these Chromium looks up its maker's hosts at every start. `--no-sandbox` because its sandbox refuses to run
 * as root, as in most containers.
 */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium at `executablePath`. */
export async function openChromium(executablePath: string, popupBlocker: boolean = true): Promise<Engine> {
  const browser = await chromium.launch({
    executablePath,
    args: CHROMIUM_ARGS,
    // Playwright turns the popup blocker off unless told otherwise.
    ignoreDefaultArgs: ["--disable-popup-blocking"],
  });
  return engine("chromium", `Chromium ${browser.version()}`, browser, {
    popupBlocker,
    focus: false,
    // Of popups too, which the npm registry's Chromium, the one without a popup blocker, does not hand over.
    interception: popupBlocker,
  });
}

/** Stock Firefox (not Playwright's build) at `executablePath`, over WebDriver BiDi. */
export async function openFirefox(executablePath: string): Promise<Engine> {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath,
    firefoxUserPrefs: {
      // The popup blocker; Playwright turns it off.
      "dom.disable_open_during_load": true,
      // Clocks tell microseconds instead of whole milliseconds, for the timing tests.
      "privacy.reduceTimerPrecision": false,
    },
  });
  // Over BiDi a 302 that a route handler gives is not followed, and the body of a form that was sent is not told.
  return engine("firefox", `Firefox ${browser.version()}`, browser, {
    popupBlocker: true,
    focus: true,
    interception: false,
  });
}

function engine(
  name: Engine["name"],
  version: string,
  browser: Browser,
  capabilities: Engine["capabilities"],
): Engine {
  const idle: Place[] = [];
  return {
    name,
    version,
    capabilities,
    async newPage({ answer, fresh, ...how }: PageOptions = {}) {
      if (answer && !capabilities.interception) throw new Error(`${name} cannot answer requests itself`);
      const kind = JSON.stringify([how, !!answer]);
      const waiting = fresh ? -1 : idle.findIndex((one) => one.kind === kind);
      const known = waiting < 0 ? undefined : idle.splice(waiting, 1)[0]!;
      if (capabilities.focus) {
        // A popup that closes must give the focus back to its opener: no other window may be there to take it.
        idle.length = 0;
        const others = browser.contexts().filter((context) => context !== known?.context);
        await Promise.all(others.map((context) => context.close()));
        await known?.page.bringToFront();
      }
      const place = known ?? (await openPlace(browser, kind, how, !!answer));
      place.answer = answer;
      let given = false;
      return wrap(place.page, place.context, async () => {
        if (given) return;
        given = true;
        if (fresh || !(await reset(place))) await place.context.close();
        else idle.push(place);
      });
    },
    close: () => browser.close(),
  };
}

/** A window that may serve one test after another: a new one, with storage of its own, takes a second. */
interface Place {
  /** What sets it apart from others: user agent, look, who answers. */
  kind: string;
  context: BrowserContext;
  page: PlaywrightPage;
  answer: PageOptions["answer"];
  /** Every origin that a window of it was on. */
  origins: Set<string>;
}

async function openPlace(
  browser: Browser,
  kind: string,
  { userAgent, look }: PageOptions,
  answers: boolean,
): Promise<Place> {
  const context = await browser.newContext({ ...(userAgent ? { userAgent } : {}), ...look });
  context.setDefaultTimeout(LIMIT_MS);
  const origins = new Set<string>();
  context.on("page", (page) =>
    page.on("framenavigated", (frame) => {
      if (/^https?:/.test(frame.url())) origins.add(new URL(frame.url()).origin);
    }),
  );
  const place: Place = { kind, context, page: await context.newPage(), answer: undefined, origins };
  if (answers) await context.route("**/*", (route) => fulfil(route, place.answer!));
  return place;
}

/** Leaves one empty window that nothing is stored for. False when its window is gone. */
async function reset({ page, context, origins }: Place): Promise<boolean> {
  await Promise.all(context.pages().map((one) => one !== page && one.close()));
  if (page.isClosed()) return false;
  await page.goto("about:blank");
  await context.clearCookies();
  if (context.browser()!.browserType() === chromium) {
    const session = await context.newCDPSession(page);
    for (const origin of origins)
      await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
    await session.detach();
  }
  origins.clear();
  return true;
}

async function fulfil(route: Route, answer: NonNullable<PageOptions["answer"]>): Promise<void> {
  const asked = route.request();
  const body = asked.postDataBuffer();
  const response = await answer(
    new Request(asked.url(), {
      method: asked.method(),
      headers: await asked.allHeaders().then((all) => {
        // HTTP/2's pseudo-headers are not names that Request takes.
        return Object.entries(all).filter(([header]) => !header.startsWith(":"));
      }),
      ...(body ? { body: new Uint8Array(body) } : {}),
    }),
  ).catch(() => null);
  // A window that has closed meanwhile no longer wants its answer; that is no failure of the test.
  const done =
    response && response.type !== "error"
      ? route.fulfill({
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: Buffer.from(await response.arrayBuffer()),
        })
      : response === undefined
        ? route.continue()
        : route.abort("connectionfailed");
  await done.catch(() => {});
}

function wrap(page: PlaywrightPage, context: BrowserContext, dispose: () => Promise<void>): Page {
  const evaluate = (script: string | ((...args: any[]) => unknown), ...args: unknown[]): Promise<any> =>
    page.evaluate(asExpression(script, args));
  const chromiumOnly = context.browser()!.browserType() === chromium;
  return {
    ...(chromiumOnly ? { footprint: footprintOf(page, context) } : {}),
    async goto(url) {
      await page.goto(url);
    },
    url: async () => page.url(),
    async click(selector) {
      try {
        await page.click(selector);
      } catch (thrown) {
        // What the click set off may have closed the window before the driver was done with it.
        if (!page.isClosed()) throw thrown;
      }
    },
    async pressEnter() {
      await page.bringToFront();
      await page.keyboard.press("Enter");
    },
    async text(selector) {
      return ((await page.textContent(selector)) ?? "").trim();
    },
    evaluate,
    async waitFor(expression, limitMs) {
      const look = () =>
        evaluate(expression).catch((thrown: Error) => {
          // The page went on to the next one while it was asked: no answer yet.
          if (!thrown.message.includes("Execution context was destroyed")) throw thrown;
        });
      await until(expression, look, limitMs);
    },
    async popup(action) {
      const [opened] = await Promise.all([page.waitForEvent("popup"), action()]);
      return wrap(opened, context, dispose);
    },
    windows: async () => context.pages().length,
    isClosed: async () => page.isClosed(),
    close: () => page.close(),
    dispose,
  };
}

/** By the DevTools protocol. */
function footprintOf(page: PlaywrightPage, context: BrowserContext): () => Promise<Footprint> {
  let session: CDPSession | undefined;
  return async () => {
    if (!session) {
      session = await context.newCDPSession(page);
      await session.send("Performance.enable");
    }
    // More than one, because what the first lets go can hold more.
    for (let round = 0; round < 3; round++) await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const metric = (name: string): number => metrics.find((each) => each.name === name)!.value;
    const { result } = await session.send("Runtime.evaluate", {
      expression: "(getEventListeners(window).message || []).length",
      includeCommandLineAPI: true,
      returnByValue: true,
    });
    return {
      heap: metric("JSHeapUsedSize"),
      nodes: metric("Nodes"),
      documents: metric("Documents"),
      listeners: metric("JSEventListeners"),
      messageListeners: result.value,
    };
  };
}
