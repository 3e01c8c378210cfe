/** Login flows as a table: written once, run by every engine, on the dev tier and on the production origins. */
import * as assert from "uvu/assert";
import { TEST_BUILD } from "../support/artifact.ts";
import type { EachEngine, Page } from "../support/browsers.ts";
import {
  approve,
  assertTidy,
  type Bench,
  BOTH,
  type Call,
  type Opening,
  outcome,
  type Sdk,
  startLogin,
} from "./bench.ts";

export interface Flow extends Omit<Opening, "sdk"> {
  what: string;
  /** all.js unless given. */
  sdks?: readonly Sdk[];
  scope?: string[];
  networkUsers?: boolean;
  /** The account that is approved, where no `act` says what its user does in the popup instead. */
  account?: string;
  act?(popup: Page, page: Page, bench: Bench): Promise<unknown>;
  /** The dialog answers by itself, at once: nobody waits for it. */
  silent?: true;
  /** "success", with the token that was issued and the accounts that were asked for, unless it is an error's name. */
  ends?: string;
  check?(call: Call, page: Page): unknown;
}

/** The strictest policy that the module works under. */
const STRICT =
  "default-src 'none'; script-src 'self'; connect-src https://api.stackexchange.com; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

export function writeFlows({ test, engine }: EachEngine, bench: () => Bench, flows: readonly Flow[]): void {
  for (const { what, sdks = BOTH.slice(0, 1), scope = [], networkUsers = false, account, ...flow } of flows) {
    const { act = (popup) => approve(popup, account), silent, ends = "success", check, ...how } = flow;
    for (const sdk of sdks)
      test(`${what} (${sdk})`, async () => {
        const { tier } = bench();
        const headers = sdk === "index.mjs" ? { app: { "content-security-policy": STRICT } } : {};
        const page = await bench().open(engine(), { scope, networkUsers }, { sdk, headers, ...how });
        if (silent) await page.click("#login");
        else await act(await startLogin(page), page, bench());
        const call = await outcome(page);
        assert.is(call.name, ends, JSON.stringify(call.data));
        assert.is(call.isError, ends !== "success" && sdk === "index.mjs");
        if (ends === "success") {
          const issued = tier.tokens.find(call.data.accessToken);
          assert.ok(issued, "the very token that was issued, decoded");
          assert.equal(call.data.networkUsers, networkUsers ? issued.account.sites : undefined);
        }
        await check?.(call, page);
        await assertTidy(page);
      });
  }
}

const DAY_MS = 86_400_000;

export const reject = (popup: Page): Promise<void> => popup.click("button[value=reject]");

export async function close(popup: Page): Promise<void> {
  await popup.text("main");
  await popup.close();
}

/** How a login ends when everybody does what they should. */
const ORDINARY: Flow[] = [
  {
    what: "approve: a token, the day it ends, nothing else",
    sdks: BOTH,
    async act(popup, page) {
      assert.match(await popup.text("main"), "Example App");
      // What is counted here is what must be gone at the end: a count that always says 0 would prove nothing.
      assert.equal(await page.evaluate("[bench.listeners.size, bench.intervals.size]"), [1, 1]);
      assert.is(await page.windows(), 2);
      await approve(popup);
    },
    async check({ sinceHeard }, page) {
      assert.ok(sinceHeard < 20, `${sinceHeard} ms from the answer to success, which waits for no tick`);
      assert.is(await page.evaluate("bench.version"), TEST_BUILD);
      const left = await page.evaluate<number>("bench.calls[0].data.expirationDate - bench.calls[0].at");
      assert.ok(Math.abs(left - DAY_MS) < 5_000, `ends in a day, not in ${left} ms`);
    },
  },
  {
    what: "reject: access_denied and its message, decoded",
    sdks: BOTH,
    networkUsers: true,
    act: reject,
    ends: "access_denied",
    check({ isError, data: { name, message, errorMessage } }) {
      assert.is(errorMessage, "the user rejected the request");
      if (isError) assert.equal([name, message], ["AuthError", errorMessage]);
    },
  },
  { what: "250 accounts, in order", sdks: BOTH, networkUsers: true, account: "many" },
  { what: "no account", sdks: BOTH, networkUsers: true, account: "none" },
  {
    what: "no_expiry: the scopes are asked for by name, and no date is set",
    scope: ["no_expiry", "read_inbox"],
    async act(popup) {
      const asked = await popup.text("main");
      assert.match(asked, /Keep these permissions perpetually[\s\S]*Read your global inbox/);
      await approve(popup);
    },
    check: ({ data }) => assert.is(data.expirationDate, undefined),
  },
  {
    what: "the user closes the popup: popup_closed within a second",
    sdks: BOTH,
    act: close,
    ends: "popup_closed",
    // In beats of the page's own clock, which a busy machine delays as it delays the SDK's.
    check: ({ closedBeats }) => assert.ok(closedBeats <= 20, `${closedBeats} beats of 50 ms`),
  },
];

export const writeOrdinaryFlows = (each: EachEngine, bench: () => Bench): void =>
  writeFlows(each, bench, ORDINARY);
