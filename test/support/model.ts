/**
 * The model test: plays random interleavings of everything that can happen to logins against a minified artifact.
 *
 * What must hold, whatever the order: a login ends in at most one callback; in exactly one once its popup is gone and the API
 * has answered or failed; it succeeds only with the token of a right answer; nothing is raised in the page; and when all
 * have ended, nothing is left.
 */
import * as fc from "fast-check";
import type { ApiRequest } from "./api-doubles.ts";
import { accounts } from "./app.ts";
import { type Client, type Heard, type Popup, TICK } from "./client.ts";

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
    const { client, logins } = this;
    client.check();
    for (const { heard, tokens } of logins) {
      for (const { accessToken } of heard.successes)
        assert(tokens.includes(accessToken), `a success with the token ${accessToken}`);
      for (const name of heard.names) {
        assert(Boolean(name), "an error without a name");
        if (name === "popup_closed" && !this.#ended.has(heard) && heard === logins.at(-1)?.heard)
          assert(client.focused, "closed while the user was elsewhere");
      }
      if (heard.calls) this.#ended.add(heard);
    }
    // A newer login ends those that are still open, and never ends before them. One whose right answer has come is not open.
    const newest = logins.findLastIndex(({ heard }) => heard.calls > 0);
    for (const { heard, tokens } of logins.slice(0, Math.max(newest, 0)))
      assert(heard.calls > 0 || tokens.length > 0, "a newer login ended before an older one that was open");
  }

  /** Calls `act` with one of the logins that opened a popup, if there is any. */
  async opened(index: number, act: (one: Opened) => unknown): Promise<void> {
    const opened = this.logins.filter((one): one is Opened => one.popup !== undefined);
    const one = opened[index % opened.length];
    if (one) await act(one);
  }

  /** The right answer with `body`. */
  hash(body: string, { popup }: Opened): string {
    return `#${body}&state=${encodeURIComponent(this.client.stateOf(popup))}`;
  }

  /** The page gets the right answer with `body`. all.js drops an escape that does not decode, the module leaves it as it is. */
  note(body: string, one: Opened): void {
    const token = /access_token=([^&]+)/.exec(body)?.[1];
    if (token && !(token === "%zz" && this.client.name === "all.js")) one.tokens.push(token);
  }

  /** Every popup is gone, the user is back, and the API answers or fails until nobody asks. */
  async end(): Promise<void> {
    const { client, logins } = this;
    for (const { popup } of logins) if (popup) popup.closed = true;
    client.focused = true;
    await client.advance(2000);
    for (let round = 0; client.pending.length || client.timers.length; round++) {
      assert(round < 40, "a login does not end");
      for (const request of client.pending)
        await (round % 2 ? request.fail() : request.answer({ items: [], has_more: false }));
      await client.advance(5000);
    }
    this.check();
    for (const { heard } of logins) assert(heard.calls === 1, `a login ended in ${heard.calls} callbacks`);
    client.checkEnd();
  }
}

interface Happening<T> {
  weight: number;
  args: { [Name in keyof T]: fc.Arbitrary<T[Name]> };
  run(play: Play, args: T): unknown;
}

const happening = <T>(
  weight: number,
  args: Happening<T>["args"],
  run: Happening<T>["run"],
): Happening<any> => ({
  weight,
  args,
  run,
});

const oneOf = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Which of the logins it happens to. */
const login = fc.nat({ max: 3 });
const body = oneOf<string>(
  "access_token=right",
  "access_token=right&expires=86400",
  "error=access_denied&error_description=no",
  "error=server_error",
  "access_token=%zz",
  "error=%&error_description=%e0%a4",
  "nothing=here",
  "",
  "__proto__=1&constructor=2&access_token=right",
);

const MORE = { items: accounts(2), has_more: true };

const replies: Record<string, (request: ApiRequest) => Promise<void>> = {
  page: (request) => request.answer({ items: accounts(1), has_more: false }),
  more: (request) => request.answer(MORE),
  backoff: (request) => request.answer({ ...MORE, backoff: 3 }),
  error: (request) => request.answer({ error_name: "throttle_violation", error_message: "m" }, 400),
  text: (request) => request.answerText("<html>"),
  null: (request) => request.answer(null),
  shape: (request) => request.answer({ error_name: { toString: 0 }, error_message: [] }),
  never: async () => {},
  fails: (request) => request.fail(),
};

