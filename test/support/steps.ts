/** The model's alphabet: everything that can happen to logins, in random order. */
import * as fc from "fast-check";
import type { PageOptions } from "./window-double.ts";

/** One thing that happens. `login` picks which of the logins under way it happens to. */
export type Step =
  | { kind: "authenticate"; networkUsers: boolean; open: NonNullable<PageOptions["open"]> }
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
      request: number;
      reply: "page" | "more" | "backoff" | "error" | "text" | "null" | "shape" | "never" | "fails" | "twice";
    };

/** One of these literals. */
const oneOf = <const T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

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

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: oneOf("authenticate"),
        networkUsers: fc.boolean(),
        open: oneOf("popup", "popup", "popup", "null", "undefined", "throws"),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: oneOf("init") }) },
    { weight: 4, arbitrary: fc.record({ kind: oneOf("answer"), login, body }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: oneOf("forge"),
        login,
        wrong: oneOf("origin", "source", "state"),
        body,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: oneOf("garbage"),
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
    { weight: 2, arbitrary: fc.record({ kind: oneOf("userCloses" as const), login }) },
    { weight: 1, arbitrary: fc.record({ kind: oneOf("severed"), login, by: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: oneOf("focus"), focused: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: oneOf("time"),
        ms: oneOf(0, 1, 49, 50, 399, 400, 900, 5000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: oneOf("frame"),
        login,
        frame: oneOf("loading", "answer", "gone"),
        body,
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: oneOf("api"),
        request: fc.nat({ max: 3 }),
        reply: oneOf("page", "more", "backoff", "error", "text", "null", "shape", "never", "fails", "twice"),
      }),
    },
  ),
  { minLength: 1, maxLength: 30 },
);
