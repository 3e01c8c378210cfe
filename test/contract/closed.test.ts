/** popup_closed: when a popup counts as closed, and when it does not. */
import * as assert from "uvu/assert";
import { type Client, NOTHING_LEFT } from "../support/client.ts";
import { awaitingAccounts, contract, startLogin } from "../support/contract.ts";

const test = contract("a popup that closes");

/** Lets the one timer that is under way tick `count` times. */
async function ticks(client: Client, count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) {
    const [next] = client.page.pendingTimers();
    if (next === undefined) throw new Error("the popup is not watched any more");
    await client.advance(next);
  }
}

test("popup_closed within a second, then nothing is left", async (open) => {
  const { client, heard } = await startLogin(open);
  await client.advance(3210);
  assert.is(heard.calls, 0);
  client.page.popup.closed = true;
  await client.advance(1000);
  assert.equal(heard.names, ["popup_closed"]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
  await client.answer("#access_token=late&state={state}");
  await client.advance(5000);
  assert.is(heard.calls, 1);
});

test("popup_closed takes nine ticks with the popup closed and the page focused", async (open) => {
  const { client, heard } = await startLogin(open);
  const { page } = client;
  page.popup.closed = true;
  await ticks(client, 8);
  assert.is(heard.calls, 0);
  page.focused = false;
  await ticks(client, 1);
  page.focused = true;
  assert.is(heard.calls, 0);
  page.popup.closed = false;
  await ticks(client, 20);
  page.popup.closed = true;
  assert.is(heard.calls, 0);
  await ticks(client, 1);
  assert.equal(heard.names, ["popup_closed"]);
  assert.equal(page.uncaught, []);
});

test("messages of others do not hasten popup_closed", async (open) => {
  const { client, heard } = await startLogin(open);
  client.page.popup.closed = true;
  await ticks(client, 8);
  for (let message = 0; message < 20; message++)
    await client.post({ origin: "https://evil.example", data: "x" });
  assert.is(heard.calls, 0);
  await client.answer("#access_token=t&state={state}");
  assert.is(heard.successes.length, 1);
});

test("a popup cut off by COOP is not called closed while the user is in it", async (open) => {
  const { client, heard } = await startLogin(open);
  client.page.popup.closed = true;
  client.page.focused = false;
  await client.advance(60_000);
  assert.is(heard.calls, 0);
  client.page.focused = true;
  await client.advance(1000);
  assert.equal(heard.names, ["popup_closed"]);
});

test("a popup that answers and closes itself still succeeds", async (open) => {
  const { client, heard } = await startLogin(open);
  client.page.popup.closed = true;
  await ticks(client, 1);
  await client.answer("#access_token=t&state={state}");
  await client.advance(5000);
  assert.is(heard.successes.length, 1);
  assert.is(heard.calls, 1);
});

test("a page that hides document.hasFocus hears nothing, and nothing is raised", async (open) => {
  const { client, heard } = await startLogin(open);
  client.page.document.hasFocus = {};
  client.page.popup.closed = true;
  await client.advance(5000);
  assert.is(heard.calls, 0);
  assert.equal(client.page.uncaught, []);
  await client.answer("#access_token=t&state={state}");
  assert.is(heard.successes.length, 1);
});

test("focus alone ends nothing", async (open) => {
  const { client, heard } = await startLogin(open);
  await client.advance(600_000);
  assert.is(heard.calls, 0);
  assert.is(client.page.popup.closed, false);
});

test("the popup is not watched while the accounts are fetched", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  assert.is(client.page.popup.closed, true);
  await client.advance(10_000);
  assert.is(heard.calls, 0);
  await client.request.answer({ items: [] });
  assert.is(heard.successes.length, 1);
});

test.run();
