/** What all.js's init alone asks for: the script of 2012 names complete among the required options, and so does this one. */
import * as assert from "uvu/assert";
import { openAllJs } from "../support/all-js.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite("init of all.js");

test("names the missing option complete, and leaves authenticate refused", async () => {
  const client = await openAllJs();
  for (const complete of [undefined, null, ""]) {
    throwsWith(() => client.init({ complete }), "needs complete");
    throwsWith(() => client.authenticate(), "needs init");
    assert.equal(client.page.pendingTimers(), []);
  }
});

test.run();
