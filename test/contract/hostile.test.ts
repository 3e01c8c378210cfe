/** Every kind of login in pages whose prototypes and names are not what a script expects. */
import * as assert from "uvu/assert";
import { contract, ENDINGS, gave, ready, startFor } from "../support/contract.ts";

const test = contract("a hostile page changes nothing");

const TYPES = "[Object, Array, String, Number, Function, RegExp, Error, Promise]";

const pages: [what: string, before: string][] = [
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
  [
    "a clock that stands still",
    "Date = class extends Date { constructor(...args) { super(...(args.length ? args : [946684800000])); } }",
  ],
];

for (const [what, before] of pages) {
  test(what, async (open) => {
    const client = await ready(open, { before });
    for (const [how, ending] of Object.entries(ENDINGS)) {
      const heard = startFor(client, ending, { scope: ["read_inbox"] });
      if (!ending.open) assert.match(client.popup.url, /&state=[^&]+&scope=read_inbox$/);
      await ending.end(client);
      gave(ending, heard, how);
    }
  });
}

test.run();
