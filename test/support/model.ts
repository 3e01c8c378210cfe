/**
 * The model test: plays random interleavings of everything that can happen to logins against a minified artifact.
 *
 * What must hold, whatever the order: a login ends in at most one callback; in exactly one once its popup is gone and the API
 * has answered or failed; it succeeds only with the token of a right answer; nothing is raised in the page; and when all
 * have ended, nothing is left.
 */
import { accounts } from "./app.ts";
import { type ApiRequest, type Client, type Heard, NOTHING_LEFT, TICK } from "./client.ts";
import type { Step } from "./steps.ts";
import type { Popup } from "./window-double.ts";

const ORIGIN = "https://stackexchange.com";

interface Login {
  heard: Heard;
  /** Undefined when it was blocked. */
  popup: Popup | undefined;
  /** The tokens of the right answers that reached the page. */
  tokens: string[];
}

type Opened = Login & { popup: Popup };

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/**
 * The rule for several logins: a newer one ends those that are still open, and never ends before them. One whose right answer has
 * come is no longer open.
 */
function checkOrder(logins: readonly Login[]): void {
  const newest = logins.findLastIndex(({ heard }) => heard.calls > 0);
  for (const { heard, tokens } of logins.slice(0, Math.max(newest, 0)))
    assert(heard.calls > 0 || tokens.length > 0, "a newer login ended before an older one that was open");
}

/** The token that `body` gives, if any. The module leaves an escape that does not decode as it is. */
function tokenIn(body: string, client: Client): string | undefined {
  const token = /access_token=([^&]+)/.exec(body)?.[1];
  return token === "%zz" && client.name === "all.js" ? undefined : token;
}

const MORE = { items: accounts(2), has_more: true };

const replies: Record<Extract<Step, { kind: "api" }>["reply"], (request: ApiRequest) => Promise<void>> = {
  page: (request) => request.answer({ items: accounts(1), has_more: false }),
  more: (request) => request.answer(MORE),
  backoff: (request) => request.answer({ ...MORE, backoff: 3 }),
  error: (request) =>
    request.answer({ error_id: 502, error_name: "throttle_violation", error_message: "m" }, 400),
  text: (request) => request.answerText("<html>"),
  null: (request) => request.answer(null),
  shape: (request) => request.answer({ error_name: { toString: 0 }, error_message: [] }),
  never: async () => {},
  fails: (request) => request.fail(),
  async twice(request) {
    await request.answer({ items: [], has_more: false });
    await request.answer({ items: [], has_more: false });
  },
};

class Play {
  readonly logins: Login[] = [];
  /** The logins whose end was seen already: the page's focus may have changed since. */
  readonly #ended = new Set<Heard>();

  /** `frames`: the browser answers through frames alone, as IE 9 does. */
  constructor(
    readonly client: Client,
    readonly frames: boolean,
  ) {}

  /** What must hold after each step. */
  check(): void {
    const { page } = this.client;
    for (const { heard, tokens } of this.logins) {
      assert(heard.calls <= 1, `${heard.calls} callbacks for one login`);
      for (const { accessToken } of heard.successes)
        assert(tokens.includes(accessToken), `a success with the token ${accessToken}`);
      for (const name of heard.names) {
        assert(Boolean(name), "an error without a name");
        if (name === "popup_closed" && !this.#ended.has(heard) && heard === this.logins.at(-1)?.heard)
          assert(page.focused, "closed while the user was elsewhere");
      }
      if (heard.calls) this.#ended.add(heard);
    }
    checkOrder(this.logins);
    assert(page.uncaught.length === 0, `raised in the page: ${String(page.uncaught[0])}`);
  }

  /** One of the logins that opened a popup. */
  #pick(index: number): Opened | undefined {
    const opened = this.logins.filter((one): one is Opened => one.popup !== undefined);
    return opened[index % opened.length];
  }

