/** The module's promise: what login() resolves and rejects with, how a signal aborts it, and that a server can import it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import { INDEX_MJS } from "../../scripts/config.ts";
import { accounts, plain } from "../support/app.ts";
import { artifactText } from "../support/artifact.ts";
import { type Client, TICK } from "../support/client.ts";
import { settle } from "../support/clock.ts";
import { APPROVED, contract, ENDINGS, ready, startFor } from "../support/contract.ts";
import { abortListeners, login } from "../support/index-mjs.ts";

const test = contract("the module's login()", "index.mjs");

test("importing it on a server throws nothing, and a login there is a rejection", async () => {
  const folder = await mkdtemp(join(tmpdir(), "module-"));
  try {
    const file = join(folder, "index.mjs");
    await writeFile(file, await artifactText(INDEX_MJS));
    const module = await import(pathToFileURL(file).href);
    assert.equal(Object.keys(module).sort(), ["authenticate", "init", "login"]);
    const failure = await module.login().catch((error: Error) => error);
    assert.match(failure.message, "init");
    assert.throws(() => module.authenticate({ success() {} }), /init/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("init works without complete", async (open) => {
  for (const complete of [undefined, null]) {
    const client = await open();
    client.init({ complete });
    await client.advance(1);
    assert.equal([client.uncaught, client.left()], [[], []]);
  }
});

test("opens the popup within the call, at the address that authenticate opens", async (open) => {
  const client = await ready(open);
  const scope = ["read_inbox", "no_expiry"];
  const end = login(client, { scope });
  assert.is(client.popups.length, 1);
  client.authenticate({ scope });
  const [one, two] = client.popups.map((popup) => ({
    ...{ name: popup.name, features: popup.features },
    url: popup.url.replace(encodeURIComponent(client.stateOf(popup)), "STATE"),
  }));
  assert.match(one!.url, "state=STATE&scope=read_inbox");
  assert.equal(one, two);
  assert.is(end.state, "pending");
});

/** It must be an Error with the name AuthError: a DOMException, which has its name from the start. */
function isAuthError(value: any, failure: string): void {
  assert.instance(value, Error);
  const { name, message, errorName, errorMessage } = value;
  assert.is(`${errorName}: ${errorMessage}`, failure);
  assert.equal([name, message, String(value)], ["AuthError", errorMessage, `AuthError: ${errorMessage}`]);
  assert.type(value.stack, "string");
}

for (const [how, ending] of Object.entries(ENDINGS)) {
  test(`${how}: resolves with the session, or rejects with the AuthError that authenticate gives to error`, async (open) => {
    const client = await ready(open);
    client.openBehaviour = ending.open ?? "popup";
    const { signal } = new AbortController();
    const end = login(client, { networkUsers: ending.networkUsers, signal });
    assert.is(end.state, "pending");
    await ending.end(client);
    assert.equal([client.left(), abortListeners(signal)], [[], 0]);
    if (!ending.failure) {
      assert.equal([end.state, end.value.accessToken], ["resolved", "t"]);
      if (ending.networkUsers) assert.equal(plain(end.value.networkUsers), accounts(102));
      return;
    }
    assert.is(end.state, "rejected");
    isAuthError(end.value, ending.failure);
    const heard = startFor(client, ending);
    await ending.end(client);
    isAuthError(heard.errors[0], ending.failure);
  });
}

test("an app's mistake is a rejection that is no AuthError, and opens nothing", async (open) => {
  const client = await open();
  const { signal } = new AbortController();
  const isMistake = async (options: object, message: string) => {
    const end = login(client, options);
    await settle();
    assert.equal([end.state, end.value.message, end.value.errorName], ["rejected", message, undefined]);
    assert.equal([client.popups, client.left(), abortListeners(signal)], [[], [], 0]);
  };
  await isMistake({ signal }, "needs init");
  client.init();
  await client.advance(1);
  await isMistake({ signal, scope: "read_inbox" }, "needs scope[]");
});

