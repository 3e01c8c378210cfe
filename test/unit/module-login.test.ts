/** The module's login(): what it resolves with, what it rejects with, and what it needs of its page. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import { INDEX_MJS } from "../../scripts/config.ts";
import { artifactText } from "../support/artifact.ts";
import { CHANNEL, CLIENT_ID, init, KEY, plain, startLogin, TOKEN } from "../support/login.ts";
import { leftovers, login, openModulePage, readyPage, settle } from "../support/module.ts";
import { suite } from "../support/suite.ts";
import { NOTHING_LEFT } from "../support/window-double.ts";

const test = suite("the module's login");

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

test("opens the same dialog as the hosted script", async () => {
  const page = await readyPage();
  const end = login(page, { scope: ["read_inbox", "no_expiry"] });
  const { page: hosted } = await startLogin({ scope: ["read_inbox", "no_expiry"] });
  // The two encode a space in ways that mean the same; the order is the same, too.
  const parts = (text: string): unknown[] => {
    const url = new URL(text);
    url.searchParams.set("state", "");
    return [url.origin, url.pathname, [...url.searchParams]];
  };
  assert.equal(parts(page.popup.url), parts(hosted.popup.url));
  const landing = (text: string) => parts(new URL(text).searchParams.get("redirect_uri")!);
  assert.equal(landing(page.popup.url), landing(hosted.popup.url));
  assert.match(page.popup.url, /&state=[^&]+&scope=read_inbox\+no_expiry$/);
  assert.equal([page.popup.name, page.popup.features], [hosted.popup.name, hosted.popup.features]);
  assert.ok(page.stateOf().length >= 28, "128 bits in decimal digits");
  assert.is(end.state, "pending");
});

test("resolves with the session, and leaves nothing", async () => {
  const page = await readyPage();
  const end = login(page);
  page.answer(APPROVED);
  await settle();
  assert.is(end.state, "resolved");
  assert.is(end.value.accessToken, TOKEN);
  assert.is(+end.value.expirationDate, page.now + 86_400_000);
  assert.is(end.value.networkUsers, undefined);
  assert.is(page.popup.closes, 1);
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("no_expiry: the date is undefined, not null", async () => {
  const page = await readyPage();
  const end = login(page, { scope: ["no_expiry"] });
  page.answer("#state={state}&access_token=t");
  await settle();
  assert.is(end.value.expirationDate, undefined);
});

const rejections: [hash: string, name: string, message: string][] = [
  ["#error=access_denied&error_description=no%2c+thanks&state={state}", "access_denied", "no, thanks"],
  ["#error=server_error&state={state}", "server_error", "server_error"],
  ["#state={state}", "network_error", "network_error"],
  ["#access_token=&state={state}", "network_error", "network_error"],
  ["#error_description=no+name&state={state}", "network_error", "no name"],
];
for (const [hash, errorName, message] of rejections) {
  test(`rejects with an AuthError for ${hash}`, async () => {
    const page = await readyPage();
    const end = login(page);
    page.answer(hash);
    await settle();
    assert.is(end.state, "rejected");
    assert.is(Object.prototype.toString.call(end.value), "[object Error]");
    assert.equal(
      [end.value.name, end.value.errorName, end.value.message, end.value.errorMessage],
      ["AuthError", errorName, message, message],
    );
    assert.match(String(end.value), `AuthError: ${message}`);
    assert.type(end.value.stack, "string");
    assert.equal(leftovers(page), NOTHING_LEFT);
  });
}

for (const open of ["null", "undefined", "throws"] as const) {
  test(`popup_blocked when open ${open === "throws" ? open : `gives ${open}`}`, async () => {
    const page = await readyPage({ open });
    const end = login(page);
    await settle();
    assert.equal(
      [end.state, end.value.name, end.value.errorName],
      ["rejected", "AuthError", "popup_blocked"],
    );
    assert.equal(leftovers(page), NOTHING_LEFT);
  });
}

test("popup_closed within a second", async () => {
  const page = await readyPage();
  const end = login(page);
  page.popup.closed = true;
  page.advance(1000);
  await settle();
  assert.is(end.value.errorName, "popup_closed");
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("popup_closed takes nine ticks running with the popup closed and the page focused", async () => {
  const page = await readyPage();
  const end = login(page);
  const ticks = async (count: number, closed: boolean, focused: boolean): Promise<string> => {
    page.popup.closed = closed;
    page.focused = focused;
    for (let tick = 0; tick < count; tick++) page.advance(page.pendingTimers()[0]!);
    await settle();
    return end.state;
  };
  assert.is(await ticks(20, false, true), "pending");
  assert.is(await ticks(8, true, true), "pending");
  assert.is(await ticks(20, true, false), "pending");
  assert.is(await ticks(8, true, true), "pending");
  assert.is(await ticks(1, false, true), "pending");
  assert.is(await ticks(8, true, true), "pending");
  for (let message = 0; message < 20; message++) page.post({ origin: "https://evil.example", data: "x" });
  assert.is(await ticks(0, true, true), "pending", "messages that are not ours do not hasten it");
  assert.is(await ticks(1, true, true), "rejected");
  assert.is(end.value.errorName, "popup_closed");
  assert.equal(page.uncaught, []);
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("before init: login rejects, authenticate throws, nothing opens", async () => {
  const page = await openModulePage();
  const end = login(page);
  await settle();
  assert.is(end.state, "rejected");
  assert.match(end.value.message, "init");
  assert.is(end.value.errorName, undefined, "an app's mistake is no AuthError");
  assert.throws(() => page.SE.authenticate({ success() {} }), /init/);
  assert.is(page.popups.length, 0);
});

test("a scope that is no array: login rejects, authenticate throws, nothing opens", async () => {
  const page = await readyPage();
  const end = login(page, { scope: "read_inbox" });
  await settle();
  assert.is(end.state, "rejected");
  assert.match(end.value.message, "scope");
  assert.is(end.value.errorName, undefined);
  assert.throws(() => page.SE.authenticate({ success() {}, scope: "read_inbox" }), /scope/);
  assert.throws(() => page.SE.authenticate({}), /success/);
  assert.throws(() => page.SE.authenticate(), /success/);
  assert.is(page.popups.length, 0);
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("init names what is missing, or the origin of the page", async () => {
  const page = await openModulePage();
  const all = { clientId: CLIENT_ID, key: KEY, channelUrl: CHANNEL, complete() {} };
  for (const name of Object.keys(all)) {
    assert.throws(() => page.SE.init({ ...all, [name]: undefined }), new RegExp(name));
  }
  for (const channelUrl of [
    "https://app.example.evil/blank",
    "http://app.example/",
    "https://app.example:1/",
  ]) {
    assert.throws(() => page.SE.init({ ...all, channelUrl }), /https:\/\/app\.example/);
  }
  assert.throws(() => page.SE.init({ ...all, channelUrl: "blank" }));
  for (const channelUrl of [
    "https://app.example",
    "HTTPS://APP.example/a?b#c",
    "https://app.example/page?x=1",
  ]) {
    page.SE.init({ ...all, channelUrl });
  }
});

test("complete is called once, in a later turn, with the build's number", async () => {
  const page = await openModulePage();
  const heard: unknown[] = [];
  init(page, { complete: (...all: unknown[]) => heard.push(all) });
  assert.equal(heard, []);
  page.advance(100);
  assert.equal(plain(heard), [[{ version: "1000.test" }]]);
});

test("authenticate answers through its callbacks, as the hosted script does", async () => {
  const page = await readyPage();
  const heard: unknown[][] = [];
  const options = {
    success: (data: any) => heard.push(["success", data.accessToken]),
    error: (data: any) => heard.push(["error", data.errorName, data.errorMessage]),
  };
  page.SE.authenticate(options);
  page.answer("#access_token=t&state={state}");
  page.SE.authenticate(options);
  page.answer("#error=access_denied&error_description=no&state={state}");
  page.SE.authenticate({ success() {} });
  page.answer("#error=access_denied&state={state}");
  await settle();
  assert.equal(heard, [
    ["success", "t"],
    ["error", "access_denied", "no"],
  ]);
  assert.equal(page.uncaught, []);
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test("messages of another origin, window or login, and messages that are no text, end nothing", async () => {
  const page = await readyPage();
  const end = login(page);
  const data = `#access_token=t&state=${page.stateOf()}`;
  const [origin, source] = ["https://stackexchange.com", page.popup];
  const forged = [
    { origin: "https://stackexchange.com.evil", source, data },
    { origin, source: {}, data },
    { origin, source, data: "#access_token=t&state=1" },
    ...[null, undefined, 1, {}, [data, data]].map((odd) => ({ origin, source, data: odd })),
  ];
  for (const message of forged) page.post(message);
  await settle();
  assert.is(end.state, "pending");
  assert.equal(page.uncaught, []);
  page.answer(APPROVED);
  await settle();
  assert.is(end.state, "resolved");
});

test("two logins at once do not disturb each other", async () => {
  const page = await readyPage();
  const [first, second] = [login(page), login(page)];
  const [one, two] = page.popups as [any, any];
  assert.is.not(page.stateOf(one), page.stateOf(two));
  page.answer("#access_token=two&state={state}", two);
  page.answer("#error=access_denied&state={state}", one);
  await settle();
  assert.equal([first.value.errorName, second.value.accessToken], ["access_denied", "two"]);
  assert.equal(leftovers(page), NOTHING_LEFT);
});

test.run();