  #hash(body: string, { popup }: Opened): string {
    return `#${body}&state=${encodeURIComponent(this.client.page.stateOf(popup))}`;
  }

  #note(body: string, one: Opened): void {
    const token = tokenIn(body, this.client);
    if (token) one.tokens.push(token);
  }

  async #authenticate({ open, networkUsers }: Extract<Step, { kind: "authenticate" }>): Promise<void> {
    const { client, logins } = this;
    if (logins.length === 4) return;
    client.page.openBehaviour = open;
    const heard = client.authenticate({ networkUsers });
    const newer: Login = { heard, popup: open === "popup" ? client.page.popup : undefined, tokens: [] };
    assert(heard.calls === 0, "a callback came inside of the call");
    logins.push(newer);
    if (newer.popup) return;
    await client.advance(TICK);
    assert(newer.heard.names[0] === "popup_blocked", "a blocked popup was not reported");
  }

  #frame({ frame, body }: Extract<Step, { kind: "frame" }>, one: Opened): void {
    const { popup } = one;
    const frames = popup.frames as Record<string, unknown>;
    if (frame === "gone") delete frames["se-api-frame"];
    else {
      const loaded = frame === "answer";
      if (loaded && this.frames && !popup.closed) this.#note(body, one);
      frames["se-api-frame"] = { location: { hash: loaded ? this.#hash(body, one) : "" } };
    }
  }

  /** What happens to the login `one`. */
  async #happens(step: Extract<Step, { login: number }>, one: Opened): Promise<void> {
    const { client } = this;
    const { popup } = one;
    switch (step.kind) {
      case "answer":
        if (!this.frames) this.#note(step.body, one);
        return client.post({ origin: ORIGIN, source: popup, data: this.#hash(step.body, one) });
      case "forge": {
        const right = { origin: ORIGIN, source: popup, data: this.#hash(step.body, one) };
        if (step.wrong === "origin") return client.post({ ...right, origin: "https://evil.example" });
        if (step.wrong === "source") return client.post({ ...right, source: {} });
        return client.post({ ...right, data: `#${step.body}&state=s0` });
      }
      case "garbage":
        return client.post({ origin: ORIGIN, source: popup, data: step.data });
      case "userCloses":
        popup.closed = true;
        return;
      case "severed":
        // A popup cut off by COOP reads as closed, whoever looks; while its user is in it, this page has no focus.
        popup.closed = true;
        client.page.focused = !step.by;
        return;
      case "frame":
        this.#frame(step, one);
    }
  }

  async step(step: Step): Promise<void> {
    const { client } = this;
    if ("login" in step) {
      const one = this.#pick(step.login);
      if (one) await this.#happens(step, one);
    } else if (step.kind === "authenticate") await this.#authenticate(step);
    else if (step.kind === "init") client.init();
    else if (step.kind === "focus") client.page.focused = step.focused;
    else if (step.kind === "time") await client.advance(step.ms);
    else {
      const { pending, requests } = client;
      // Those that have ended fail once more, which must not be heard.
      const request = pending[step.request % pending.length] ?? requests[step.request % requests.length];
      if (request) await (request.pending ? replies[step.reply](request) : request.fail());
    }
    this.check();
  }

  /** Every popup is gone, the user is back, and the API answers or fails until nobody asks. */
  async end(): Promise<void> {
    const { client, logins } = this;
    for (const { popup } of logins) if (popup) popup.closed = true;
    client.page.focused = true;
    await client.advance(2000);
    for (let round = 0; client.pending.length || client.page.pendingTimers().length; round++) {
      assert(round < 40, "a login does not end");
      for (const request of client.pending)
        await (round % 2 ? request.fail() : request.answer({ items: [], has_more: false }));
      await client.advance(5000);
    }
    this.check();
    for (const { heard } of logins) assert(heard.calls === 1, `a login ended in ${heard.calls} callbacks`);
    const left = JSON.stringify(client.leftovers());
    assert(left === JSON.stringify(NOTHING_LEFT), `left behind: ${left}`);
  }
}

/** Lets `steps` happen in the client's page. Throws an Error when the artifact breaks the invariant. */
export async function play(client: Client, frames: boolean, steps: readonly Step[]): Promise<void> {
  const game = new Play(client, frames);
  client.init();
  for (const step of steps) await game.step(step);
  await game.end();
}
