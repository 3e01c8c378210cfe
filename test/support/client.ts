/**
 * One artifact in a page, with the same controls for all.js and index.mjs. The test controls time, focus, popups and messages;
 * the document is linkedom's, and what linkedom lacks is a double.
 *
 * The artifact runs in a separate realm, so that a hostile page can spoil only the intrinsics there.
 */
import vm from "node:vm";
import { parseHTML } from "linkedom";
import { PRODUCTION } from "../../scripts/config.ts";
import type { ApiRequest } from "./api-doubles.ts";
import { CHANNEL, CLIENT_ID, KEY } from "./app.ts";
import { Clock, settle } from "./clock.ts";

export type ArtifactName = "all.js" | "index.mjs";

/** The SDK looks at its popup every so many milliseconds; what it reports by itself is reported by then. */
export const TICK = 50;

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
  /** The hash of the frame of the page's own origin in it; undefined when there is no such frame. */
  frameHash: string | undefined;
}

export interface Message {
  origin?: unknown;
  source?: unknown;
  data?: unknown;
}

type Listener = (event: Message) => void;

/** An `<a>` element, whose address counts from the page's own. One that cannot be parsed has no parts (HTML, HTMLHyperlinkElementUtils). */
function link(page: string, origins: boolean): object {
  let text = "";
  const url = () => (URL.canParse(text, page) ? new URL(text, page) : undefined);
  return {
    set href(value: unknown) {
      text = String(value);
    },
    get origin() {
      return origins ? (url()?.origin ?? "") : undefined;
    },
    toString: () => url()?.href ?? text,
  };
}

/** What the callbacks of one login were given, in order. */
export class Heard {
  readonly successes: any[] = [];
  readonly errors: any[] = [];

  get calls(): number {
    return this.successes.length + this.errors.length;
  }

  /** What both artifacts promise of an error: its name and its message, which are texts. */
  get failures(): string[] {
    return this.errors.map(({ errorName, errorMessage }) => {
      if (typeof errorName !== "string" || typeof errorMessage !== "string" || !errorMessage)
        throw new Error(`${errorName} came without a message`);
      return `${errorName}: ${errorMessage}`;
    });
  }

  get names(): string[] {
    return this.failures.map((text) => text.split(":")[0]!);
  }
}

export class Client extends Clock {
  readonly realm: any;
  readonly document: any;
  /** The artifact's functions. Kept here, because a page may put its `SE` away. */
  readonly SE: any;
  readonly popups: Popup[] = [];
  /** All requests, in the order asked. */
  readonly requests: ApiRequest[] = [];
  /** The logins that `authenticate` started. */
  readonly logins: Heard[] = [];
  /** False while another window, such as the popup, has the focus. */
  focused = true;
  openBehaviour: NonNullable<PageOptions["open"]>;

  readonly #listeners = new Set<Listener>();
  readonly #ownNames: Set<string>;

  /** Runs `script` in a new page. `members`: the functions that it gives to the page. `equip` gives it what it asks the API with. */
  constructor(
    readonly name: ArtifactName,
    script: vm.Script,
    readonly members: readonly string[],
    equip: (client: Client) => void,
    options: PageOptions = {},
  ) {
    super();
    const { href, protocol, origin } = new URL(options.href ?? "https://app.example/page?x=1");
    this.openBehaviour = options.open ?? "popup";
    this.document = parseHTML("<!doctype html><html><head></head><body></body></html>").document;
    this.document.hasFocus = () => this.focused;
    const modern = options.file !== false;
    const create = this.document.createElement.bind(this.document);
    this.document.createElement = (name: string) =>
      name === "a" ? link(href, modern && !options.ie11) : create(name);
    const timer =
      (repeats: boolean) =>
      (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        this.start(() => callback(...(modern ? args : [])), ms, repeats);
    const clear = this.stop.bind(this);
    const getRandomValues = (array: Uint32Array<ArrayBuffer>) => crypto.getRandomValues(array);

    this.realm = vm.createContext({
      document: this.document,
      // Support: IE 9 and 10 have no `origin`.
      location: { href, protocol, origin: modern ? origin : undefined, toString: () => href },
      open: (url: string, name: string, features: string) => this.#open(url, name, features),
      setTimeout: timer(false),
      setInterval: timer(true),
      clearTimeout: clear,
      clearInterval: clear,
      addEventListener: (type: string, listener: Listener) =>
        type === "message" && this.#listeners.add(listener),
      removeEventListener: (type: string, listener: Listener) =>
        type === "message" && this.#listeners.delete(listener),
      File: modern ? class File {} : undefined,
      crypto: options.crypto === false ? undefined : { getRandomValues },
      // `npm run test:mutation`: the instrumented SDK asks its global object which mutant it is.
      __stryker__: process.env.MUTATION && { activeMutant: process.env.__STRYKER_ACTIVE_MUTANT__ },
    });
    this.run("var window = this;");
    const clock = () => this.now;
    this.realm.Date = class extends (this.run("Date") as DateConstructor) {
      constructor(...args: [any?]) {
        super(...((args.length ? args : [clock()]) as [number]));
      }
    };
    equip(this);
    if (options.before) this.run(options.before);
    this.#ownNames = new Set(this.#names());
    script.runInContext(this.realm);
    this.SE = this.realm.SE;
  }

  /** Runs a script of the page's. */
  run(code: string): any {
    return vm.runInContext(code, this.realm);
  }

  #names(): string[] {
    return [...this.run("Object.getOwnPropertyNames(this)")];
  }

