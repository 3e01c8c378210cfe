/**
 * The model test: plays random interleavings of everything that can happen to logins against a minified artifact.
 *
 * What must hold, whatever the order: a login ends in at most one callback; in exactly one once its popup is gone and the API
 * has answered or failed; it succeeds only with the token of a right answer; nothing is raised in the page; and when all
 * have ended, nothing is left.
 */
import * as fc from "fast-check";
import { PRODUCTION } from "../../scripts/config.ts";
import type { ApiRequest } from "./api-doubles.ts";
import { accounts } from "./app.ts";
import { type Client, type Heard, type Message, type Popup, TICK } from "./client.ts";

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

  /** The message with the right answer, with `body` in it. */
  right(body: string, { popup }: Opened): Message {
    const data = `#${body}&state=${encodeURIComponent(this.client.stateOf(popup))}`;
    return { origin: PRODUCTION.loginOrigin, source: popup, data };
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

/** Something that has happened: what it was given, and how it happens. */
interface Step {
  args: unknown;
  run(play: Play): unknown;
}

/** Something that can happen, `weight` times as often as what has the weight 1. */
const happening = <T>(
  weight: number,
  args: { [Name in keyof T]: fc.Arbitrary<T[Name]> },
  run: (play: Play, args: T) => unknown,
): fc.WeightedArbitrary<Step> => ({
  weight,
  arbitrary: fc.record(args).map((given) => ({ args: given, run: (play) => run(play, given as T) })),
});

/** Something that can happen to one of the logins that opened a popup, if there is any. */
const toLogin = <T>(
  weight: number,
  args: { [Name in keyof T]: fc.Arbitrary<T[Name]> },
  run: (play: Play, one: Opened, args: T) => unknown,
): fc.WeightedArbitrary<Step> =>
  happening<T & { login: number }>(weight, { ...args, login: fc.nat({ max: 3 }) } as any, (play, given) => {
    const opened = play.logins.filter((one): one is Opened => one.popup !== undefined);
    const one = opened[given.login % opened.length];
    return one && run(play, one, given);
  });

const oneOf = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

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

const foreign = oneOf<Message>({ origin: "https://evil.example" }, { source: {} });
const garbage = oneOf<unknown>(
  ...["#access_token=right&state=s0", undefined, null, 0, true, {}, []],
  ...[{ toString: 1, valueOf: 1 }, "", "#", "#state", "#state=%"],
).map((data): Message => ({ data }));

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

/** Everything that can happen. */
const happenings = {
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
  answer: toLogin(4, { body }, (play, one, { body }) => {
    if (!play.frames) play.note(body, one);
    return play.client.post(play.right(body, one));
  }),
  forge: toLogin(4, { body, wrong: fc.oneof(foreign, garbage) }, async (play, one, { body, wrong }) => {
    const { calls } = one.heard;
    await play.client.post({ ...play.right(body, one), ...wrong });
    // With any message an older login notices a newer one, and IE 9 looks for its frame.
    const other = play.frames || one !== play.logins.at(-1);
    assert(other || one.heard.calls === calls, "a forged message ended a login");
  }),
  // By the user, who may come back to this page, or by COOP: then the popup reads as closed while the user is in it.
  closes: toLogin(
    3,
    { focused: oneOf(undefined, undefined, true, false) },
    ({ client }, one, { focused }) => {
      one.popup.closed = true;
      client.focused = focused ?? client.focused;
    },
  ),
  focus: happening(2, { focused: fc.boolean() }, ({ client }, { focused }) => {
    client.focused = focused;
  }),
  time: happening(4, { ms: oneOf(0, 1, 49, 50, 399, 400, 900, 5000) }, ({ client }, { ms }) =>
    client.advance(ms),
  ),
  frame: toLogin(2, { body, frame: oneOf("", "answer", undefined) }, (play, one, { body, frame }) => {
    if (frame && play.frames && !one.popup.closed) play.note(body, one);
    one.popup.frameHash = frame ? String(play.right(body, one).data) : frame;
  }),
  api: happening(
    6,
    { request: fc.nat({ max: 3 }), reply: oneOf(...Object.keys(replies)) },
    ({ client: { pending } }, { request, reply }) =>
      pending.length && replies[reply]!(pending[request % pending.length]!),
  ),
};

const named = Object.entries(happenings).map(([kind, { weight, arbitrary }]) => ({
  weight,
  // fast-check's report of a failure shows the kind.
  arbitrary: arbitrary.map((step) => ({ kind, ...step })),
}));
export const steps = fc.array(fc.oneof(...named), { minLength: 1, maxLength: 30 });

/** Lets `happened` happen in the client's page. Throws an Error when the artifact breaks the invariant. */
export async function play(client: Client, frames: boolean, happened: readonly Step[]): Promise<void> {
  const game = new Play(client, frames);
  client.init();
  for (const step of happened) {
    await step.run(game);
    game.check();
  }
  await game.end();
}
