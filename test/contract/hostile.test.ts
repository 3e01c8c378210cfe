/** Every kind of login in pages whose prototypes and names are not what a script expects. */
import * as assert from "uvu/assert";
import { accounts, plain } from "../support/app.ts";
import { type Client, NOTHING_LEFT, TICK } from "../support/client.ts";
import { contract, ready } from "../support/contract.ts";

const test = contract("a hostile page changes nothing");

const APPROVED = "#access_token=t&state={state}";

/** One login of each kind, one after the other. */
async function everyLogin(client: Client): Promise<void> {
  const rejected = client.authenticate();
  await client.answer("#error=access_denied&error_description=no+thanks&state={state}");
  assert.equal(rejected.failures, [{ errorName: "access_denied", errorMessage: "no thanks" }]);

  const unexplained = client.authenticate();
  await client.answer("#error=access_denied&state={state}");
  assert.equal(unexplained.failures, [{ errorName: "access_denied", errorMessage: "access_denied" }]);

  const approved = client.authenticate({ scope: ["read_inbox"] });
  assert.match(client.page.popup.url, /&state=[^&]+&scope=read_inbox$/);
  await client.answer(APPROVED);
  assert.is(approved.successes[0].accessToken, "t");
  assert.is(approved.successes[0].networkUsers, undefined);
  assert.is(approved.successes[0].expirationDate, undefined);

  const users = client.authenticate({ networkUsers: true });
  await client.answer("#__proto__=x&constructor=y&toString=z&access_token=t&expires=60&state={state}");
  await client.request.answer({ items: accounts(100), has_more: true });
  await client.advance(5);
  await client.request.answer({ items: accounts(2, 100), has_more: false });
  assert.equal(plain(users.successes[0].networkUsers), accounts(102));

  const refused = client.authenticate({ networkUsers: true });
  await client.answer(APPROVED);
  await client.request.answer({ error_name: "internal_error", error_message: "sorry" }, 400);
  assert.equal(refused.failures, [{ errorName: "internal_error", errorMessage: "sorry" }]);

  const unreached = client.authenticate({ networkUsers: true });
  await client.answer(APPROVED);
  await client.request.fail();
  assert.equal(unreached.failures, [{ errorName: "network_error", errorMessage: "network_error" }]);

  const closed = client.authenticate();
  client.page.popup.closed = true;
  await client.advance(1000);
  assert.equal(closed.names, ["popup_closed"]);

  client.page.openBehaviour = "null";
  const blocked = client.authenticate();
  await client.advance(TICK);
  assert.equal(blocked.names, ["popup_blocked"]);

  for (const { calls } of [rejected, unexplained, approved, users, refused, unreached, closed, blocked])
    assert.is(calls, 1);
  assert.equal(client.page.uncaught, []);
  assert.equal(client.leftovers(), NOTHING_LEFT);
}

const TYPES = "[Object, Array, String, Number, Function, RegExp, Error, Promise]";

const pages: [what: string, before: string][] = [
  ["a page with nothing special", ""],
  [
    "enumerable functions on the prototypes",
    `${TYPES}.forEach(function (type) {
       ["each", "extend", "first", "has", "token", "state", "access_token", "expires", "0", "100"].forEach(function (name) {
         type.prototype[name] = function () { return "polluted"; };
       });
     });`,
  ],
  [
    "enumerable strings on the prototypes",
    `${TYPES}.forEach(function (type) {
       ["each", "extend", "first", "token", "state", "access_token", "expires", "error_description", "1", "3"].forEach(function (name) {
         type.prototype[name] = "polluted";
       });
     });`,
  ],
  [
    "frozen intrinsics",
    `Object.getOwnPropertyNames(this).forEach(function (name) {
       var value = this[name];
       if (typeof value == "function" && value.prototype) { Object.freeze(value.prototype); Object.freeze(value); }
     }, this);`,
  ],
  [
    "variables with the names of the SDK's parts",
    "var init = 1, authenticate = 2, api = 3, sdk = 4, s = 5, popup = 6, state = 7, login = 8;",
  ],
  ["an SE that was there before", "var SE = { init: 1, other: 2 };"],
];

for (const [what, before] of pages) {
  test(what, async (open) => everyLogin(await ready(open, { before })));
}

test.run();
