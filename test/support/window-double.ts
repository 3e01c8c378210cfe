/**
 * A page for an artifact to run in, whose time, focus, popups and messages the test controls. The document is linkedom's;
 * what linkedom lacks is a double. The API's requests are no part of it: each artifact's adapter adds its own.
 *
 * The artifact runs in a separate realm, so that a hostile page can spoil only the intrinsics there.
 */
import vm from "node:vm";
import { parseHTML } from "linkedom";
import { PRODUCTION } from "../../scripts/config.ts";

export interface PageOptions {
  /** The page's own address. */
  href?: string;
  /** False: a browser without File, as IE 9 is. Its timers hand no arguments on. */
  file?: boolean;
  /** True: IE 11, whose links have no `origin`, though its location has. */
  ie11?: boolean;
  /** False: a browser without crypto. */
  crypto?: boolean;
  /** Runs in the page before the SDK does. */
  before?: string;
  /** What `window.open` does: gives a popup, gives this, or throws. */
  open?: "popup" | "null" | "undefined" | "throws";
}

/** A popup as its opener sees it. */
export interface Popup {
  url: string;
  name: string;
  features: string;
  closed: boolean;
  /** How often the SDK closed it. */
  closes: number;
  close(): void;
  /** The popup itself, as in every browser: a frame is a property of its window by its name. */
  frames: Record<string, { location: { hash: string } }>;
}

type Callback = (...args: unknown[]) => void;

interface Timer {
  /** 0: the browser's, not the page's. */
  id: number;
  due: number;
  every: number | null;
  run: () => void;
}

export interface Message {
  origin?: unknown;
  source?: unknown;
  data?: unknown;
}

/** A Location, or what a link is of its address. Support: IE 9 and 10 have no `origin`, nor do the links of IE 11. */
function address({ href, protocol, host, hostname, origin }: URL, origins: boolean) {
  return { href, protocol, host, hostname, ...(origins ? { origin } : {}), toString: () => href };
}

/** An `<a>` element, whose address counts from the page's own. One that cannot be parsed has no parts (HTML, HTMLHyperlinkElementUtils). */
function link(page: URL, origins: boolean): object {
  const own = {};
  Object.defineProperty(own, "href", {
    set(value: unknown) {
      const text = String(value);
      const { href, ...parts } = URL.canParse(text, page.href)
        ? address(new URL(text, page), origins)
        : { href: text, protocol: ":", origin: "", toString: () => text };
      Object.assign(own, parts);
    },
  });
  return own;
}

export class Page {
  readonly realm: vm.Context;
  readonly popups: Popup[] = [];
  /** What the page's own handlers would have reported as uncaught. */
  readonly uncaught: unknown[] = [];
  /** False while another window, such as the popup, has the focus. */
  focused = true;
  now = 1_700_000_000_000;
  openBehaviour: NonNullable<PageOptions["open"]>;
  readonly document: any;

  #messageListeners: ((event: Message) => void)[] = [];
  #timers: Timer[] = [];
  #lastTimer = 0;
  #ownNames: Set<string>;

  /** `equip` adds what this double lacks, before anything runs in the page. */
  constructor(artifact: vm.Script, options: PageOptions = {}, equip: (page: Page) => void = () => {}) {
    const url = new URL(options.href ?? "https://app.example/page?x=1");
    this.openBehaviour = options.open ?? "popup";
    this.document = parseHTML("<!doctype html><html><head></head><body></body></html>").document;
    this.document.hasFocus = () => this.focused;
    const modern = options.file !== false;
    const origins = modern && !options.ie11;
    // Support: IE 9, whose timers hand no arguments on.
    const handed = modern ? (args: unknown[]) => args : () => [];
    const create = this.document.createElement.bind(this.document);
    this.document.createElement = (name: string) => (name === "a" ? link(url, origins) : create(name));

    const host: Record<string, unknown> = {
      document: this.document,
      location: address(url, modern),
      open: (popupUrl: string, name: string, features: string) => this.#open(popupUrl, name, features),
      setTimeout: (callback: Callback, ms?: number, ...args: unknown[]) =>
        this.#timer(() => callback(...handed(args)), ms, false),
      setInterval: (callback: Callback, ms?: number, ...args: unknown[]) =>
        this.#timer(() => callback(...handed(args)), ms, true),
      clearTimeout: (id: number) => this.#clear(id),
      clearInterval: (id: number) => this.#clear(id),
    };
    if (modern) host.File = class File {};
    if (options.crypto !== false)
      host.crypto = { getRandomValues: (array: Uint32Array<ArrayBuffer>) => crypto.getRandomValues(array) };
    host.addEventListener = (type: string, listener: () => void) => this.#listen(type, listener);
    host.removeEventListener = (type: string, listener: () => void) => this.#unlisten(type, listener);
    // `npm run test:mutation`: the instrumented SDK asks its global object which mutant it is.
    if (process.env.MUTATION) host.__stryker__ = { activeMutant: process.env.__STRYKER_ACTIVE_MUTANT__ };
    this.realm = vm.createContext(host);
    vm.runInContext("var window = this;", this.realm);
    const NativeDate = vm.runInContext("Date", this.realm) as DateConstructor;
    const clock = () => this.now;
    (this.realm as any).Date = class extends NativeDate {
      constructor(...args: [any?]) {
        super(...((args.length ? args : [clock()]) as [number]));
      }
    };
    equip(this);
    if (options.before) vm.runInContext(options.before, this.realm);
    this.#ownNames = new Set(this.#names());
    artifact.runInContext(this.realm);
  }

