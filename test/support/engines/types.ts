/** What a login flow needs of a browser, whichever driver is behind it. */
import type { CDPSession } from "playwright-core";

/**
 * `chromium`, `firefox` and `webkit` run every flow. `chromium-headed` is Chromium in a real window: it runs the flows that
 * turn on focus, which a Chromium without a window has in every page.
 */
export type EngineName = "chromium" | "firefox" | "webkit" | "chromium-headed";

export interface PageOptions {
  /** Sent as the `User-Agent` header and read as `navigator.userAgent`, in the page and in every popup of it. */
  userAgent?: string;
  /** How the page is looked at; WebKit leaves it as it is. Width and height in CSS pixels. */
  look?: { colorScheme?: "light" | "dark"; viewport?: { width: number; height: number } };
  /** Answers requests instead of the network, in Chromium. Undefined lets one through, `Response.error()` drops its connection. */
  answer?: (request: Request) => Promise<Response | undefined>;
}

/** A browser that runs, with its popup blocker on if it has one. */
export interface Engine {
  readonly name: EngineName;
  /** Name and version as the browser itself says them, such as `Firefox 153.7.0`. */
  readonly version: string;
  /** It blocks popups that no click asked for; all but the npm registry's Chromium do. */
  readonly popupBlocker: boolean;
  /** A window that shares no storage with earlier ones. Where windows compete for focus, it closes those. */
  newPage(options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

/** One window. Every wait has its own limit and throws an Error that names what was waited for. */
export interface Page {
  goto(url: string): Promise<void>;
  url(): Promise<string>;
  /** Presses and releases the mouse over the element: a real click, which opens popups and moves focus. */
  click(selector: string): Promise<void>;
  /** Brings the page to the front, and presses Enter, which clicks the button that has the focus. */
  pressEnter(): Promise<void>;
  /** Waits until the element is there, and reads its text, without space at either end. */
  text(selector: string): Promise<string>;
  /**
   * An expression's value, or a function's called in the page; promises are awaited. The value travels as JSON.
   * Drivers run it as if its user had just acted, so that a popup may open: what has to be blocked must be opened
   * by the page itself, while it loads.
   */
  evaluate<T>(expression: string): Promise<T>;
  evaluate<T, A extends unknown[]>(fn: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  waitFor(expression: string, limitMs?: number): Promise<void>;
  /** Does `action`, and waits for the window that it opens. */
  popup(action: () => Promise<unknown>): Promise<Page>;
  /** How many windows this page and its popups have open; 0 once all are closed. */
  windows(): Promise<number>;
  isClosed(): Promise<boolean>;
  close(): Promise<void>;
  /** Closes this window and its popups, and forgets what they stored. */
  dispose(): Promise<void>;
  /** The DevTools protocol, which only Chromium has. */
  devTools?(): Promise<CDPSession>;
}

/** How long a wait lasts before it is a failure. Milliseconds. */
export const LIMIT_MS = 10_000;