/** When a login is aborted, and how it comes to that. */
const phases: Record<string, ((client: Client) => Promise<void>) | undefined> = {
  "before the call": undefined,
  "while the popup is open": async () => {},
  "while the accounts are fetched": (client) => client.answer(APPROVED),
  "while it backs off": async (client) => {
    await client.answer(APPROVED);
    await client.request.answer({ items: accounts(1), has_more: true, backoff: 30 });
    await client.advance(10_000);
  },
  "while it backs off before a third page": async (client) => {
    await client.answer(APPROVED);
    await client.request.answer({ items: accounts(1), has_more: true, backoff: 1 });
    await client.advance(1_000);
    await client.request.answer({ items: accounts(1), has_more: true, backoff: 1 });
  },
};
const reasons = [{ any: "value" }, Symbol("enough"), Object.create(null), undefined];

for (const [when, come] of Object.entries(phases)) {
  test(`aborted ${when}: within 50 ms the popup closes, it rejects with the reason, and nothing follows`, async (open) => {
    for (const reason of reasons) {
      const client = await ready(open);
      const controller = new AbortController();
      const { signal } = controller;
      if (!come) controller.abort(reason);
      const end = login(client, { signal, networkUsers: true });
      assert.is(client.popups.length, come ? 1 : 0);
      await come?.(client);
      for (const request of client.pending) assert.is(request.signal, signal);
      const asked = client.requests.length;
      controller.abort(reason);
      await client.advance(TICK);
      assert.is(end.state, "rejected");
      // Without one, the platform's AbortError.
      assert.ok(reason === undefined ? end.value.name === "AbortError" : end.value === reason);
      assert.ok(end.value === signal.reason);
      assert.equal([client.left(), abortListeners(signal)], [[], 0]);
      for (const popup of client.popups) {
        assert.is(popup.closed, true);
        await client.answer(APPROVED);
      }
      await client.advance(60_000);
      assert.is(client.requests.length, asked);
    }
  });
}

test("Support: Chrome <= 97, Safari <= 15.3: a signal without a reason gives an Error named AbortError", async (open) => {
  for (const [when, come] of Object.entries(phases)) {
    const client = await ready(open);
    const signal: any = { aborted: !come, addEventListener() {}, removeEventListener() {} };
    const end = login(client, { signal, networkUsers: true });
    await come?.(client);
    signal.aborted = true;
    await client.advance(TICK);
    assert.instance(end.value, Error, when);
    assert.equal([end.value.name, end.value.message], ["AbortError", ""], when);
  }
});

test("an answer that comes after the abort, before the tick, is not a success; nor is one in the page's Object.prototype", async (open) => {
  for (const before of ["", "Object.prototype.access_token = 'evil'; Object.prototype.expires = '60';"])
    for (const networkUsers of [false, true]) {
      const client = await ready(open, { before });
      const controller = new AbortController();
      const end = login(client, { signal: controller.signal, networkUsers });
      controller.abort("too late");
      if (!before) await client.answer(APPROVED);
      await client.advance(TICK);
      assert.equal([end.state, end.value], ["rejected", "too late"]);
      assert.equal([client.requests, client.left()], [[], []]);
    }
});

test("an abort after the end changes nothing; one signal ends both of two logins", async (open) => {
  const client = await ready(open);
  const controller = new AbortController();
  const { signal } = controller;
  const approved = login(client, { signal });
  await client.answer(APPROVED);
  const ends = [login(client, { signal }), login(client, { signal })];
  controller.abort("both");
  await client.advance(TICK);
  assert.equal(
    [approved, ...ends].map(({ state, value }) => [state, state === "rejected" ? value : ""]),
    [
      ["resolved", ""],
      ["rejected", "both"],
      ["rejected", "both"],
    ],
  );
  assert.ok(client.popups.every(({ closed }) => closed));
  assert.equal(client.left(), []);
});

test.run();