/** Everything that can happen, and how often. */
const happenings: Record<string, Happening<any>> = {
  authenticate: happening(
    4,
    { networkUsers: fc.boolean(), open: oneOf("popup", "popup", "popup", "null", "undefined", "throws") },
    async ({ client, logins }, { networkUsers, open }) => {
      if (logins.length === 4) return;
      client.openBehaviour = open;
      const heard = client.authenticate({ networkUsers });
      assert(heard.calls === 0, "a callback came inside of the call");
      logins.push({ heard, popup: open === "popup" ? client.popup : undefined, tokens: [] });
      if (open === "popup") return;
      await client.advance(TICK);
      assert(heard.names[0] === "popup_blocked", "a blocked popup was not reported");
    },
  ),
  init: happening(1, {}, ({ client }) => client.init()),
  answer: happening(4, { login, body }, (play, { login, body }) =>
    play.opened(login, (one) => {
      if (!play.frames) play.note(body, one);
      return play.client.post({ origin: ORIGIN, source: one.popup, data: play.hash(body, one) });
    }),
  ),
  forge: happening(
    3,
    { login, body, wrong: oneOf({ origin: "https://evil.example" }, { source: {} }, { data: "&state=s0" }) },
    (play, { login, body, wrong }) =>
      play.opened(login, (one) => {
        const data = "data" in wrong ? `#${body}${wrong.data}` : play.hash(body, one);
        return play.client.post({ origin: ORIGIN, source: one.popup, ...wrong, data });
      }),
  ),
  garbage: happening(
    1,
    {
      login,
      data: oneOf<unknown>(undefined, null, 0, true, {}, [], { toString: 1 }, "", "#", "#state", "#state=%"),
    },
    (play, { login, data }) =>
      play.opened(login, ({ popup }) => play.client.post({ origin: ORIGIN, source: popup, data })),
  ),
  userCloses: happening(2, { login }, (play, { login }) =>
    play.opened(login, ({ popup }) => {
      popup.closed = true;
    }),
  ),
  // A popup cut off by COOP reads as closed, whoever looks; while its user is in it, this page has no focus.
  severed: happening(1, { login, by: fc.boolean() }, (play, { login, by }) =>
    play.opened(login, ({ popup }) => {
      popup.closed = true;
      play.client.focused = !by;
    }),
  ),
  focus: happening(2, { focused: fc.boolean() }, ({ client }, { focused }) => {
    client.focused = focused;
  }),
  time: happening(4, { ms: oneOf(0, 1, 49, 50, 399, 400, 900, 5000) }, ({ client }, { ms }) =>
    client.advance(ms),
  ),
  frame: happening(
    2,
    { login, body, frame: oneOf("loading", "answer", "gone") },
    (play, { login, body, frame }) =>
      play.opened(login, (one) => {
        const answers = frame === "answer";
        if (answers && play.frames && !one.popup.closed) play.note(body, one);
        one.popup.frameHash = answers ? play.hash(body, one) : frame === "loading" ? "" : undefined;
      }),
  ),
  api: happening(
    6,
    { request: fc.nat({ max: 3 }), reply: oneOf(...Object.keys(replies)) },
    ({ client: { pending } }, { request, reply }) => {
      if (pending.length) return replies[reply]!(pending[request % pending.length]!);
    },
  ),
};

/** One thing that happens: its name, and what it is given. */
type Step = [kind: string, args: unknown];

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    ...Object.entries(happenings).map(([kind, { weight, args }]) => ({
      weight,
      arbitrary: fc.tuple(fc.constant(kind), fc.record(args) as fc.Arbitrary<unknown>),
    })),
  ),
  { minLength: 1, maxLength: 30 },
);

/** Lets `steps` happen in the client's page. Throws an Error when the artifact breaks the invariant. */
export async function play(client: Client, frames: boolean, happened: readonly Step[]): Promise<void> {
  const game = new Play(client, frames);
  client.init();
  for (const [kind, args] of happened) {
    await happenings[kind]!.run(game, args);
    game.check();
  }
  await game.end();
}
