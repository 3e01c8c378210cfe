/**
 * The model test: random interleavings of everything that can happen to logins, against the minified artifact.
 *
 * What must hold, whatever the order (the invariant): a login ends in at most one callback; in exactly one once
 * its popup is gone and the API has answered or failed; it succeeds only with the token of a right answer; nothing is
 * raised in the page; and when all have ended, nothing is left.
 */
import * as fc from "fast-check";
import { accounts, authenticate, type Heard, init } from "./login.ts";
import { type ApiScript, NOTHING_LEFT, type Page, type Popup } from "./window-double.ts";

/** One thing that happens. `login` picks which of the logins under way it happens to. */
export type Step =
  | { kind: "authenticate"; networkUsers: boolean; open: "popup" | "null" | "undefined" | "throws" }
  | { kind: "init" }
  | { kind: "answer"; login: number; body: string }
  | { kind: "forge"; login: number; wrong: "origin" | "source" | "state"; body: string }
  | { kind: "garbage"; login: number; data: unknown }
  | { kind: "userCloses"; login: number }
  | { kind: "severed"; login: number; by: boolean }
  | { kind: "focus"; focused: boolean }
  | { kind: "time"; ms: number }
  | { kind: "frame"; login: number; frame: "loading" | "answer" | "gone"; body: string }
  | {
      kind: "api";
      script: number;
      reply: "page" | "more" | "backoff" | "error" | "nothing" | "null" | "fails" | "twice";
    };

const login = fc.nat({ max: 3 });
const body = fc.constantFrom(
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

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("authenticate" as const),
        networkUsers: fc.boolean(),
        open: fc.constantFrom(
          "popup" as const,
          "popup" as const,
          "popup" as const,
          "null" as const,
          "undefined" as const,
          "throws" as const,
        ),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "init" as const }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("answer" as const), login, body }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("forge" as const),
        login,
        wrong: fc.constantFrom("origin" as const, "source" as const, "state" as const),
        body,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("garbage" as const),
        login,
        data: fc.constantFrom<unknown>(
          undefined,
          null,
          0,
          true,
          {},
          [],
          { toString: 1, valueOf: 1 },
          "",
          "#",
          "#state",
          "#state=%",
        ),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("userCloses" as const), login }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("severed" as const), login, by: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("focus" as const), focused: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("time" as const),
        ms: fc.constantFrom(0, 1, 49, 50, 399, 400, 900, 5000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("frame" as const),
        login,
        frame: fc.constantFrom("loading" as const, "answer" as const, "gone" as const),
        body,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("api" as const),
        script: fc.nat({ max: 3 }),
        reply: fc.constantFrom(
          "page" as const,
          "more" as const,
          "backoff" as const,
          "error" as const,
          "nothing" as const,
          "null" as const,
          "fails" as const,
          "twice" as const,
        ),
      }),
    },
  ),
  { minLength: 1, maxLength: 30 },
);

interface Login {
  heard: Heard;
  /** Undefined when it was blocked. */
  popup: Popup | undefined;
  /** A right answer with a token reached the page while the login was open. */
  tokenSeen: boolean;
}

