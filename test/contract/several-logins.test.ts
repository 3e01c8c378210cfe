/** One login at a time: a newer one ends an older one that is still open. */
import * as assert from "uvu/assert";
import { accounts } from "../support/app.ts";
import { type Client, NOTHING_LEFT, TICK } from "../support/client.ts";
import { awaitingAccounts, contract, ready } from "../support/contract.ts";
import type { Popup } from "../support/window-double.ts";

const test = contract("a newer login");

const approve = (client: Client, popup: Popup): string =>
  `#access_token=t&state=${encodeURIComponent(client.page.stateOf(popup))}`;

test("ends an older one within a tick: its popup closes, and it ends in popup_closed", async (open) => {
  const client = await ready(open);
  const [older, newer] = [client.authenticate(), client.authenticate()];
  const [first, second] = client.page.popups as [Popup, Popup];
  assert.is.not(client.page.stateOf(first), client.page.stateOf(second));
  assert.is(older.calls, 0, "not inside of the call");
  await client.advance(TICK);
  assert.equal(older.names, ["popup_closed"]);
  assert.equal([first.closed, second.closed], [true, false]);
  assert.is(newer.calls, 0);
  await client.answer("#access_token=t&state={state}", second);
  assert.is(newer.successes[0].accessToken, "t");
  assert.equal([older.calls, newer.calls], [1, 1]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("never ends before the older one, however soon its answer comes", async (open) => {
  const client = await ready(open);
  const heard: string[] = [];
  const listen = (name: string) => ({ success: () => heard.push(name), error: () => heard.push(name) });
  for (const name of ["first", "second", "third"]) client.SE.authenticate(listen(name));
  await client.answer("#access_token=t&state={state}");
  assert.equal(heard, ["first", "second", "third"]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("that is blocked ends the older one, too, and first", async (open) => {
  const client = await ready(open);
  const heard: string[] = [];
  const error = ({ errorName }: { errorName: string }) => heard.push(errorName);
  client.SE.authenticate({ success() {}, error });
  await client.advance(TICK / 2);
  client.page.openBehaviour = "null";
  client.SE.authenticate({ success() {}, error });
  await client.advance(TICK);
  assert.equal(heard, ["popup_closed", "popup_blocked"]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("that is refused ends nothing", async (open) => {
  const client = await ready(open);
  const heard = client.authenticate();
  for (const options of [{ scope: "read_inbox" }, { success: null }])
    assert.throws(() => client.authenticate(options));
  await client.advance(TICK);
  await client.answer("#access_token=t&state={state}");
  assert.is(heard.successes.length, 1);
});

test("leaves an older one alone that fetches its accounts", async (open) => {
  const { client, heard: older } = await awaitingAccounts(open, {}, "one");
  const newer = client.authenticate({ networkUsers: true });
  await client.answer("#access_token=two&state={state}");
  const [first, second] = client.pending;
  assert.equal([first!.token, second!.token], ["one", "two"]);
  await second!.answer({ items: accounts(2) });
  await first!.answer({ items: accounts(1) });
  assert.is(older.successes[0].networkUsers.length, 1);
  assert.is(newer.successes[0].networkUsers.length, 2);
  assert.equal([older.calls, newer.calls], [1, 1]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("does not take an older one's answer, nor gives it its own", async (open) => {
  const client = await ready(open);
  const [older, newer] = [client.authenticate(), client.authenticate()];
  const [first, second] = client.page.popups as [Popup, Popup];
  const origin = "https://stackexchange.com";
  await client.post({ origin, source: first, data: approve(client, second) });
  await client.post({ origin, source: second, data: approve(client, first) });
  assert.equal([older.successes.length, newer.calls], [0, 0]);
  await client.post({ origin, source: second, data: approve(client, second) });
  assert.equal([older.names, newer.successes.length], [["popup_closed"], 1]);
});

test("has its own callbacks, when the app uses one options object for both", async (open) => {
  const client = await ready(open);
  const heard: string[] = [];
  const options = { success: () => heard.push("first"), error: () => heard.push("first failed") };
  client.SE.authenticate(options);
  options.success = () => heard.push("second");
  options.error = () => heard.push("second failed");
  client.SE.authenticate(options);
  await client.answer("#access_token=t&state={state}");
  assert.equal(heard, ["first failed", "second"]);
});

test.run();
