/** WebKitGTK in its MiniBrowser, by selenium-webdriver, on a display of its own. */
import { Builder, Capabilities, error, Key, type WebDriver } from "selenium-webdriver";
import { freePort, start, stop } from "../../../scripts/children.ts";
import { openDisplay } from "./display.ts";
import type { Engine, Page } from "./types.ts";
import { LIMIT_MS } from "./types.ts";
import { asExpression, until } from "./wait.ts";

/** `driverPath` is `WebKitWebDriver`, `binary` the small browser that it drives. */
export async function openWebKit(driverPath: string, binary: string): Promise<Engine> {
  const display = await openDisplay();
  const port = await freePort();
  const server = `http://127.0.0.1:${port}`;
  const driver = await start(driverPath, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display.name, GDK_BACKEND: "x11", WAYLAND_DISPLAY: "" },
  });
  await until("WebKitWebDriver", async () => (await fetch(`${server}/status`).catch(() => null))?.ok);

  // One session is one browser process with a profile of its own; at most one is open, so that no two fight for focus.
  let open: WebDriver | undefined;
  const quit = () => open?.quit().catch(() => {});
  const session = async (userAgent?: string): Promise<WebDriver> => {
    await quit();
    // Its popup blocker is on unless a setting turns it off.
    const args = ["--automation", "--javascript-can-open-windows-automatically=false"];
    if (userAgent) args.push(`--user-agent=${userAgent}`);
    open = await new Builder()
      .disableEnvironmentOverrides()
      .usingServer(server)
      .withCapabilities(
        new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary, args } }),
      )
      .build();
    await open.manage().setTimeouts({ implicit: 0, pageLoad: LIMIT_MS, script: LIMIT_MS });
    return open;
  };
  const version = (await (await session()).getCapabilities()).getBrowserVersion();

  return {
    name: "webkit",
    version: `WebKitGTK ${version}`,
    popupBlocker: true,
    async newPage({ userAgent } = {}) {
      const webDriver = await session(userAgent);
      return pages(webDriver)(await webDriver.getWindowHandle());
    },
    async close() {
      await quit();
      await stop(driver);
      await display.close();
    },
  };
}

/** The windows of one session, by their handles. WebDriver has one current window at a time, so what is asked of them takes turns. */
function pages(driver: WebDriver): (handle: string) => Page {
  let turn: Promise<unknown> = Promise.resolve();
  let current = "";
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const result = turn.then(act, act);
    turn = result.catch(() => {});
    return result;
  };
  const handles = (): Promise<string[]> =>
    inTurn(() =>
      driver.getAllWindowHandles().catch((thrown) => {
        // With the last window the session ends.
        if (thrown instanceof error.NoSuchSessionError) return [];
        throw thrown;
      }),
    );

  const page = (handle: string): Page => {
    const here = <T>(act: () => Promise<T>): Promise<T> =>
      inTurn(async () => {
        // Only when it must: switching raises the window and may move the focus.
        if (current !== handle) await driver.switchTo().window(handle);
        current = handle;
        return act();
      });
    const evaluate = (script: string | ((...args: any[]) => unknown), ...args: unknown[]): Promise<any> =>
      here(async () => {
        // A string, because the driver's own way of sending anything else breaks on pages with spoilt prototypes.
        const answer = await driver.executeAsyncScript<string>(
          `var done = arguments[0]; ${asExpression(script, args)}.then(
             function (value) { done("=" + JSON.stringify(value === undefined ? null : value)); },
             function (thrown) { done("!" + thrown + "\\n" + (thrown && thrown.stack)); });`,
        );
        if (answer[0] === "!") throw new Error(answer.slice(1));
        return JSON.parse(answer.slice(1));
      });
    /** What `read` makes of the element, once it is there. */
    const element = <T>(selector: string, read: (found: Element) => T): Promise<T> =>
      until(`an element ${selector}`, () =>
        evaluate(`(found => found && (${read})(found))(document.querySelector(${JSON.stringify(selector)}))`),
      );
    const isClosed = async () => !(await handles()).includes(handle);
    return {
      goto: (url) => here(() => driver.get(url)),
      url: () => here(() => driver.getCurrentUrl()),
      async click(selector) {
        // By its place on the screen: the driver's own click runs a script in the page, which spoilt prototypes break.
        const [x, y] = await element(selector, (found) => {
          found.scrollIntoView({ block: "nearest" });
          const { left, top, width, height } = found.getBoundingClientRect();
          return [Math.round(left + width / 2), Math.round(top + height / 2)] as const;
        });
        try {
          await here(() => driver.actions().move({ x, y, duration: 0 }).click().perform());
        } catch (thrown) {
          // What the click set off may have closed the window before the driver was done with it.
          if (!(await isClosed())) throw thrown;
        }
      },
      pressEnter: () => here(() => driver.actions().sendKeys(Key.ENTER).perform()),
      text: async (selector) => (await element(selector, (found) => [found.textContent]))[0]!.trim(),
      evaluate,
      async waitFor(expression, limitMs) {
        await until(expression, () => evaluate(expression), limitMs);
      },
      async popup(action) {
        const before = await handles();
        await action();
        const opened = async () => (await handles()).find((one) => !before.includes(one));
        return page(await until("a popup", opened));
      },
      windows: async () => (await handles()).length,
      isClosed,
      close: () =>
        here(async () => {
          await driver.close();
          current = "";
        }),
      dispose: () => inTurn(() => driver.quit()).catch(() => {}),
    };
  };
  return page;
}