  /** The last popup that was opened. */
  get popup(): Popup {
    return this.popups.at(-1)!;
  }

  /** The `state` that the SDK gave to popup `popup`. */
  stateOf(popup: Popup = this.popup): string {
    return new URL(popup.url).searchParams.get("state")!;
  }

  #names(): string[] {
    return [...vm.runInContext("Object.getOwnPropertyNames(this)", this.realm)];
  }

  /** Runs `work` as the browser runs a page's handlers. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.uncaught.push(error);
    }
  }

  #open(url: string, name: string, features: string): Popup | null | undefined {
    if (this.openBehaviour === "null") return null;
    if (this.openBehaviour === "undefined") return undefined;
    if (this.openBehaviour === "throws") throw new Error("NS_ERROR_DOM_INVALID_ACCESS_ERR");
    const own = {
      url,
      // As Web IDL has it: the name's text.
      name: String(name),
      features,
      closed: false,
      closes: 0,
      close() {
        own.closes++;
        own.closed = true;
      },
    };
    // A frame that is not there (yet) throws, as it does across origins; a closed popup has none.
    const popup = new Proxy(own as unknown as Popup, {
      get(target, name) {
        if (name === "frames") return popup;
        const isFrame = typeof name === "string" && name.includes("-");
        if (isFrame && (own.closed || !(name in target)))
          throw new Error("SecurityError: blocked a frame from accessing a cross-origin frame");
        return Reflect.get(target, name);
      },
    });
    this.popups.push(popup);
    return popup;
  }

  #listen(type: string, listener: (event: Message) => void): void {
    if (type !== "message") throw new Error(`the SDK listens to "${type}"`);
    if (!this.#messageListeners.includes(listener)) this.#messageListeners.push(listener);
  }

  #unlisten(type: string, listener: (event: Message) => void): void {
    if (type !== "message") throw new Error(`the SDK stops listening to "${type}"`);
    this.#messageListeners = this.#messageListeners.filter((other) => other !== listener);
  }

  #timer(run: () => void, ms: number | undefined, repeats: boolean): number {
    // HTML, "timers": what is not a number counts as 0, and an interval is never shorter than 1 ms here, so that time goes on.
    const delay = Math.max(repeats ? 1 : 0, Math.trunc(Number(ms)) || 0);
    this.#timers.push({
      id: ++this.#lastTimer,
      due: this.now + delay,
      every: repeats ? delay : null,
      run,
    });
    return this.#lastTimer;
  }

  /** Something of the browser's own happens `ms` milliseconds from now. */
  later(ms: number, run: () => void): void {
    this.#timers.push({ id: 0, due: this.now + ms, every: null, run });
  }

  #clear(id: number): void {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  }

  /** Lets `ms` milliseconds pass, running each timer at its time. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.reduce<Timer | null>(
        (first, timer) => (first && first.due <= timer.due ? first : timer),
        null,
      );
      if (!next || !(next.due <= end)) break;
      this.now = Math.max(this.now, next.due);
      if (next.every === null) this.#timers = this.#timers.filter((timer) => timer !== next);
      else next.due += next.every;
      this.guard(next.run);
    }
    this.now = end;
  }

  /** The page's own timers. */
  #pending(): Timer[] {
    return this.#timers.filter(({ id }) => id > 0);
  }

  /** The delays until each pending timer, in milliseconds. */
  pendingTimers(): number[] {
    return this.#pending().map((timer) => timer.due - this.now);
  }

  /** A message arrives at the page. */
  post(message: Message): void {
    for (const listener of [...this.#messageListeners]) this.guard(() => listener(message));
  }

  /** The landing page in `popup` answers with `hash`; `{state}` in it is the login's own state. */
  answer(hash: string, popup: Popup = this.popup): void {
    this.post({
      origin: PRODUCTION.loginOrigin,
      source: popup,
      data: hash.replace("{state}", this.stateOf(popup)),
    });
  }

  /** What the artifact left behind: zero and empty when no login is under way. */
  leftovers(): { listeners: number; timers: number; elements: number; globals: string[] } {
    return {
      listeners: this.#messageListeners.length,
      timers: this.#pending().length,
      elements: this.document.querySelectorAll("head *, body *").length,
      globals: this.#names().filter((name) => !this.#ownNames.has(name) && name !== "SE"),
    };
  }
}
