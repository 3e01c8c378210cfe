/** One artifact in a page, with the same controls for all.js and index.mjs: the contract's tests see nothing else of them. */
import type vm from "node:vm";
import { CHANNEL, CLIENT_ID, KEY } from "./app.ts";
import { type Message, Page, type PageOptions, type Popup } from "./window-double.ts";

export type ArtifactName = "all.js" | "index.mjs";

/** The SDK looks at its popup every so many milliseconds; what it reports by itself is reported by then. */
export const TICK = 50;

/** One request for a page of accounts, however the artifact sends it. */
export interface ApiRequest {
  readonly page: number;
  readonly token: string;
  /** Neither answered nor failed nor given up. */
  readonly pending: boolean;
  /** Answers with `body` as JSON and an HTTP status (200). */
  answer(body: unknown, status?: number): Promise<void>;
  /** Answers with text that is no JSON. */
  answerText(text: string, status?: number): Promise<void>;
  /** The connection fails, or the browser's policies do not let the page read the answer. */
  fail(): Promise<void>;
}

/** Puts what an artifact asks the API with into its page. The array grows with each request. */
export type Transport = (page: Page) => ApiRequest[];

/** Lets everything that waits for a promise go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the callbacks of one login were given, in order. */
export class Heard {
  readonly successes: any[] = [];
  readonly errors: any[] = [];

  get calls(): number {
    return this.successes.length + this.errors.length;
  }

  /** What both artifacts promise of an error: its name and its message. */
  get failures(): { errorName: string; errorMessage: string }[] {
    return this.errors.map(({ errorName, errorMessage }) => ({ errorName, errorMessage }));
  }

  /** The errors' names. Throws an Error when one came without a message. */
  get names(): string[] {
    return this.failures.map(({ errorName, errorMessage }) => {
      if (typeof errorMessage !== "string" || !errorMessage)
        throw new Error(`${errorName} came without a message`);
      return errorName;
    });
  }
}

export class Client {
  readonly page: Page;
  /** The artifact's functions. Kept here, because a page may put its `SE` away. */
  readonly SE: any;
  /** All requests, in the order asked. */
  readonly requests: readonly ApiRequest[];

  /** Runs `script` in a new page. `members`: the functions that it gives to the page. */
  constructor(
    readonly name: ArtifactName,
    script: vm.Script,
    readonly members: readonly string[],
    transport: Transport,
    options?: PageOptions,
  ) {
    let requests: ApiRequest[] = [];
    this.page = new Page(script, options, (page) => {
      requests = transport(page);
    });
    this.requests = requests;
    this.SE = (this.page.realm as any).SE;
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

  /** Starts a login and listens to how it ends. */
  authenticate(options: object = {}): Heard {
    const heard = new Heard();
    this.SE.authenticate({
      success: (session: any) => heard.successes.push(session),
      error: (failure: any) => heard.errors.push(failure),
      ...options,
    });
    return heard;
  }

  /** Lets `ms` milliseconds pass; promises go on after each timer, as they do in a browser. */
  async advance(ms: number): Promise<void> {
    const { page } = this;
    const end = page.now + ms;
    for (;;) {
      const next = Math.min(...page.pendingTimers());
      if (!(page.now + next <= end)) break;
      page.advance(next);
      await settle();
    }
    page.advance(end - page.now);
    await settle();
  }

  /** A message arrives at the page. */
  post(message: Message): Promise<void> {
    this.page.post(message);
    return settle();
  }

  /** The landing page in `popup` answers with `hash`; `{state}` in it is the login's own state. */
  answer(hash: string, popup?: Popup): Promise<void> {
    this.page.answer(hash, popup);
    return settle();
  }

  /** What the artifact left behind; `NOTHING_LEFT` when no login is under way. */
  leftovers(): object {
    return {
      ...this.page.leftovers(),
      requests: this.pending.length,
      members: Object.getOwnPropertyNames(this.SE).filter((name) => !this.members.includes(name)),
    };
  }
}

/** What `leftovers` says after the last login. */
export const NOTHING_LEFT = { listeners: 0, timers: 0, elements: 0, globals: [], requests: 0, members: [] };
