/** Chromium and Firefox, by playwright-core. */
import {
  type Browser,
  type BrowserContext,
  chromium,
  firefox,
  type Page as PlaywrightPage,
  type Route,
} from "playwright-core";
import { openDisplay } from "./display.ts";
import type { Engine, EngineName, Page, PageOptions } from "./types.ts";
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

/** Playwright turns the popup blocker off unless told otherwise. */
const LAUNCH = { args: CHROMIUM_ARGS, ignoreDefaultArgs: ["--disable-popup-blocking"] };

/** Chromium at `executablePath`, without a window. */
export async function openChromium(executablePath: string, popupBlocker = true): Promise<Engine> {
  const browser = await chromium.launch({ ...LAUNCH, executablePath });
  return { ...engine("chromium", `Chromium ${browser.version()}`, browser), popupBlocker };
}

/** Chromium in a window, which has or has not the focus. */
export async function openHeadedChromium(executablePath: string): Promise<Engine> {
  const display = await openDisplay();
  const env = { ...process.env, DISPLAY: display.name };
  const browser = await chromium.launch({ ...LAUNCH, executablePath, headless: false, env });
  return {
    ...engine("chromium-headed", `Chromium ${browser.version()} in a window`, browser),
    async close() {
      await browser.close();
      await display.close();
    },
  };
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
  return engine("firefox", `Firefox ${browser.version()}`, browser);
}

function engine(name: EngineName, version: string, browser: Browser): Engine {
  return {
    name,
    version,
    popupBlocker: true,
    async newPage({ answer, userAgent, look }: PageOptions = {}) {
      // A popup that closes must give the focus back to its opener: no other window may be there to take it.
      if (name !== "chromium") await Promise.all(browser.contexts().map((one) => one.close()));
      const context = await browser.newContext({ ...(userAgent ? { userAgent } : {}), ...look });
      context.setDefaultTimeout(LIMIT_MS);
      if (answer) await context.route("**/*", (route) => fulfil(route, answer));
      const page = await context.newPage();
      return wrap(page, context, name === "chromium-headed");
    },
    close: () => browser.close(),
  };
}

async function fulfil(route: Route, answer: NonNullable<PageOptions["answer"]>): Promise<void> {
  const asked = route.request();
  const body = asked.postDataBuffer();
  // HTTP/2's pseudo-headers are not names that Request takes.
  const headers = Object.entries(await asked.allHeaders()).filter(([header]) => !header.startsWith(":"));
  const init = { method: asked.method(), headers, ...(body ? { body: new Uint8Array(body) } : {}) };
  const response = await answer(new Request(asked.url(), init)).catch(() => Response.error());
  // A window that has closed meanwhile no longer wants its answer; that is no failure of the test.
  const done = !response
    ? route.continue()
    : response.type === "error"
      ? route.abort("connectionfailed")
      : route.fulfill({
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: Buffer.from(await response.arrayBuffer()),
        });
  await done.catch(() => {});
}

function wrap(page: PlaywrightPage, context: BrowserContext, trueFocus: boolean): Page {
  const evaluate = (script: string | ((...args: any[]) => unknown), ...args: unknown[]): Promise<any> =>
    page.evaluate(asExpression(script, args));
  const devTools = () => context.newCDPSession(page);
  return {
    async goto(url) {
      await page.goto(url);
      // Playwright makes each page of Chromium say that it has the focus; by now this one's process is there.
      if (trueFocus) await (await devTools()).send("Emulation.setFocusEmulationEnabled", { enabled: false });
    },
    url: async () => page.url(),
    async click(selector) {
      // What the click set off may have closed the window before the driver was done with it.
      await page.click(selector).catch((thrown) => {
        if (!page.isClosed()) throw thrown;
      });
    },
    async pressEnter() {
      await page.bringToFront();
      await page.keyboard.press("Enter");
    },
    text: async (selector) => (await page.textContent(selector))!.trim(),
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
      return wrap(opened, context, trueFocus);
    },
    windows: async () => context.pages().length,
    isClosed: async () => page.isClosed(),
    close: () => page.close(),
    dispose: () => context.close(),
    devTools,
  };
}
