/** How all.js asks the API: JSONP, with a script element whose own handler is the callback. */
import * as assert from "uvu/assert";
import { openAllJs } from "../support/all-js.ts";
import { accounts, KEY, plain, TOKEN } from "../support/app.ts";
import { type Client, NOTHING_LEFT } from "../support/client.ts";
import { awaitingAccounts, ready, startLogin } from "../support/contract.ts";
import { type ApiScript, type JsonpRequest, jsonpRequests } from "../support/jsonp.ts";
import { suite } from "../support/suite.ts";

const test = suite("JSONP");

const only = (client: Client): JsonpRequest => jsonpRequests(client).find(({ pending }) => pending)!;

test("sends the token and the key, and nothing that the protocol does not know", async () => {
  const { client } = await awaitingAccounts(openAllJs, {}, TOKEN);
  const { url } = only(client);
  assert.is(url.origin + url.pathname, "https://api.stackexchange.com/2.0/me/associated");
  const { callback, ...query } = Object.fromEntries(url.searchParams);
  assert.ok(callback);
  assert.equal(query, { key: KEY, pagesize: "100", page: "1", access_token: TOKEN });
});

test("sends the key of the login's own init", async () => {
  const { client } = await startLogin(openAllJs, { networkUsers: true });
  client.init({ clientId: 2, key: "other((" });
  await client.answer("#access_token=t&state={state}");
  assert.is(only(client).url.searchParams.get("key"), KEY);
});

test("keeps its callback off the page's names, and cleans up", async () => {
  const { client } = await awaitingAccounts(openAllJs);
  assert.equal(client.leftovers(), { ...NOTHING_LEFT, elements: 1, requests: 1 });
  const { script, url } = only(client);
  const callback = url.searchParams.get("callback")!;
  assert.match(callback, /^[A-Za-z0-9_$.]+$/);
  assert.is(callback, `document.scripts.${script.id}.onload`, "the script's own handler, by the script's id");
  assert.match(script.id, /^[a-z][0-9]{12,}$/);
  await client.request.answer({ items: [] });
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("Math.random's smallest and largest numbers make identifiers of the same length, too", async () => {
  for (const random of ["0", "Number.MIN_VALUE", "0.5", "1 - Number.EPSILON / 2"]) {
    const before = `Math.random = function () { return ${random}; };`;
    const client = await ready(openAllJs, { crypto: false, before });
    client.authenticate();
    assert.match(client.page.stateOf(), /^[a-z]\d{17}$/, random);
  }
});

test("network_error when a Trusted Types policy refuses the script's address", async () => {
  const { client, heard } = await startLogin(openAllJs, { networkUsers: true });
  const { document } = client.page;
  const create = document.createElement;
  document.createElement = (name: string) =>
    Object.defineProperty(create(name), "src", {
      set() {
        throw new TypeError("This document requires 'TrustedScriptURL' assignment.");
      },
    });
  await client.answer("#access_token=t&state={state}");
  assert.equal(heard.names, ["network_error"]);
  assert.equal(client.page.uncaught, []);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("a script that calls back twice, or fires more events, is heard once", async () => {
  const { client, heard } = await awaitingAccounts(openAllJs);
  const request = only(client);
  const { onload, onerror } = request.script;
  request.runCallback({ items: accounts(1) });
  await request.answer({ items: accounts(1) });
  await request.answerText("");
  await request.fail();
  assert.is(heard.calls, 1);
  assert.type(onload, "function");
  assert.type(onerror, "function");
});

/** IE 8 tells of a script's progress by its readyState alone, and tells more than once that it has ended. */
function readyState(script: ApiScript, state: string): void {
  script.readyState = state;
  script.onreadystatechange?.();
}

test("IE 8's script that answers is heard once, between its states", async () => {
  const { client, heard } = await awaitingAccounts(openAllJs);
  const request = only(client);
  readyState(request.script, "loading");
  assert.is(heard.calls, 0);
  assert.is(request.pending, true);
  request.script.readyState = "interactive";
  request.runCallback({ items: accounts(1), has_more: true });
  readyState(request.script, "loaded");
  await client.advance(0);
  readyState(request.script, "complete");
  assert.is(heard.calls, 0);
  await client.request.answer({ items: accounts(1, 1) });
  assert.equal(plain(heard.successes[0].networkUsers), accounts(2));
  assert.equal(client.page.uncaught, []);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

for (const state of ["loaded", "complete"]) {
  test(`IE 8's script that is "${state}" without an answer is a network_error`, async () => {
    const { client, heard } = await awaitingAccounts(openAllJs);
    const { script } = only(client);
    readyState(script, "loading");
    readyState(script, state);
    readyState(script, "complete");
    assert.equal(heard.names, ["network_error"]);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

test.run();
