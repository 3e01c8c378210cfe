/** An AbortSignal cancels a login at any time: popup closed, everything removed, rejected with the signal's reason. */
import * as assert from "uvu/assert";
import { accounts } from "../support/app.ts";
import { NOTHING_LEFT, settle, TICK } from "../support/client.ts";
import { ready } from "../support/contract.ts";
import { fetchRequests } from "../support/fetch-double.ts";
import { abortListeners, login, openIndexMjs } from "../support/index-mjs.ts";
import { suite } from "../support/suite.ts";

const test = suite("the module's AbortSignal");

const APPROVED = "#access_token=t&state={state}";

test("aborted before the call: nothing opens", async () => {
  const client = await ready(openIndexMjs);
  const reason = new Error("the app's own reason");
  const signal = AbortSignal.abort(reason);
  const end = login(client, { signal });
  await client.advance(TICK);
  assert.equal([end.state, end.value === reason], ["rejected", true]);
  assert.is(client.page.popups.length, 0);
  assert.is(abortListeners(signal), 0);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("aborted while the popup is open: it closes, within a tick of 50 ms", async () => {
  const client = await ready(openIndexMjs);
  const controller = new AbortController();
  const end = login(client, { signal: controller.signal });
  const reason = { any: "value" };
  controller.abort(reason);
  await client.advance(50);
  assert.is(client.page.popup.closed, true);
  assert.equal(client.leftovers(), NOTHING_LEFT);
  await settle();
  assert.equal([end.state, end.value === reason], ["rejected", true]);
  assert.is(abortListeners(controller.signal), 0);
  await client.answer(APPROVED);
  await client.advance(60_000);
  assert.is(client.requests.length, 0);
});

test("aborted without a reason: rejected with the platform's AbortError", async () => {
  const client = await ready(openIndexMjs);
  const controller = new AbortController();
  const end = login(client, { signal: controller.signal });
  controller.abort();
  await client.advance(50);
  assert.is(end.value.name, "AbortError");
  assert.is(end.value, controller.signal.reason);
});

test("aborted while the accounts are fetched: the request ends too", async () => {
  const client = await ready(openIndexMjs);
  const controller = new AbortController();
  const end = login(client, { signal: controller.signal, networkUsers: true });
  await client.answer(APPROVED);
  assert.is(fetchRequests(client)[0]!.signal, controller.signal);
  controller.abort("changed my mind");
  await settle();
  assert.equal([end.state, end.value], ["rejected", "changed my mind"]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
  assert.is(abortListeners(controller.signal), 0);
});

test("aborted while it backs off: within 50 ms, and no page follows", async () => {
  const client = await ready(openIndexMjs);
  const controller = new AbortController();
  const end = login(client, { signal: controller.signal, networkUsers: true });
  await client.answer(APPROVED);
  await client.request.answer({ items: accounts(1), has_more: true, backoff: 30 });
  await client.advance(10_000);
  controller.abort("enough");
  await client.advance(50);
  assert.equal([end.state, end.value], ["rejected", "enough"]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
  assert.is(abortListeners(controller.signal), 0);
  await client.advance(60_000);
  assert.is(client.requests.length, 1);
});

test("aborted while it backs off before a third page", async () => {
  const client = await ready(openIndexMjs);
  const controller = new AbortController();
  const end = login(client, { signal: controller.signal, networkUsers: true });
  await client.answer(APPROVED);
  await client.request.answer({ items: accounts(1), has_more: true, backoff: 1 });
  await client.advance(1_000);
  await client.request.answer({ items: accounts(1), has_more: true, backoff: 1 });
  controller.abort("enough");
  await client.advance(50);
  assert.equal([end.state, end.value], ["rejected", "enough"]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
  await client.advance(60_000);
  assert.is(client.requests.length, 2);
});

for (const [how, finish] of [
  ["approved", APPROVED],
  ["rejected", "#error=access_denied&state={state}"],
] as const) {
  test(`aborted after it was ${how}: nothing changes, and nothing is left on the signal`, async () => {
    const client = await ready(openIndexMjs);
    const controller = new AbortController();
    const end = login(client, { signal: controller.signal });
    await client.answer(finish);
    const before = end.state;
    assert.is.not(before, "pending");
    assert.is(abortListeners(controller.signal), 0);
    controller.abort();
    await settle();
    assert.is(end.state, before);
  });
}

test("Support: Chrome <= 97, Safari <= 15.3: a signal without a reason gives an Error named AbortError", async () => {
  for (const phase of [
    "before the call",
    "the popup is open",
    "the accounts are fetched",
    "the API's backoff",
  ]) {
    const client = await ready(openIndexMjs);
    const signal: any = {
      aborted: phase === "before the call",
      addEventListener() {},
      removeEventListener() {},
    };
    const end = login(client, { signal, networkUsers: true });
    if (phase.startsWith("the accounts") || phase.startsWith("the API")) await client.answer(APPROVED);
    if (phase.startsWith("the API"))
      await client.request.answer({ items: accounts(1), has_more: true, backoff: 30 });
    signal.aborted = true;
    await client.advance(TICK);
    assert.instance(end.value, Error);
    assert.equal([end.value.name, end.value.message], ["AbortError", ""], phase);
  }
});

test("an answer that comes after the abort, before the tick, is not a success", async () => {
  for (const networkUsers of [false, true]) {
    const client = await ready(openIndexMjs);
    const controller = new AbortController();
    const end = login(client, { signal: controller.signal, networkUsers });
    controller.abort("too late");
    await client.answer(APPROVED);
    assert.equal([end.state, end.value], ["rejected", "too late"]);
    assert.is(client.requests.length, 0);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  }
});

for (const [what, reason] of [
  ["a symbol", Symbol("enough")],
  ["an object without a prototype", Object.create(null)],
] as const) {
  test(`aborted with ${what}, while the accounts are fetched and while it backs off`, async () => {
    for (const backsOff of [false, true]) {
      const client = await ready(openIndexMjs);
      const controller = new AbortController();
      const end = login(client, { signal: controller.signal, networkUsers: true });
      await client.answer(APPROVED);
      if (backsOff) await client.request.answer({ items: accounts(1), has_more: true, backoff: 30 });
      controller.abort(reason);
      await client.advance(50);
      assert.equal([end.state, end.value === reason], ["rejected", true]);
      assert.equal(client.leftovers(), NOTHING_LEFT);
    }
  });
}

test("a page's own Object.prototype is no answer: neither of an abort, nor of a refusal, nor of a closed popup", async () => {
  const before =
    "Object.prototype.access_token = 'evil'; Object.prototype.expires = '60'; Object.prototype.error_description = 'evil';";
  for (const how of ["abort", "refusal", "closed"] as const) {
    const client = await ready(openIndexMjs, { before });
    const controller = new AbortController();
    const end = login(client, { signal: controller.signal });
    if (how === "abort") controller.abort("mine");
    if (how === "refusal") await client.answer("#error=access_denied&state={state}");
    if (how === "closed") client.page.popup.closed = true;
    await client.advance(1_000);
    assert.is(end.state, "rejected", how);
    if (how === "abort") assert.is(end.value, "mine");
    else {
      const name = how === "closed" ? "popup_closed" : "access_denied";
      assert.equal([end.value.errorName, end.value.message], [name, name]);
    }
  }
});

test("a blocked popup leaves nothing on the signal", async () => {
  const client = await ready(openIndexMjs, { open: "null" });
  const { signal } = new AbortController();
  const end = login(client, { signal });
  await client.advance(TICK);
  assert.is(end.value.errorName, "popup_blocked");
  assert.is(abortListeners(signal), 0);
});

test("an app's mistake leaves nothing on the signal", async () => {
  const client = await ready(openIndexMjs);
  const { signal } = new AbortController();
  const end = login(client, { signal, scope: "read_inbox" });
  await settle();
  assert.is(end.state, "rejected");
  assert.is(abortListeners(signal), 0);
});

test("one signal ends both of two logins", async () => {
  const client = await ready(openIndexMjs);
  const controller = new AbortController();
  const { signal } = controller;
  const ends = [login(client, { signal }), login(client, { signal })];
  controller.abort("both");
  await client.advance(50);
  assert.equal(
    ends.map(({ value }) => value),
    ["both", "both"],
  );
  assert.equal(
    client.page.popups.map(({ closed }) => closed),
    [true, true],
  );
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test.run();
