/** What all.js gives to error: a plain object with a name and a message, and nothing else. */
import * as assert from "uvu/assert";
import { openAllJs } from "../support/all-js.ts";
import { TICK } from "../support/client.ts";
import { awaitingAccounts, startLogin } from "../support/contract.ts";
import { suite } from "../support/suite.ts";

const test = suite("errors of all.js");

/** It must be an Object of the page's realm. */
function isPlain(failure: any, errorName: string, errorMessage: string): void {
  assert.is(Object.prototype.toString.call(failure), "[object Object]");
  assert.equal({ ...failure }, { errorName, errorMessage });
}

test("a rejection", async () => {
  const { client, heard } = await startLogin(openAllJs);
  await client.answer("#error=access_denied&error_description=no&state={state}");
  isPlain(heard.errors[0], "access_denied", "no");
});

test("a blocked popup", async () => {
  const { client, heard } = await startLogin(openAllJs, {}, { open: "null" });
  await client.advance(TICK);
  isPlain(heard.errors[0], "popup_blocked", "popup_blocked");
});

test("an API error", async () => {
  const { client, heard } = await awaitingAccounts(openAllJs);
  await client.request.answer({ error_id: 403, error_name: "access_denied", error_message: "m" }, 400);
  isPlain(heard.errors[0], "access_denied", "m");
});

test.run();
