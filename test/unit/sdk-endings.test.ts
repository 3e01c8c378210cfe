import * as assert from "uvu/assert";
import { accounts, authenticate, errorNames, init, openPage, plain, startLogin } from "../support/login.ts";
import { suite } from "../support/suite.ts";
import { NOTHING_LEFT, type Page } from "../support/window-double.ts";

const test = suite("how a login ends");

for (const open of ["null", "undefined", "throws"] as const) {
  test(`popup_blocked, at once, when open ${open === "throws" ? open : `gives ${open}`}`, async () => {
    const { page, heard } = await startLogin({}, { open });
    assert.equal(errorNames(heard), ["popup_blocked"]);
    assert.equal(page.leftovers(), NOTHING_LEFT);
    page.advance(5000);
    assert.is(heard.calls, 1);
  });
}

test("popup_blocked without an error callback is silent", async () => {
  const { page } = await startLogin({ error: undefined }, { open: "null" });
  assert.equal(page.uncaught, []);
});

test("popup_closed within a second, then nothing is left", async () => {
  const { page, heard } = await startLogin();
  page.advance(3210);
  assert.is(heard.calls, 0);
  page.popup.closed = true;
  page.advance(1000);
  assert.equal(errorNames(heard), ["popup_closed"]);
  assert.equal(page.leftovers(), NOTHING_LEFT);
  page.answer("#access_token=late&state={state}");
  page.advance(5000);
  assert.is(heard.calls, 1);
});

/** The time until the next tick of the one timer that is under way. */
const nextTick = (page: Page): number => page.pendingTimers()[0]!;

test("popup_closed takes nine ticks running with the popup closed and the page focused", async () => {
  const { page, heard } = await startLogin();
  const ticks = (count: number): void => {
    for (let tick = 0; tick < count; tick++) page.advance(nextTick(page));
  };
  page.popup.closed = true;
  ticks(8);
  assert.is(heard.calls, 0);
  page.focused = false;
  ticks(1);
  page.focused = true;
  ticks(8);
  assert.is(heard.calls, 0);
  page.popup.closed = false;
  ticks(1);
  page.popup.closed = true;
  ticks(8);
  assert.is(heard.calls, 0);
  ticks(1);
  assert.equal(errorNames(heard), ["popup_closed"]);
});

test("messages that are not ours do not hasten popup_closed", async () => {
  const { page, heard } = await startLogin();
  page.popup.closed = true;
  for (let message = 0; message < 20; message++) page.post({ origin: "https://evil.example", data: "x" });
  page.answer("#access_token=t&state={state}");
  assert.is(heard.successes.length, 1);
});

test("a popup cut off by COOP is not called closed while the user is in it", async () => {
  const { page, heard } = await startLogin();
  page.popup.closed = true;
  page.focused = false;
  page.advance(60_000);
  assert.is(heard.calls, 0);
  page.focused = true;
  page.advance(1000);
  assert.equal(errorNames(heard), ["popup_closed"]);
});

test("a popup that answers and closes itself still succeeds", async () => {
  const { page, heard } = await startLogin();
  page.popup.closed = true;
  page.advance(nextTick(page));
  page.answer("#access_token=t&state={state}");
  page.advance(5000);
  assert.is(heard.successes.length, 1);
  assert.is(heard.calls, 1);
});

test("a page that puts SE away during the login gets its accounts all the same, and nothing is left", async () => {
  for (const fails of [false, true]) {
    const { page, heard } = await startLogin({ networkUsers: true });
    const { SE } = page;
    (page.realm as any).SE = undefined;
    page.answer("#access_token=t&state={state}");
    if (fails) page.scriptFails(page.scripts()[0]!);
    else page.scriptLoads(page.scripts()[0]!, { items: accounts(1) });
    assert.equal(errorNames(heard), fails ? ["network_error"] : []);
    assert.equal(
      plain(heard.successes).map(({ networkUsers }: any) => networkUsers.length),
      fails ? [] : [1],
    );
    (page.realm as any).SE = SE;
    assert.equal(page.uncaught, []);
    assert.equal(page.leftovers(), NOTHING_LEFT);
  }
});

test("focus alone ends nothing", async () => {
  const { page, heard } = await startLogin();
  page.advance(600_000);
  assert.is(heard.calls, 0);
  assert.is(page.popup.closed, false);
});

test("the popup is not watched while the accounts are fetched", async () => {
  const { page, heard } = await startLogin({ networkUsers: true });
  page.answer("#access_token=t&state={state}");
  page.advance(60_000);
  assert.is(heard.calls, 0);
  page.scriptLoads(page.scripts()[0]!, { items: [] });
  assert.is(heard.successes.length, 1);
});

