/** Several logins at a time: each has its own popup, state and end. */
import * as assert from "uvu/assert";
import { accounts } from "../support/app.ts";
import { type Client, NOTHING_LEFT } from "../support/client.ts";
import { contract, ready } from "../support/contract.ts";
import type { Popup } from "../support/window-double.ts";

const test = contract("two logins at a time");

/** Starts two logins; the popups are in the order of the logins. */
function startTwo(client: Client, options?: object) {
  const logins = [client.authenticate(options), client.authenticate(options)] as const;
  return { logins, popups: client.page.popups as [Popup, Popup] };
}

test("do not disturb each other, whichever is answered first", async (open) => {
  for (const last of [0, 1] as const) {
    const client = await ready(open);
    const { logins, popups } = startTwo(client);
    assert.is.not(client.page.stateOf(popups[0]), client.page.stateOf(popups[1]));
    const first = 1 - last;
    await client.answer("#access_token=first&state={state}", popups[first]);
    assert.is(popups[last].closed, false);
    assert.is(logins[last].calls, 0);
    await client.answer("#error=access_denied&state={state}", popups[last]);
    assert.is(logins[first]!.successes[0].accessToken, "first");
    assert.equal(logins[last].names, ["access_denied"]);
    assert.equal(
      logins.map(({ calls }) => calls),
      [1, 1],
    );
    assert.equal(client.leftovers(), NOTHING_LEFT);
  }
});

test("do not mix up their accounts", async (open) => {
  const client = await ready(open);
  const {
    logins: [first, second],
    popups: [popup1, popup2],
  } = startTwo(client, { networkUsers: true });
  await client.answer("#access_token=two&state={state}", popup2);
  await client.answer("#access_token=one&state={state}", popup1);
  const [request2, request1] = client.pending;
  assert.equal([request1!.token, request2!.token], ["one", "two"]);
  await request1!.answer({ items: accounts(1) });
  assert.is(first.successes[0].accessToken, "one");
  assert.is(second.calls, 0);
  await request2!.answer({ items: accounts(2) });
  assert.is(second.successes[0].accessToken, "two");
  assert.is(first.successes[0].networkUsers.length, 1);
  assert.is(second.successes[0].networkUsers.length, 2);
  assert.equal([first.calls, second.calls], [1, 1]);
  await client.advance(1);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("do not take each other's answers", async (open) => {
  const client = await ready(open);
  const {
    logins: [first, second],
    popups: [popup1, popup2],
  } = startTwo(client);
  const origin = "https://stackexchange.com";
  const approve = (popup: Popup): string =>
    `#access_token=t&state=${encodeURIComponent(client.page.stateOf(popup))}`;
  await client.post({ origin, source: popup1, data: approve(popup2) });
  await client.post({ origin, source: popup2, data: approve(popup1) });
  assert.equal([first.calls, second.calls], [0, 0]);
  await client.post({ origin, source: popup2, data: approve(popup2) });
  assert.equal([first.calls, second.calls], [0, 1]);
});

test("keep their own callbacks, when the app uses one options object for both", async (open) => {
  const client = await ready(open);
  const heard: string[] = [];
  const options = { success: () => heard.push("first"), error: () => heard.push("first failed") };
  client.SE.authenticate(options);
  const first = client.page.popup;
  options.success = () => heard.push("second");
  options.error = () => heard.push("second failed");
  client.SE.authenticate(options);
  await client.answer("#access_token=t&state={state}", first);
  await client.answer("#error=e&state={state}");
  assert.equal(heard, ["first", "second failed"]);
});

test.run();
