/** How all.js asks the API: XMLHttpRequest, and what becomes of networkUsers in browsers that cannot ask. */
import * as assert from "uvu/assert";
import { openAllJs } from "../support/all-js.ts";
import { NOTHING_LEFT } from "../support/client.ts";
import { awaitingAccounts, startLogin } from "../support/contract.ts";
import { suite } from "../support/suite.ts";
import { xhrRequests } from "../support/xhr-double.ts";

const test = suite("the hosted script's requests");

test("are GET requests with a time limit of 30 s", async () => {
  const { client } = await awaitingAccounts(openAllJs);
  const [request] = xhrRequests(client);
  assert.equal([request!.method, request!.timeout], ["GET", 30_000]);
});

test("Support: IE 9: a login with networkUsers ends in network_error, one without in success", async () => {
  for (const networkUsers of [true, false]) {
    const { client, heard } = await startLogin(openAllJs, { networkUsers }, { file: false });
    const hash = `#access_token=t&state=${client.page.stateOf()}`;
    (client.page.popup.frames as any)["se-api-frame"] = { location: { hash } };
    await client.advance(50);
    assert.equal(heard.names, networkUsers ? ["network_error"] : []);
    assert.is(heard.calls, 1);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  }
});

test.run();