const dialogErrors: [hash: string, name: string, message: string][] = [
  ["#error=access_denied&error_description=no%2c+thanks&state={state}", "access_denied", "no, thanks"],
  ["#error=server_error&state={state}", "server_error", "server_error"],
  ["#error_description=e&error=invalid_scope&state={state}", "invalid_scope", "e"],
  ["#error=access_denied&error_description=100%&state={state}", "access_denied", "access_denied"],
  ["#error=%E0%A4%A&error_description=%+%&state={state}", "network_error", "network_error"],
  ["#error_description=no+name&state={state}", "network_error", "no name"],
];
for (const [hash, errorName, errorMessage] of dialogErrors) {
  test(`hands over the dialog's ${hash}`, async () => {
    const { page, heard } = await startLogin();
    page.answer(hash);
    assert.equal(plain(heard.errors), [{ errorName, errorMessage }]);
    assert.equal(page.uncaught, []);
    assert.equal(page.leftovers(), NOTHING_LEFT);
  });
}

test("an answer with neither a token nor an error ends the login too", async () => {
  for (const hash of ["#state={state}", "#access_token=&state={state}"]) {
    const { page, heard } = await startLogin();
    page.answer(hash);
    assert.equal(errorNames(heard), ["network_error"]);
    assert.equal(page.leftovers(), NOTHING_LEFT);
  }
});

