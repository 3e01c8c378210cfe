import * as assert from "uvu/assert";
import { accounts, authenticate, errorNames, init, openPage, plain } from "../support/login.ts";
import { suite } from "../support/suite.ts";
import { NOTHING_LEFT, type Page } from "../support/window-double.ts";

const test = suite("a hostile page changes nothing");

/** One login of each kind in a page where `before` ran first. */
async function everyLogin(page: Page): Promise<void> {
  init(page);
  page.advance(1);

  const rejected = authenticate(page);
  page.answer("#error=access_denied&error_description=no+thanks&state={state}");
  assert.equal(plain(rejected.errors), [{ errorName: "access_denied", errorMessage: "no thanks" }]);

  const approved = authenticate(page, { scope: ["read_inbox"] });
  assert.match(page.popup.url, /&state=[^&]+&scope=read_inbox$/);
  page.answer("#access_token=t&state={state}");
  assert.is(approved.successes[0].accessToken, "t");
  assert.is(approved.successes[0].networkUsers, undefined);
  assert.is(approved.successes[0].expirationDate, undefined);

  const users = authenticate(page, { networkUsers: true });
  page.answer("#__proto__=x&constructor=y&toString=z&access_token=t&expires=60&state={state}");
  page.scriptLoads(page.scripts()[0]!, { items: accounts(100), has_more: true });
  page.advance(0);
  page.scriptLoads(page.scripts()[0]!, { items: accounts(2, 100), has_more: false });
  assert.equal(plain(users.successes[0].networkUsers), accounts(102));

  const failed = authenticate(page, { networkUsers: true });
  page.answer("#access_token=t&state={state}");
  page.scriptLoads(page.scripts()[0]!, {
    error_id: 500,
    error_name: "internal_error",
    error_message: "sorry",
  });
  assert.equal(errorNames(failed), ["internal_error"]);

  const closed = authenticate(page);
  page.popup.closed = true;
  page.advance(1000);
  assert.equal(errorNames(closed), ["popup_closed"]);

  page.openBehaviour = "null";
  assert.equal(errorNames(authenticate(page)), ["popup_blocked"]);

  assert.equal(
    [rejected, approved, users, failed, closed].map((heard) => heard.calls),
    [1, 1, 1, 1, 1],
  );
  assert.equal(page.uncaught, []);
  assert.equal(page.leftovers(), NOTHING_LEFT);
}

const pages: [what: string, before: string][] = [
  ["a page with nothing special", ""],
  [
    "enumerable functions on the prototypes",
    `[Object, Array, String, Number, Function, RegExp].forEach(function (type) {
       ["each", "extend", "first", "has", "token", "state", "access_token", "expires", "0", "100"].forEach(function (name) {
         type.prototype[name] = function () { return "polluted"; };
       });
     });`,
  ],
  [
    "enumerable strings on the prototypes",
    `[Object, Array, String, Number, Function, RegExp].forEach(function (type) {
       ["each", "extend", "first", "token", "state", "access_token", "expires", "1", "3"].forEach(function (name) {
         type.prototype[name] = "polluted";
       });
     });`,
  ],
  [
    "frozen intrinsics",
    `Object.getOwnPropertyNames(this).forEach(function (name) {
       var value = this[name];
       if (typeof value == "function" && value.prototype && name != "Date") { Object.freeze(value.prototype); Object.freeze(value); }
     }, this);`,
  ],
  [
    "names of the kind that JSONP callbacks get",
    "for (var i = 0; i < 1e4; i++) this['sec' + i] = this['SE' + i] = i;",
  ],
  [
    "variables with the names of the SDK's parts",
    "var init = 1, authenticate = 2, api = 3, sdk = 4, s = 5, popup = 6, state = 7;",
  ],
  ["an SE that was there before", "var SE = { init: 1, other: 2 };"],
];
for (const [what, before] of pages) {
  test(what, async () => {
    await everyLogin(await openPage({ before }));
  });
}

test.run();
