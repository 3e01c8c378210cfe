/** One login at a time: a newer one ends an older one that is still open. */
import * as assert from "uvu/assert";
import { accounts } from "../support/app.ts";
import { TICK } from "../support/client.ts";
import { APPROVED, awaitingAccounts, contract, ready } from "../support/contract.ts";

const test = contract("a newer login");

test("ends an older one within a tick: its popup closes, and it ends in popup_closed", async (open) => {
  const client = await ready(open);
  const [older, newer] = [client.authenticate(), client.authenticate()];
  assert.is(older.calls, 0, "not inside of the call");
  await client.advance(TICK);
  assert.equal(older.names, ["popup_closed"]);
  assert.equal(
    client.popups.map(({ closed }) => closed),
    [true, false],
  );
  assert.is(newer.calls, 0);
  await client.answer(APPROVED);
  assert.is(newer.successes[0].accessToken, "t");
});

test("that is refused ends nothing", async (open) => {
  const client = await ready(open);
  const heard = client.authenticate();
  for (const options of [{ scope: "read_inbox" }, { success: null }])
    assert.throws(() => client.authenticate(options));
  await client.advance(TICK);
  await client.answer(APPROVED);
  assert.is(heard.successes.length, 1);
});

test("leaves an older one alone that fetches its accounts", async (open) => {
  const { client, heard: older } = await awaitingAccounts(open, "one");
  const newer = client.authenticate({ networkUsers: true });
  await client.answer("#access_token=two&state={state}");
  const [first, second] = client.pending;
  assert.equal([first!.token, second!.token], ["one", "two"]);
  await second!.answer({ items: accounts(2) });
  await first!.answer({ items: accounts(1) });
  assert.is(older.successes[0].networkUsers.length, 1);
  assert.is(newer.successes[0].networkUsers.length, 2);
});

test("does not take an older one's answer, nor gives it its own", async (open) => {
  const client = await ready(open);
  const [older, newer] = [client.authenticate(), client.authenticate()];
  const [first, second] = client.popups;
  const [ofFirst, ofSecond] = [first!, second!].map((popup) =>
    APPROVED.replace("{state}", encodeURIComponent(client.stateOf(popup))),
  );
  await client.answer(ofSecond!, first);
  await client.answer(ofFirst!, second);
  assert.equal([older.successes.length, newer.calls], [0, 0]);
  await client.answer(ofSecond!, second);
  assert.equal([older.names, newer.successes.length], [["popup_closed"], 1]);
});

test.run();