/** Lets `steps` happen in `page`. Throws an Error when the artifact breaks the invariant. */
export function play(page: Page, oldIE: boolean, happenings: readonly Step[]): void {
  const logins: Login[] = [];
  const dead: ApiScript[] = [];
  /** The logins whose end was seen already: the page's focus may have changed since. */
  const told = new Set<Heard>();
  const origin = "https://stackexchange.com";

  const assert = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(what);
  };
  const check = (): void => {
    for (const { heard, tokenSeen } of logins) {
      assert(heard.calls <= 1, `${heard.calls} callbacks for one login`);
      assert(heard.successes.length === 0 || tokenSeen, "a success without a right answer");
      if (heard.errors[0]?.errorName === "popup_closed")
        assert(page.focused || told.has(heard), "closed while the user was elsewhere");
      if (heard.calls) told.add(heard);
      for (const failure of heard.errors) {
        assert(Boolean(failure.errorName && failure.errorMessage), "an error without a name or a message");
      }
    }
    assert(page.uncaught.length === 0, `raised in the page: ${String(page.uncaught[0])}`);
  };
  const pick = (index: number): (Login & { popup: Popup }) | undefined => {
    const open = logins.filter((one): one is Login & { popup: Popup } => one.popup !== undefined);
    return open.length ? open[index % open.length] : undefined;
  };
  const hash = (text: string, one: Login & { popup: Popup }): string =>
    `#${text}&state=${page.stateOf(one.popup)}`;
  const note = (text: string, one: Login): void => {
    if (text.includes("access_token=right")) one.tokenSeen = true;
  };

  init(page);

  for (const step of happenings) {
    switch (step.kind) {
      case "authenticate": {
        if (logins.length === 4) break;
        page.openBehaviour = step.open;
        const heard = authenticate(page, { networkUsers: step.networkUsers });
        logins.push({ heard, popup: step.open === "popup" ? page.popup : undefined, tokenSeen: false });
        if (step.open !== "popup")
          assert(heard.errors[0]?.errorName === "popup_blocked", "a blocked popup was not reported at once");
        break;
      }
      case "init":
        init(page);
        break;
      case "answer": {
        const one = pick(step.login);
        if (!one) break;
        if (!oldIE) note(step.body, one);
        page.post({ origin, source: one.popup, data: hash(step.body, one) });
        break;
      }
      case "forge": {
        const one = pick(step.login);
        if (!one) break;
        const right = { origin, source: one.popup, data: hash(step.body, one) };
        if (step.wrong === "origin") page.post({ ...right, origin: "https://evil.example" });
        if (step.wrong === "source") page.post({ ...right, source: {} });
        if (step.wrong === "state") page.post({ ...right, data: `#${step.body}&state=s0` });
        break;
      }
      case "garbage": {
        const one = pick(step.login);
        if (one) page.post({ origin, source: one.popup, data: step.data });
        break;
      }
      case "userCloses": {
        const one = pick(step.login);
        if (one) one.popup.closed = true;
        break;
      }
      case "severed": {
        // A popup cut off by COOP reads as closed, whoever looks; while its user is in it, this page has no focus.
        const one = pick(step.login);
        if (!one) break;
        one.popup.closed = true;
        page.focused = !step.by;
        break;
      }
      case "focus":
        page.focused = step.focused;
        break;
      case "time":
        page.advance(step.ms);
        break;
      case "frame": {
        const one = pick(step.login);
        if (!one) break;
        const frames = one.popup.frames as Record<string, unknown>;
        if (step.frame === "gone") delete frames["se-api-frame"];
        else {
          const loaded = step.frame === "answer";
          if (loaded && oldIE && !one.popup.closed) note(step.body, one);
          frames["se-api-frame"] = { location: { hash: loaded ? hash(step.body, one) : "" } };
        }
        break;
      }
      case "api": {
        const scripts = page.scripts();
        const script =
          scripts[step.script % Math.max(scripts.length, 1)] ?? dead[step.script % Math.max(dead.length, 1)];
        if (!script) break;
        const live = scripts.includes(script);
        if (live) dead.push(script);
        const more = { items: accounts(2), has_more: true };
        if (step.reply === "fails" || !live) page.scriptFails(script);
        else if (step.reply === "page") page.scriptLoads(script, { items: accounts(1), has_more: false });
        else if (step.reply === "more") page.scriptLoads(script, more);
        else if (step.reply === "backoff") page.scriptLoads(script, { ...more, backoff: 3 });
        else if (step.reply === "error")
          page.scriptLoads(script, { error_id: 502, error_name: "throttle_violation", error_message: "m" });
        else if (step.reply === "null") page.scriptLoads(script, null);
        else if (step.reply === "nothing") page.scriptLoads(script);
        else {
          page.scriptLoads(script, { items: [], has_more: false });
          page.scriptLoads(script);
        }
        break;
      }
    }
    check();
  }

  // The end of the story: every popup is gone, the user is back, and the API answers or fails until nobody asks.
  for (const { popup } of logins) if (popup) popup.closed = true;
  page.focused = true;
  page.advance(2000);
  for (let round = 0; round < 40; round++) {
    for (const script of page.scripts()) {
      if (round % 2) page.scriptFails(script);
      else page.scriptLoads(script, { items: [], has_more: false });
    }
    page.advance(5000);
  }
  check();
  for (const { heard } of logins) assert(heard.calls === 1, `a login ended in ${heard.calls} callbacks`);
  const left = JSON.stringify(page.leftovers());
  assert(left === JSON.stringify(NOTHING_LEFT), `left behind: ${left}`);
}
