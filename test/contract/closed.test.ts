/** popup_closed: when a popup counts as closed, and when it does not. */
import * as assert from "uvu/assert";
import { TICK } from "../support/client.ts";
import { APPROVED, contract, startLogin } from "../support/contract.ts";

const test = contract("a popup that closes");

test("popup_closed takes nine ticks with the popup closed and the page focused", async (open) => {
  const { client, heard } = await startLogin(open);
  // Focus alone ends nothing.
  await client.advance(60_000);
  client.popup.closed = true;
  await client.advance(8 * TICK);
  client.focused = false;
  await client.advance(TICK);
  client.focused = true;
  client.popup.closed = false;
  await client.advance(20 * TICK);
  client.popup.closed = true;
  assert.is(heard.calls, 0);
  await client.advance(TICK);
  assert.equal(heard.names, ["popup_closed"]);
});

test("messages of others do not hasten it, and a popup that answers and closes itself succeeds", async (open) => {
  const { client, heard } = await startLogin(open);
  client.popup.closed = true;
  await client.advance(8 * TICK);
  for (let message = 0; message < 20; message++)
    await client.post({ origin: "https://evil.example", data: "x" });
  assert.is(heard.calls, 0);
  await client.answer(APPROVED);
  await client.advance(5000);
  assert.is(heard.successes.length, 1);
});

test("a page that hides document.hasFocus hears nothing, and nothing is raised", async (open) => {
  const { client, heard } = await startLogin(open);
  client.document.hasFocus = {};
  client.popup.closed = true;
  await client.advance(5000);
  assert.is(heard.calls, 0);
  await client.answer(APPROVED);
  assert.is(heard.successes.length, 1);
});

test.run();