test("a token that does not decode ends the login and raises nothing", async () => {
  const { page, heard } = await startLogin();
  page.answer("#access_token=%zz&state={state}");
  assert.is(heard.calls, 1);
  assert.equal(page.uncaught, []);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

/** A login that has its token and waits for the API. */
async function awaitingApi(before = ""): Promise<Awaited<ReturnType<typeof startLogin>>> {
  const login = await startLogin({ networkUsers: true }, { before });
  login.page.answer("#access_token=t&expires=86400&state={state}");
  return login;
}

test("network_error when the API's script cannot load", async () => {
  const { page, heard } = await awaitingApi();
  page.scriptFails(page.scripts()[0]!);
  assert.equal(errorNames(heard), ["network_error"]);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("network_error when the API's script loads but never calls back, or calls back with nothing", async () => {
  for (const answer of [undefined, null, 0, "", "text", {}, []]) {
    const { page, heard } = await awaitingApi();
    page.scriptLoads(page.scripts()[0]!, answer);
    assert.equal(errorNames(heard), ["network_error"], `answer ${JSON.stringify(answer)}`);
    assert.equal(page.leftovers(), NOTHING_LEFT);
    assert.equal(page.uncaught, []);
  }
});

test("network_error when a Trusted Types policy refuses the script's address", async () => {
  const { page, heard } = await startLogin({ networkUsers: true });
  const create = page.document.createElement.bind(page.document);
  page.document.createElement = (name: string) =>
    Object.defineProperty(create(name), "src", {
      set() {
        throw new TypeError("This document requires 'TrustedScriptURL' assignment.");
      },
    });
  page.answer("#access_token=t&state={state}");
  assert.equal(errorNames(heard), ["network_error"]);
  assert.equal(page.leftovers(), NOTHING_LEFT);
  assert.equal(page.uncaught, []);
});

test("hands over the API's own error", async () => {
  const { page, heard } = await awaitingApi();
  page.scriptLoads(page.scripts()[0]!, {
    error_id: 502,
    error_name: "throttle_violation",
    error_message: "too many requests from this IP",
  });
  assert.equal(plain(heard.errors), [
    { errorName: "throttle_violation", errorMessage: "too many requests from this IP" },
  ]);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("an API error without an error callback is silent", async () => {
  const { page } = await startLogin({ networkUsers: true, error: undefined });
  page.answer("#access_token=t&state={state}");
  page.scriptLoads(page.scripts()[0]!, { error_id: 403, error_name: "access_denied", error_message: "no" });
  assert.equal(page.uncaught, []);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("fetches page after page, in order, into one array", async () => {
  const { page, heard } = await awaitingApi();
  const sizes = [100, 100, 50];
  let from = 0;
  for (const [index, size] of sizes.entries()) {
    assert.is(page.scripts().length, 1);
    const url = new URL(page.scripts()[0]!.src);
    assert.is(url.searchParams.get("page"), String(index + 1));
    assert.is(url.searchParams.get("pagesize"), "100");
    page.scriptLoads(page.scripts()[0]!, { items: accounts(size, from), has_more: index < 2 });
    from += size;
    page.advance(0);
  }
  assert.equal(plain(heard.successes[0].networkUsers), accounts(250));
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("waits for the API's backoff before the next page", async () => {
  const { page, heard } = await awaitingApi();
  page.scriptLoads(page.scripts()[0]!, { items: accounts(1), has_more: true, backoff: 10 });
  page.advance(9999);
  assert.is(page.scripts().length, 0);
  page.advance(1);
  assert.is(page.scripts().length, 1);
  page.scriptLoads(page.scripts()[0]!, { items: accounts(1, 1), has_more: false, backoff: 10 });
  assert.equal(plain(heard.successes[0].networkUsers), accounts(2));
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("an error on a later page is one error, and no partial success", async () => {
  for (const fails of [true, false]) {
    const { page, heard } = await awaitingApi();
    page.scriptLoads(page.scripts()[0]!, { items: accounts(100), has_more: true });
    page.advance(0);
    if (fails) page.scriptFails(page.scripts()[0]!);
    else
      page.scriptLoads(page.scripts()[0]!, {
        error_id: 502,
        error_name: "throttle_violation",
        error_message: "m",
      });
    assert.equal(errorNames(heard), [fails ? "network_error" : "throttle_violation"]);
    assert.is(heard.calls, 1);
    assert.equal(page.leftovers(), NOTHING_LEFT);
  }
});

test("no account at all gives an empty array", async () => {
  const { page, heard } = await awaitingApi();
  page.scriptLoads(page.scripts()[0]!, { items: [], has_more: false });
  assert.equal(plain(heard.successes[0].networkUsers), []);
});

test("counts the token's time from its arrival, not from the last page's", async () => {
  const { page, heard } = await awaitingApi();
  const arrival = page.now;
  page.scriptLoads(page.scripts()[0]!, { items: [], has_more: true, backoff: 100 });
  page.advance(100_000);
  page.scriptLoads(page.scripts()[0]!, { items: [] });
  assert.is(+heard.successes[0].expirationDate, arrival + 86_400_000);
});

test("a script that calls back twice, or fires more events, is heard once", async () => {
  const { page, heard } = await awaitingApi();
  const script = page.scripts()[0]!;
  const { onload, onerror } = script;
  page.runCallback(script, { items: accounts(1) });
  page.scriptLoads(script, { items: accounts(1) });
  page.scriptLoads(script);
  page.scriptFails(script);
  assert.is(heard.calls, 1);
  assert.type(onload, "function");
  assert.type(onerror, "function");
});

/** IE 8 tells of a script's progress by its readyState alone, and tells more than once that it has ended. */
function readyState(script: any, state: string): void {
  script.readyState = state;
  script.onreadystatechange?.();
}

test("IE 8's script that answers is heard once, between its states", async () => {
  const { page, heard } = await awaitingApi();
  const script = page.scripts()[0]!;
  readyState(script, "loading");
  assert.is(heard.calls, 0);
  assert.is(page.scripts().length, 1);
  script.readyState = "interactive";
  page.runCallback(script, { items: accounts(1), has_more: true });
  readyState(script, "loaded");
  page.advance(0);
  readyState(script, "complete");
  assert.is(heard.calls, 0);
  page.scriptLoads(page.scripts()[0]!, { items: accounts(1, 1) });
  assert.equal(plain(heard.successes[0].networkUsers), accounts(2));
  assert.equal(page.uncaught, []);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

for (const state of ["loaded", "complete"]) {
  test(`IE 8's script that is "${state}" without an answer is a network_error`, async () => {
    const { page, heard } = await awaitingApi();
    const script = page.scripts()[0]!;
    readyState(script, "loading");
    readyState(script, state);
    readyState(script, "complete");
    assert.equal(errorNames(heard), ["network_error"]);
    assert.equal(page.leftovers(), NOTHING_LEFT);
  });
}

test("two logins at once do not disturb each other", async () => {
  const page = await openPage();
  init(page);
  const first = authenticate(page, { networkUsers: true });
  const second = authenticate(page, { networkUsers: true });
  const [popup1, popup2] = page.popups as [any, any];
  page.answer("#access_token=two&state={state}", popup2);
  assert.is(popup1.closed, false);
  page.answer("#access_token=one&state={state}", popup1);
  const [script2, script1] = page.scripts() as [any, any];
  assert.match(script2.src, "access_token=two");
  page.scriptLoads(script1, { items: accounts(1) });
  assert.is(first.successes[0].accessToken, "one");
  assert.is(second.calls, 0);
  page.scriptLoads(script2, { items: accounts(2) });
  assert.is(second.successes[0].accessToken, "two");
  assert.is(first.successes[0].networkUsers.length, 1);
  assert.is(second.successes[0].networkUsers.length, 2);
  assert.equal([first.calls, second.calls], [1, 1]);
  page.advance(1);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("one login's answer does not pass for another's", async () => {
  const page = await openPage();
  init(page);
  const first = authenticate(page);
  const second = authenticate(page);
  const [popup1, popup2] = page.popups as [any, any];
  const origin = "https://stackexchange.com";
  page.post({ origin, source: popup1, data: `#access_token=t&state=${page.stateOf(popup2)}` });
  page.post({ origin, source: popup2, data: `#access_token=t&state=${page.stateOf(popup1)}` });
  assert.equal([first.calls, second.calls], [0, 0]);
});

test("a replayed or late message does nothing after the end", async () => {
  const { page, heard } = await startLogin({ networkUsers: true });
  page.answer("#access_token=t&state={state}");
  page.answer("#access_token=t&state={state}");
  page.answer("#error=access_denied&state={state}");
  assert.is(page.scripts().length, 1);
  page.scriptLoads(page.scripts()[0]!, { items: [] });
  page.answer("#access_token=t&state={state}");
  page.advance(60_000);
  assert.is(heard.calls, 1);
  assert.equal(page.uncaught, []);
});

test("an exception in the page's callback is the page's own, and leaves nothing behind", async () => {
  const { page } = await startLogin({
    success() {
      throw new Error("the page's own");
    },
  });
  page.answer("#access_token=t&state={state}");
  page.advance(60_000);
  assert.is(page.uncaught.length, 1);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test.run();
