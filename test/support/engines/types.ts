/** What a login flow needs of a browser, whichever driver is behind it. */

/**
 * `chromium`, `firefox` and `webkit` run every flow. `chromium-headed` is Chromium in a real window, by chromedriver:
 * it runs the flows that turn on focus, which Playwright's Chromium falsifies.
 */
export type EngineName = "chromium" | "firefox" | "webkit" | "chromium-headed";

/** What a driver can and cannot show. A flow that needs more than its engine has must say so aloud. */
export interface Capabilities {
  /** It blocks popups that no click asked for. The Chromium of the npm registry is a headless shell, which has no blocker. */
  popupBlocker: boolean;
  /** `document.hasFocus()` tells the truth. Playwright's Chromium answers true in every page, always. */
  focus: boolean;
  /** The test can answer requests for any origin itself (`PageOptions.answer`), redirects and forms included. */
  interception: boolean;
}

/** What a page holds after its garbage was collected. */
export interface Footprint {
  /** Bytes of JavaScript objects. */
  heap: number;
  /** DOM nodes, documents and event listeners, in all the windows of the page's process. */
  nodes: number;
  documents: number;
  listeners: number;
  /** The listeners that the browser itself knows of on this window for the event `message`. */
  messageListeners: number;
}

export interface PageOptions {
  /**
   * A window that no test had before, with caches of its own. Where what an earlier one left could matter: the browser remembers
   * for seconds that a preflight was allowed, for example.
   */
  fresh?: boolean;
  /** Sent as the `User-Agent` header and read as `navigator.userAgent`, in the page and in every popup of it. */
  userAgent?: string;
  /** How the page is looked at; the WebDriver engines leave it as it is. Width and height in CSS pixels. */
  look?: { colorScheme?: "light" | "dark"; viewport?: { width: number; height: number } };
  /**
   * Answers requests instead of the network. Undefined lets one through, `Response.error()` drops its connection.
   * Throws an Error where `interception` is false.
   */
  answer?: (request: Request) => Promise<Response | undefined>;
}

/** A browser that runs, with its popup blocker on if it has one. */
export interface Engine {
  readonly name: EngineName;
  /** Name and version as the browser itself says them, such as `Firefox 153.7.0`. */
  readonly version: string;
  readonly capabilities: Capabilities;
  /** A window that shares no storage with earlier ones. */
  newPage(options?: PageOptions): Promise<Page>;
  /** Ends the browser and everything started for it. */
  close(): Promise<void>;
}

/** One window. Every wait has its own limit and throws an Error that names what was waited for. */
export interface Page {
  goto(url: string): Promise<void>;
  url(): Promise<string>;
  /** Presses and releases the mouse over the element: a real click, which opens popups and moves focus. */
  click(selector: string): Promise<void>;
  /** Brings the page to the front, and presses and releases the Enter key, which clicks the button that has the focus. */
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
  /** Waits until the expression is truthy. */
  waitFor(expression: string, limitMs?: number): Promise<void>;
  /** Does `action`, and waits for the window that it opens. */
  popup(action: () => Promise<unknown>): Promise<Page>;
  /** Only Chromium tells. */
  footprint?(): Promise<Footprint>;
  /** How many windows this page and its popups have open; 0 once all are closed. */
  windows(): Promise<number>;
  isClosed(): Promise<boolean>;
  /** Closes this window, as its user would. */
  close(): Promise<void>;
  /** Gives this window back, without its popups and their storage: a later test may get it. */
  dispose(): Promise<void>;
}

/** How long a wait lasts before it is a failure. Milliseconds. */
export const LIMIT_MS = 10_000;
