/** How the module asks the API: fetch, without a script element. */
import * as assert from "uvu/assert";
import { KEY, TOKEN } from "../support/app.ts";
import { awaitingAccounts, startLogin } from "../support/contract.ts";
import { fetchRequests } from "../support/fetch-double.ts";
import { openIndexMjs } from "../support/index-mjs.ts";
import { suite } from "../support/suite.ts";

const test = suite("the module's requests");

test("sends the token and the key, and nothing that the protocol does not know", async () => {
  const { client } = await awaitingAccounts(openIndexMjs, {}, TOKEN);
  const { url } = fetchRequests(client)[0]!;
  assert.is(url.origin + url.pathname, "https://api.stackexchange.com/2.0/me/associated");
  const query = Object.fromEntries(url.searchParams);
  assert.equal(query, { access_token: TOKEN, key: KEY, page: "1", pagesize: "100" });
  assert.is(client.page.leftovers().elements, 0);
});

test("sends the key of the login's own init", async () => {
  const { client } = await startLogin(openIndexMjs, { networkUsers: true });
  client.init({ clientId: 2, key: "other((" });
  await client.answer("#access_token=t&state={state}");
  assert.is(fetchRequests(client)[0]!.url.searchParams.get("key"), KEY);
});

test.run();