  #open(url: string, name: string, features: string): Popup | null | undefined {
    if (this.openBehaviour === "throws") throw new Error("NS_ERROR_DOM_INVALID_ACCESS_ERR");
    if (this.openBehaviour !== "popup") return this.openBehaviour === "null" ? null : undefined;
    const popup = {
      url,
      // As Web IDL has it: the name's text.
      name: String(name),
      features,
      closed: false,
      frameHash: undefined,
      close() {
        popup.closed = true;
      },
      /** A frame that is not there (yet) throws, as it does across origins; a closed popup has none. */
      get "se-api-frame"() {
        if (popup.closed || popup.frameHash === undefined)
          throw new Error("SecurityError: cross-origin frame");
        return { location: { hash: popup.frameHash } };
      },
    };
    this.popups.push(popup);
    return popup;
  }

  /** The last popup that was opened. */
  get popup(): Popup {
    return this.popups.at(-1)!;
  }

  /** The `state` that the SDK gave to `popup`. */
  stateOf(popup = this.popup): string {
    return new URL(popup.url).searchParams.get("state")!;
  }

  /** The requests under way. */
  get pending(): ApiRequest[] {
    return this.requests.filter(({ pending }) => pending);
  }

  /** The only request under way. Throws an Error when there is another number of them. */
  get request(): ApiRequest {
    const { pending } = this;
    if (pending.length !== 1) throw new Error(`${pending.length} requests are under way`);
    return pending[0]!;
  }

  init(changes: object = {}): void {
    this.SE.init({ clientId: CLIENT_ID, key: KEY, channelUrl: CHANNEL, complete() {}, ...changes });
  }

  /** Starts a login and listens to how it ends; `options` may have callbacks besides, or none. */
  authenticate(options: Record<string, unknown> = {}): Heard {
    const heard = new Heard();
    const listen = (name: string, list: unknown[]) => {
      const own = options[name];
      if (name in options && typeof own !== "function") return own;
      return (value: unknown) => {
        list.push(value);
        (own as ((value: unknown) => void) | undefined)?.(value);
      };
    };
    this.SE.authenticate({
      ...options,
      success: listen("success", heard.successes),
      error: listen("error", heard.errors),
    });
    this.logins.push(heard);
    return heard;
  }

  /** A message arrives at the page. */
  post(message: Message): Promise<void> {
    for (const listener of [...this.#listeners]) this.guard(() => listener(message));
    return settle();
  }

  /** The landing page in `popup` answers with `hash`; `{state}` in it is the login's own state. */
  answer(hash: string, popup = this.popup): Promise<void> {
    const data = hash.replace("{state}", encodeURIComponent(this.stateOf(popup)));
    return this.post({ origin: PRODUCTION.loginOrigin, source: popup, data });
  }

  /** What the artifact left behind, in the page and on its own `SE`: empty when no login is under way. */
  left(): unknown[] {
    const names = this.#names().filter((name) => !this.#ownNames.has(name) && name !== "SE");
    const members = Object.getOwnPropertyNames(this.SE).filter((name) => !this.members.includes(name));
    const elements = this.document.querySelectorAll("head *, body *");
    return [...this.#listeners, ...this.timers, ...this.pending, ...elements, ...names, ...members];
  }

  /** What holds at any time: no login has ended twice, and nothing was raised. Throws an Error otherwise. */
  check(): void {
    const calls = this.logins.map((heard) => heard.calls);
    if (calls.some((count) => count > 1)) throw new Error(`logins ended ${calls.join(", ")} times`);
    if (this.uncaught.length) throw new Error(`raised in the page: ${this.uncaught.map(String).join(", ")}`);
  }

  /** What holds besides when nothing is under way any more: after the last login's end, nothing is left. */
  checkEnd(): void {
    this.check();
    if (this.logins.length === 0 || this.logins.some((heard) => heard.calls === 0)) return;
    const left = this.left();
    if (left.length) throw new Error(`left behind: ${left.map(String).join(", ")}`);
  }
}
