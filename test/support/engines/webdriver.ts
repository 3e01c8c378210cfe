/** WebKitGTK and Chromium in a real window, by selenium-webdriver, on a display of their own. */
import { Browser, Builder, error, Key, Capabilities as Wanted, type WebDriver } from "selenium-webdriver";
import { freePort, start, stop } from "../../../scripts/children.ts";
import { openDisplay } from "./display.ts";
import { CHROMIUM_ARGS } from "./playwright.ts";
import type { Engine, EngineName, Page } from "./types.ts";
import { LIMIT_MS } from "./types.ts";
import { asExpression, until } from "./wait.ts";

export interface WebKitPaths {
  /** `WebKitWebDriver`. */
  driver: string;
  /** The small browser that it drives. */
  miniBrowser: string;
}

/** WebKitGTK in its MiniBrowser. Its popup blocker is on unless a setting turns it off. */
export function openWebKit({ driver, miniBrowser }: WebKitPaths): Promise<Engine> {
  return engine("webkit", "WebKitGTK", driver, "/status", (userAgent) => ({
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": {
      binary: miniBrowser,
      args: [
        "--automation",
        "--javascript-can-open-windows-automatically=false",
        ...(userAgent ? [`--user-agent=${userAgent}`] : []),
      ],
    },
  }));
}

/** Chromium with a window that has or has not the focus, as Playwright's never shows. */
export function openHeadedChromium(driver: string, executablePath: string): Promise<Engine> {
  return engine("chromium-headed", "Chromium", driver, "/status", (userAgent) => ({
    browserName: Browser.CHROME,
    "goog:chromeOptions": {
      binary: executablePath,
      // chromedriver turns the popup blocker off unless told otherwise.
      excludeSwitches: ["disable-popup-blocking"],
      args: [...CHROMIUM_ARGS, ...(userAgent ? [`--user-agent=${userAgent}`] : [])],
    },
  }));
}

async function engine(
  name: EngineName,
  product: string,
  driverPath: string,
  statusPath: string,
  wanted: (userAgent?: string) => Record<string, unknown>,
): Promise<Engine> {
  const display = await openDisplay();
  const port = await freePort();
  const server = `http://127.0.0.1:${port}`;
  const driver = await start(driverPath, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display.name, GDK_BACKEND: "x11", WAYLAND_DISPLAY: "" },
  });
  await until(
    `${driverPath} to listen`,
    async () => (await fetch(server + statusPath).catch(() => null))?.ok,
  );

  // One session is one browser process with a profile of its own; at most one is open, so that no two fight for focus.
  let open: WebDriver | undefined;
  const session = async (userAgent?: string): Promise<WebDriver> => {
    await open?.quit().catch(() => {});
    open = undefined;
    open = await new Builder()
      .disableEnvironmentOverrides()
      .usingServer(server)
      .withCapabilities(new Wanted(wanted(userAgent)))
      .build();
    await open.manage().setTimeouts({ implicit: 0, pageLoad: LIMIT_MS, script: LIMIT_MS });
    return open;
  };
  const version = (await (await session()).getCapabilities()).getBrowserVersion();

  return {
    name,
    version: `${product} ${version}`,
    capabilities: { popupBlocker: true, focus: true, interception: false },
    async newPage({ userAgent, answer } = {}) {
      if (answer) throw new Error(`${name} cannot answer requests itself`);
      const webDriver = await session(userAgent);
      return new Windows(webDriver).page(await webDriver.getWindowHandle());
    },
    async close() {
      await open?.quit().catch(() => {});
      await stop(driver);
      await display.close();
    },
  };
}

/** The windows of one session. WebDriver has one current window at a time, so what is asked of them takes turns. */
class Windows {
  private turn: Promise<unknown> = Promise.resolve();
  private current = "";
  private readonly driver: WebDriver;

  constructor(driver: WebDriver) {
    this.driver = driver;
  }

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.turn.then(act, act);
    this.turn = result.catch(() => {});
    return result;
  }

  private in<T>(handle: string, act: (driver: WebDriver) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      // Only when it must: switching raises the window and may move the focus.
      if (this.current !== handle) await this.driver.switchTo().window(handle);
      this.current = handle;
      return act(this.driver);
    });
  }

  private handles(): Promise<string[]> {
    return this.inTurn(async () => {
      try {
        return await this.driver.getAllWindowHandles();
      } catch (thrown) {
        // With the last window the session ends.
        if (thrown instanceof error.NoSuchSessionError) return [];
        throw thrown;
      }
    });
  }

  page(handle: string): Page {
    const evaluate = (script: string | ((...args: any[]) => unknown), ...args: unknown[]): Promise<any> =>
      this.in(handle, async (driver) => {
        // A string, because the drivers' own way of sending anything else breaks on pages with spoilt prototypes.
        const answer = await driver.executeAsyncScript<string>(
          `var done = arguments[0]; ${asExpression(script, args)}.then(
             function (value) { done("=" + JSON.stringify(value === undefined ? null : value)); },
             function (thrown) { done("!" + thrown + "\\n" + (thrown && thrown.stack)); });`,
        );
        if (answer[0] === "!") throw new Error(answer.slice(1));
        return JSON.parse(answer.slice(1));
      });
    const element = (selector: string) =>
      until(`an element ${selector}`, () =>
        evaluate((wanted: string) => !!document.querySelector(wanted), selector),
      );
    const isClosed = async () => !(await this.handles()).includes(handle);
    return {
      goto: (url) => this.in(handle, (driver) => driver.get(url)),
      url: () => this.in(handle, (driver) => driver.getCurrentUrl()),
      click: async (selector) => {
        await element(selector);
        // By its place on the screen: the drivers' own click runs a script in the page, which spoilt prototypes break.
        const [x, y] = await evaluate((wanted: string) => {
          const found = document.querySelector(wanted)!;
          found.scrollIntoView({ block: "nearest" });
          const { left, top, width, height } = found.getBoundingClientRect();
          return [Math.round(left + width / 2), Math.round(top + height / 2)];
        }, selector);
        try {
          await this.in(handle, (driver) => driver.actions().move({ x, y, duration: 0 }).click().perform());
        } catch (thrown) {
          // What the click set off may have closed the window before the driver was done with it.
          if (!(await isClosed())) throw thrown;
        }
      },
      pressEnter: () => this.in(handle, (driver) => driver.actions().sendKeys(Key.ENTER).perform()),
      async text(selector) {
        await element(selector);
        const text = await evaluate(
          (wanted: string) => document.querySelector(wanted)!.textContent,
          selector,
        );
        return text.trim();
      },
      evaluate,
      async waitFor(expression, limitMs) {
        await until(expression, () => evaluate(expression), limitMs);
      },
      popup: async (action) => {
        const before = await this.handles();
        await action();
        const opened = await until("a popup", async () =>
          (await this.handles()).find((one) => !before.includes(one)),
        );
        return this.page(opened);
      },
      windows: async () => (await this.handles()).length,
      isClosed,
      close: () =>
        this.in(handle, async (driver) => {
          await driver.close();
          this.current = "";
        }),
      dispose: () => this.inTurn(() => this.driver.quit()).catch(() => {}),
    };
  }
}
