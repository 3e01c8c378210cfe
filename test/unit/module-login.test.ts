/** The module's promise: what login() resolves with, what it rejects with, and that a server can import it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import { INDEX_MJS } from "../../scripts/config.ts";
import { accounts, plain, TOKEN } from "../support/app.ts";
import { artifactText } from "../support/artifact.ts";
import { type Client, NOTHING_LEFT, settle, TICK } from "../support/client.ts";
import { ready, startLogin } from "../support/contract.ts";
import { type End, login, openIndexMjs } from "../support/index-mjs.ts";
import { suite } from "../support/suite.ts";

const test = suite("the module's login()");

const APPROVED = `#access_token=${encodeURIComponent(TOKEN)}&expires=86400&state={state}`;

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

test("init works without complete", async () => {
  for (const complete of [undefined, null]) {
    const client = await openIndexMjs();
    client.init({ complete });
    await client.advance(1);
    assert.equal(client.page.uncaught, []);
    assert.equal(client.leftovers(), NOTHING_LEFT);
    const end = login(client);
    await client.answer(APPROVED);
    assert.is(end.value.accessToken, TOKEN);
  }
});

test("opens the popup within the call, at the address that authenticate opens", async () => {
  const client = await ready(openIndexMjs);
  const scope = ["read_inbox", "no_expiry"];
  const end = login(client, { scope });
  assert.is(client.page.popups.length, 1);
  client.authenticate({ scope });
  const [one, two] = client.page.popups.map((popup) => {
    const { url, name, features } = popup;
    return { url: url.replace(encodeURIComponent(client.page.stateOf(popup)), "STATE"), name, features };
  });
  assert.match(one!.url, "state=STATE&scope=read_inbox");
  assert.equal(one, two);
  assert.is(end.state, "pending");
});

test("resolves with the session, and leaves nothing", async () => {
  const client = await ready(openIndexMjs);
  const end = login(client);
  await client.answer(APPROVED);
  assert.is(end.state, "resolved");
  assert.is(end.value.accessToken, TOKEN);
  assert.is(+end.value.expirationDate, client.page.now + 86_400_000);
  assert.is(end.value.networkUsers, undefined);
  assert.is(client.page.popup.closed, true);
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

test("resolves with the accounts", async () => {
  const client = await ready(openIndexMjs);
  const end = login(client, { networkUsers: true });
  await client.answer(APPROVED);
  assert.is(end.state, "pending");
  await client.request.answer({ items: accounts(2) });
  assert.is(end.state, "resolved");
  assert.equal(plain(end.value.networkUsers), accounts(2));
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

/** One rejection of each kind; authenticate's error is given the same object. */
const rejections: [how: string, act: (client: Client) => Promise<void>, name: string, message: string][] = [
  [
    "a rejection",
    (client) => client.answer("#error=access_denied&error_description=no%2c+thanks&state={state}"),
    "access_denied",
    "no, thanks",
  ],
  ["an answer without a name", (client) => client.answer("#state={state}"), "network_error", "network_error"],
  [
    "a closed popup",
    (client) => {
      client.page.popup.closed = true;
      return client.advance(1000);
    },
    "popup_closed",
    "popup_closed",
  ],
  [
    "an API error",
    async (client) => {
      await client.answer(APPROVED);
      await client.request.answer({ error_name: "throttle_violation", error_message: "too many" }, 400);
    },
    "throttle_violation",
    "too many",
  ],
  [
    "a connection that fails",
    async (client) => {
      await client.answer(APPROVED);
      await client.request.fail();
    },
    "network_error",
    "network_error",
  ],
];

/** It must be an Error with the name AuthError: a DOMException, which has its name from the start. */
function isAuthError(value: any, errorName: string, message: string): void {
  assert.instance(value, Error);
  assert.equal(
    [value.name, value.errorName, value.message, value.errorMessage],
    ["AuthError", errorName, message, message],
  );
  assert.match(String(value), `AuthError: ${message}`);
  assert.type(value.stack, "string");
}

for (const [how, act, errorName, message] of rejections) {
  test(`rejects with an AuthError at ${how}`, async () => {
    const client = await ready(openIndexMjs);
    const end = login(client, { networkUsers: true });
    await act(client);
    assert.is(end.state, "rejected");
    isAuthError(end.value, errorName, message);
    assert.equal(client.leftovers(), NOTHING_LEFT);
  });

  test(`gives authenticate's error callback an AuthError at ${how}`, async () => {
    const { client, heard } = await startLogin(openIndexMjs, { networkUsers: true });
    await act(client);
    assert.is(heard.calls, 1);
    isAuthError(heard.errors[0], errorName, message);
  });
}

test("rejects with an AuthError when the popup is blocked", async () => {
  const client = await ready(openIndexMjs, { open: "null" });
  const end = login(client);
  await client.advance(TICK);
  assert.is(end.state, "rejected");
  isAuthError(end.value, "popup_blocked", "popup_blocked");
  assert.equal(client.leftovers(), NOTHING_LEFT);
});

/** An app's mistake is a rejection, and no AuthError. */
async function isMistake(client: Client, end: End, what: RegExp): Promise<void> {
  await settle();
  assert.is(end.state, "rejected");
  assert.match(end.value.message, what);
  assert.is(end.value.errorName, undefined);
  assert.is(client.page.popups.length, 0);
  assert.is(client.page.leftovers().listeners, 0);
}

test("before init it rejects, and nothing opens", async () => {
  const client = await openIndexMjs();
  await isMistake(client, login(client), /init/);
});

test("with a scope that is no array it rejects, and nothing opens", async () => {
  const client = await ready(openIndexMjs);
  await isMistake(client, login(client, { scope: "read_inbox" }), /scope/);
});

test.run();
