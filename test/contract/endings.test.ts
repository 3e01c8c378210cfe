/** How a login ends when the dialog answers or did not open, and what the app is given. */
import * as assert from "uvu/assert";
import { readReference } from "../../scripts/site/reference.ts";
import { TOKEN } from "../support/app.ts";
import { NOTHING_LEFT, TICK } from "../support/client.ts";
import {
  awaitingAccounts,
  both,
  contract,
  type Open,
  type PerArtifact,
  ready,
  type Started,
  startLogin,
} from "../support/contract.ts";

const test = contract("how a login ends");

test("hands over the token and its date, then nothing is left", async (open) => {
  const { client, heard } = await startLogin(open);
  assert.is(client.page.leftovers().listeners, 1);
  await client.answer(`#access_token=${encodeURIComponent(TOKEN)}&expires=86400&state={state}`);
  assert.is(heard.calls, 1);
  const [session] = heard.successes;
  assert.is(session.accessToken, TOKEN);
  assert.is(Object.prototype.toString.call(session.expirationDate), "[object Date]");
  assert.is(+session.expirationDate, client.page.now + 86_400_000);
  assert.is(session.networkUsers, undefined);
  assert.is(client.page.popup.closed, true);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("has stopped listening and closed the popup before it calls back", async (open) => {
  const client = await ready(open);
  const { page } = client;
  const seen: unknown[] = [];
  const look = () => seen.push(page.leftovers().listeners, page.popup.closed, page.pendingTimers().length);
  for (const hash of ["#access_token=t&state={state}", "#error=access_denied&state={state}"]) {
    client.authenticate({ success: look, error: look });
    await client.answer(hash);
  }
  assert.equal(seen, [0, true, 0, 0, true, 0]);
});

test("leaves the date undefined with no_expiry", async (open) => {
  const { client, heard } = await startLogin(open, { scope: ["no_expiry"] });
  await client.answer("#access_token=t&state={state}");
  assert.is(heard.successes[0].expirationDate, undefined);
});

test("does not depend on the order of the answer's values", async (open) => {
  for (const hash of ["#state={state}&expires=1&access_token=t", "#access_token=t&state={state}&expires=1"]) {
    const { client, heard } = await startLogin(open);
    await client.answer(hash);
    assert.is(heard.successes[0].accessToken, "t");
    assert.is(+heard.successes[0].expirationDate, client.page.now + 1000);
  }
});

test("is not misled by names that only look alike", async (open) => {
  const { client, heard } = await startLogin(open);
  await client.answer(
    "#xaccess_token=no&access_token_x=no&xstate=no&access_token=t&state={state}&expires_in=5",
  );
  assert.is(heard.successes[0].accessToken, "t");
  assert.is(heard.successes[0].expirationDate, undefined);
});

/** Rejections by the dialog, and answers that hold neither a token nor an error. */
const rejections: [hash: string, name: string, message: string | PerArtifact<string>][] = [
  ["#error=access_denied&error_description=no%2c+thanks", "access_denied", "no, thanks"],
  [
    "#error=access_denied&error_description=%c3%a9mus%c3%a9s+%2b+1%26",
    "access_denied",
    "\u00e9mus\u00e9s + 1&",
  ],
  ["#error=server_error", "server_error", "server_error"],
  ["#error_description=e&error=invalid_scope", "invalid_scope", "e"],
  ["#error=access_denied&error_description=", "access_denied", "access_denied"],
  ["#error_description=no+name", "network_error", "no name"],
  ["#", "network_error", "network_error"],
  ["#access_token=", "network_error", "network_error"],
  ["#access_token=&error=access_denied", "access_denied", "access_denied"],
  // An escape that does not decode: all.js drops the value, the module's URLSearchParams leaves the escape.
  [
    "#error=access_denied&error_description=100%",
    "access_denied",
    { "all.js": "access_denied", "index.mjs": "100%" },
  ],
];
for (const [hash, errorName, message] of rejections) {
  test(`hands over ${hash}`, async (open) => {
    const { client, heard } = await startLogin(open);
    await client.answer(`${hash}&state={state}`);
    const errorMessage = (typeof message === "string" ? both(message) : message)[client.name];
    assert.equal(heard.failures, [{ errorName, errorMessage }]);
    assert.is(heard.calls, 1);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

test("an error's name that does not decode: dropped by all.js, left as it is by the module", async (open) => {
  const { client, heard } = await startLogin(open);
  await client.answer("#error=%E0%A4%A&error_description=%+%&state={state}");
  const errors = {
    "all.js": { errorName: "network_error", errorMessage: "network_error" },
    "index.mjs": { errorName: "\ufffd%A", errorMessage: "% %" },
  };
  assert.equal(heard.failures, [errors[client.name]]);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("a token that does not decode: dropped by all.js, left as it is by the module", async (open) => {
  const { client, heard } = await startLogin(open);
  await client.answer("#access_token=%zz&state={state}");
  assert.is(heard.calls, 1);
  if (client.name === "all.js") assert.equal(heard.names, ["network_error"]);
  else assert.is(heard.successes[0].accessToken, "%zz");
  assert.equal(client.page.uncaught, []);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("an empty expires is none", async (open) => {
  const { client, heard } = await startLogin(open);
  await client.answer("#access_token=t&expires=&state={state}");
  assert.is(heard.successes[0].expirationDate, undefined);
});

test("calls back only after authenticate has returned", async (open) => {
  for (const behaviour of ["popup", "null", "throws"] as const) {
    const client = await ready(open, { open: behaviour });
    let returned = false;
    const seen: boolean[] = [];
    client.SE.authenticate({ success() {}, error: () => seen.push(returned) });
    returned = true;
    if (behaviour === "popup") client.page.popup.closed = true;
    await client.advance(1000);
    assert.equal(seen, [true]);
  }
});

for (const behaviour of ["null", "undefined", "throws"] as const) {
  test(`popup_blocked when open ${behaviour === "throws" ? behaviour : `gives ${behaviour}`}`, async (open) => {
    const { client, heard } = await startLogin(open, {}, { open: behaviour });
    await client.advance(TICK);
    assert.equal(heard.names, ["popup_blocked"]);
    assert.equal(client.leftovers(), NOTHING_LEFT);
    await client.advance(5000);
    assert.is(heard.calls, 1);
    assert.equal(client.page.uncaught, []);
  });
}

test("what it ends in by itself is what the types have under the SDK's own, no more and no less", async (open) => {
  const blocked = await startLogin(open, {}, { open: "null" });
  await blocked.client.advance(TICK);
  const closed = await startLogin(open);
  closed.client.page.popup.closed = true;
  await closed.client.advance(1000);
  const unanswered = await awaitingAccounts(open);
  await unanswered.client.request.fail();
  const own = readReference().errors.filter(({ group }) => group === "The SDK's own");
  assert.equal(
    [blocked, closed, unanswered].flatMap(({ heard }) => heard.names),
    own.map(({ name }) => name),
  );
});

test("popup_blocked without an error callback is silent", async (open) => {
  const { client } = await startLogin(open, { error: undefined }, { open: "null" });
  await client.advance(TICK);
  assert.equal(client.page.uncaught, []);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

/** Ways to end after the popup opened, each for a login with `options`. */
const endings: Record<string, (open: Open, options: object) => Promise<Started>> = {
  "a success": async (open, options) => {
    const started = await startLogin(open, options);
    await started.client.answer("#access_token=t&state={state}");
    return started;
  },
  "a success with accounts": async (open, options) => {
    const started = await awaitingAccounts(open, options);
    await started.client.request.answer({ items: [] });
    return started;
  },
  "a rejection": async (open, options) => {
    const started = await startLogin(open, options);
    await started.client.answer("#error=access_denied&state={state}");
    return started;
  },
  "a closed popup": async (open, options) => {
    const started = await startLogin(open, options);
    started.client.page.popup.closed = true;
    await started.client.advance(1000);
    return started;
  },
  "an API error": async (open, options) => {
    const started = await awaitingAccounts(open, options);
    await started.client.request.answer(
      { error_id: 403, error_name: "access_denied", error_message: "no" },
      400,
    );
    return started;
  },
  "a connection that fails": async (open, options) => {
    const started = await awaitingAccounts(open, options);
    await started.client.request.fail();
    return started;
  },
};

for (const [how, end] of Object.entries(endings)) {
  test(`${how}: an exception in the app's callback is the app's, and leaves nothing behind`, async (open) => {
    const exception = new Error("the app's");
    let calls = 0;
    const throws = () => {
      calls++;
      throw exception;
    };
    const { client } = await end(open, { success: throws, error: throws });
    await client.advance(60_000);
    assert.is(calls, 1);
    assert.is(client.page.uncaught.length, 1);
    assert.is(client.page.uncaught[0], exception);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });

  if (how.startsWith("a success")) continue;
  test(`${how}: without an error callback it is silent`, async (open) => {
    const { client, heard } = await end(open, { error: undefined });
    assert.is(heard.calls, 0);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });
}

test("a replayed or late message does nothing after the end", async (open) => {
  const { client, heard } = await startLogin(open, { networkUsers: true });
  await client.answer("#access_token=t&state={state}");
  await client.answer("#access_token=t&state={state}");
  await client.answer("#error=access_denied&state={state}");
  assert.is(client.requests.length, 1);
  await client.request.answer({ items: [] });
  await client.answer("#access_token=t&state={state}");
  await client.advance(60_000);
  assert.is(heard.calls, 1);
  assert.is(heard.successes.length, 1);
  assert.equal(client.page.uncaught, []);
});

test.run();
