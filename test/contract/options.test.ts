/** What happens to the options, to the settings and to SE during a login does not reach it. */
import * as assert from "uvu/assert";
import { CLIENT_ID } from "../support/app.ts";
import { NOTHING_LEFT } from "../support/client.ts";
import { awaitingAccounts, contract, ready } from "../support/contract.ts";

const test = contract("a login keeps what it began with");

for (const [change, other] of [
  ["are replaced", () => assert.unreachable("the later callback was called")],
  ["are taken away", null],
] as const) {
  test(`its callbacks, when those in the options ${change}`, async (open) => {
    const client = await ready(open);
    for (const [hash, expected] of [
      ["#access_token=t&state={state}", "success"],
      ["#error=e&state={state}", "error"],
    ] as const) {
      const heard: string[] = [];
      const options: Record<string, unknown> = {
        success: () => heard.push("success"),
        error: () => heard.push("error"),
      };
      client.SE.authenticate(options);
      options.success = options.error = other;
      await client.answer(hash);
      assert.equal(heard, [expected]);
    }
    assert.equal(client.page.uncaught, []);
  });
}

test("whether it asks for accounts, when the options change", async (open) => {
  const client = await ready(open);
  for (const networkUsers of [true, false]) {
    const options: Record<string, unknown> = { success() {}, networkUsers };
    client.SE.authenticate(options);
    options.networkUsers = !networkUsers;
    await client.answer("#access_token=t&state={state}");
    assert.is(client.pending.length, networkUsers ? 1 : 0);
    for (const request of client.pending) await request.answer({ items: [] });
  }
});

test("its app, when init is called again", async (open) => {
  const { client, heard } = await awaitingAccounts(open);
  client.init({ clientId: 2, key: "other((" });
  await client.request.answer({ items: [{}], has_more: true, backoff: 1 });
  await client.advance(1000);
  await client.request.answer({ items: [] });
  assert.is(heard.successes.length, 1);
  assert.is(client.page.popups.length, 1);
  assert.match(client.page.popup.url, `client_id=${CLIENT_ID}&`);
  client.authenticate();
  assert.match(client.page.popup.url, "client_id=2&");
});

for (const ending of ["success", "network_error"]) {
  test(`its page's functions, when SE is put away: ${ending}`, async (open) => {
    const client = await ready(open);
    const heard = client.authenticate({ networkUsers: true });
    (client.page.realm as any).SE = undefined;
    await client.answer("#access_token=t&state={state}");
    if (ending === "success") await client.request.answer({ items: [{}] });
    else await client.request.fail();
    assert.equal(heard.names, ending === "success" ? [] : [ending]);
    assert.equal(
      heard.successes.map(({ networkUsers }) => networkUsers.length),
      ending === "success" ? [1] : [],
    );
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

test.run();
