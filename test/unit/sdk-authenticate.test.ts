import * as assert from "uvu/assert";
import {
  accounts,
  authenticate,
  CHANNEL,
  CLIENT_ID,
  init,
  KEY,
  openPage,
  plain,
  startLogin,
  TOKEN,
} from "../support/login.ts";
import { suite } from "../support/suite.ts";
import { NOTHING_LEFT } from "../support/window-double.ts";

const test = suite("SE.authenticate");

const DIALOG = "https://stackexchange.com/oauth/dialog";
const LANDING = "https://stackexchange.com/oauth/login_success";

/** The dialog's address as the protocol has it, byte for byte. */
function dialogUrl(state: string, channelUrl = CHANNEL, protocol = "https", scope = ""): string {
  const landing = `${LANDING}?assisted=${CLIENT_ID}&protocol=${protocol}&proxy=${encodeURIComponent(channelUrl)}`;
  const query = `redirect_uri=${encodeURIComponent(landing)}&client_id=${CLIENT_ID}&state=${state}`;
  return `${DIALOG}?${query}${scope && `&scope=${scope}`}`;
}

test("refuses to start without success, and opens nothing", async () => {
  const page = await openPage();
  init(page);
  for (const options of [undefined, null, {}, { error() {} }]) {
    assert.throws(() => page.SE.authenticate(options), /success/);
  }
  assert.is(page.popups.length, 0);
  assert.is(page.leftovers().listeners, 0);
});

test("refuses a scope that is not an array", async () => {
  const page = await openPage();
  init(page);
  for (const scope of ["read_inbox", {}, 1, true, () => {}]) {
    assert.throws(
      () => page.SE.authenticate({ success() {}, scope }),
      /scope/,
      `scope ${JSON.stringify(scope)}`,
    );
  }
  assert.is(page.popups.length, 0);
});

test("refuses to start before init", async () => {
  const page = await openPage();
  assert.throws(() => page.SE.authenticate({ success() {} }), /init/);
  assert.is(page.popups.length, 0);
});

test("opens the dialog at once, in a popup, before complete was called", async () => {
  const page = await openPage();
  init(page);
  authenticate(page);
  assert.is(page.popups.length, 1);
  assert.is(page.popup.url, dialogUrl(page.stateOf()));
  assert.is(page.popup.features, "width=660,height=480");
  assert.is(page.popup.name, "", "no name: a new popup for each login, and nothing for a page in it to read");
});

const protocols: [href: string, channel: string, protocol: string][] = [
  ["http://a.com/", "http://a.com/blank?a=b&c=d e", "http"],
  ["https://a.com/", "https://a.com", "https"],
  ["file:///page.html", "file:///blank.html", "file"],
];
for (const [href, channelUrl, protocol] of protocols) {
  test(`names the page's protocol ${protocol} and encodes the channel twice`, async () => {
    const page = await openPage({ href });
    init(page, { channelUrl });
    authenticate(page);
    assert.is(page.popup.url, dialogUrl(page.stateOf(), channelUrl, protocol));
  });
}

const scopes: [scope: unknown, sent: string][] = [
  [undefined, ""],
  [null, ""],
  [false, ""],
  [[], ""],
  [["read_inbox"], "read_inbox"],
  [["read_inbox", "no_expiry"], "read_inbox%20no_expiry"],
  [["a&b"], "a%26b"],
];
for (const [scope, sent] of scopes) {
  test(`sends ${sent ? `scope=${sent}` : "no scope"} for ${JSON.stringify(scope)}`, async () => {
    const { page } = await startLogin({ scope });
    assert.is(page.popup.url, dialogUrl(page.stateOf(), CHANNEL, "https", sent));
  });
}

test("returns nothing, whether the popup opens or not", async () => {
  const page = await openPage();
  init(page);
  for (const open of ["popup", "null"] as const) {
    page.openBehaviour = open;
    assert.is(page.SE.authenticate({ success() {}, error() {} }), undefined);
  }
});

test("has a state of its own for each login, from crypto", async () => {
  const page = await openPage({ before: "Math.random = function () { throw Error('guessable'); };" });
  init(page);
  const states = new Set<string>();
  for (let count = 0; count < 200; count++) {
    authenticate(page);
    states.add(page.stateOf());
  }
  assert.is(states.size, 200);
});

test("asks crypto for at least 64 bits, and uses each of them", async () => {
  const asked: number[] = [];
  const page = await openPage();
  (page.realm as any).crypto.getRandomValues = (array: Uint32Array) => {
    asked.push(array.byteLength * 8);
    return array.fill(1_234_567_890);
  };
  init(page);
  authenticate(page);
  assert.ok(asked[0]! >= 64, `${asked[0]} bits`);
  const whole = page.stateOf();
  for (let word = 0; word < asked[0]! / 32; word++) {
    (page.realm as any).crypto.getRandomValues = (array: Uint32Array) => {
      array.fill(1_234_567_890);
      array[word] = 987_654_321;
      return array;
    };
    authenticate(page);
    assert.is.not(page.stateOf(), whole);
  }
});

test("falls back to Math.random only where there is no crypto", async () => {
  const page = await openPage({ crypto: false });
  init(page);
  const states = new Set<string>();
  for (let count = 0; count < 200; count++) {
    authenticate(page);
    states.add(page.stateOf());
    assert.match(page.stateOf(), /^\w{12,}$/);
  }
  assert.is(states.size, 200);
});

test("Math.random's smallest and largest numbers make identifiers of the same length, too", async () => {
  for (const random of ["0", "Number.MIN_VALUE", "0.5", "1 - Number.EPSILON / 2"]) {
    const page = await openPage({
      crypto: false,
      before: `Math.random = function () { return ${random}; };`,
    });
    init(page);
    authenticate(page);
    assert.match(page.stateOf(), /^[a-z]\d{17}$/, random);
  }
});

test("hands over the token and its date, then nothing is left", async () => {
  const { page, heard } = await startLogin();
  assert.is(page.leftovers().listeners, 1);
  page.answer(`#access_token=${encodeURIComponent(TOKEN)}&expires=86400&state={state}`);
  assert.is(heard.calls, 1);
  const [session] = heard.successes;
  assert.is(session.accessToken, TOKEN);
  assert.is(Object.prototype.toString.call(session.expirationDate), "[object Date]");
  assert.is(+session.expirationDate, page.now + 86_400_000);
  assert.is(session.networkUsers, undefined);
  assert.is(page.popup.closed, true);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("has stopped listening and closed the popup before it calls back", async () => {
  const page = await openPage();
  init(page);
  const seen: unknown[] = [];
  const look = () => seen.push(page.leftovers().listeners, page.popup.closed, page.pendingTimers().length);
  page.advance(1);
  page.SE.authenticate({ success: look, error: look });
  page.answer("#access_token=t&state={state}");
  page.SE.authenticate({ success: look, error: look });
  page.answer("#error=access_denied&state={state}");
  assert.equal(seen, [0, true, 0, 0, true, 0]);
});

test("leaves the date unset with no_expiry", async () => {
  const { page, heard } = await startLogin({ scope: ["no_expiry"] });
  page.answer("#access_token=t&state={state}");
  assert.is(heard.successes[0].expirationDate, undefined);
});

test("does not depend on the order of the answer's values", async () => {
  for (const hash of ["#state={state}&expires=1&access_token=t", "#access_token=t&state={state}&expires=1"]) {
    const { page, heard } = await startLogin();
    page.answer(hash);
    assert.is(heard.successes[0].accessToken, "t");
    assert.is(+heard.successes[0].expirationDate, page.now + 1000);
  }
});

test("is not misled by names that only look alike", async () => {
  const { page, heard } = await startLogin();
  page.answer("#xaccess_token=no&access_token_x=no&xstate=no&access_token=t&state={state}&expires_in=5");
  assert.is(heard.successes[0].accessToken, "t");
  assert.is(heard.successes[0].expirationDate, undefined);
});

test("decodes values, the plus sign too", async () => {
  const { page, heard } = await startLogin();
  page.answer(
    "#error=access_denied&error_description=the+unicorns+are+%c3%a9mus%c3%a9s+%2b+1%26&state={state}",
  );
  assert.equal(plain(heard.errors), [
    { errorName: "access_denied", errorMessage: "the unicorns are \u00e9mus\u00e9s + 1&" },
  ]);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("says nothing, and throws nothing, when no error callback was given", async () => {
  const { page } = await startLogin({ error: undefined });
  page.answer("#error=access_denied&state={state}");
  assert.equal(page.uncaught, []);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("keeps its callbacks when the options change during the login", async () => {
  const page = await openPage();
  init(page);
  const heard: string[] = [];
  const options = { success: () => heard.push("first"), error: () => heard.push("first failed") };
  page.SE.authenticate(options);
  const first = page.popup;
  options.success = () => heard.push("second");
  options.error = () => heard.push("second failed");
  page.SE.authenticate(options);
  page.answer("#access_token=t&state={state}", first);
  page.answer("#error=e&state={state}");
  assert.equal(heard, ["first", "second failed"]);
});

test("keeps its error callback, too, when the options change during the login", async () => {
  const page = await openPage();
  init(page);
  const heard: string[] = [];
  const options: Record<string, unknown> = { success() {}, error: () => heard.push("first") };
  page.SE.authenticate(options);
  options.error = null;
  page.answer("#error=e&state={state}");
  assert.equal(heard, ["first"]);
  assert.equal(page.uncaught, []);
});

test("keeps its app when init is called again during the login", async () => {
  const { page, heard } = await startLogin({ networkUsers: true });
  init(page, { clientId: 2, key: "other((" });
  page.answer("#access_token=t&state={state}");
  assert.is(new URL(page.scripts()[0]!.src).searchParams.get("key"), KEY);
  page.scriptLoads(page.scripts()[0]!, { items: [] });
  assert.is(heard.successes.length, 1);
});

const foreign: [what: string, message: (right: any) => object][] = [
  ["another origin", (right) => ({ ...right, origin: "https://evil.example" })],
  ["a longer origin", (right) => ({ ...right, origin: `${right.origin}.evil.example` })],
  ["no origin", (right) => ({ ...right, origin: undefined })],
  ["another window", (right) => ({ ...right, source: {} })],
  ["no window", (right) => ({ ...right, source: null })],
  ["another state", (right) => ({ ...right, data: "#access_token=forged&state=1" })],
  ["no state", (right) => ({ ...right, data: "#access_token=forged" })],
  ["an empty state", (right) => ({ ...right, data: "#access_token=forged&state=" })],
  ["a broken state", (right) => ({ ...right, data: "#access_token=forged&state=%" })],
  ...[
    undefined,
    null,
    0,
    1,
    true,
    Number.NaN,
    {},
    [],
    { state: 1 },
    { toString: 1, valueOf: 1 },
    ["#access_token=t"],
    new Date(0),
    "",
  ].map((data): [string, (right: any) => object] => [
    `data ${JSON.stringify(data)}`,
    (right) => ({ ...right, data }),
  ]),
];
for (const [what, forge] of foreign) {
  test(`takes no notice of ${what}`, async () => {
    const { page, heard } = await startLogin();
    const right = {
      origin: "https://stackexchange.com",
      source: page.popup,
      data: `#access_token=right&state=${page.stateOf()}`,
    };
    page.post(forge(right));
    assert.equal(page.uncaught, []);
    assert.is(heard.calls, 0);
    assert.is(page.popup.closed, false);
    page.post(right);
    assert.is(heard.successes[0].accessToken, "right");
    assert.is(heard.calls, 1);
  });
}

test("asks for the accounts with the token and the key, and hands them over", async () => {
  const { page, heard } = await startLogin({ networkUsers: true });
  page.answer(`#access_token=${encodeURIComponent(TOKEN)}&expires=1&state={state}`);
  const [script] = page.scripts();
  const url = new URL(script!.src);
  assert.is(url.origin + url.pathname, "https://api.stackexchange.com/2.0/me/associated");
  assert.is(url.searchParams.get("pagesize"), "100");
  assert.is(url.searchParams.get("access_token"), TOKEN);
  assert.is(url.searchParams.get("key"), KEY);
  assert.is(page.popup.closed, true);
  assert.is(heard.calls, 0);
  page.scriptLoads(script!, { items: accounts(3), has_more: false });
  assert.equal(plain(heard.successes[0].networkUsers), accounts(3));
  assert.is(heard.successes[0].accessToken, TOKEN);
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test("asks for no accounts unless told to", async () => {
  for (const networkUsers of [undefined, false]) {
    const { page } = await startLogin({ networkUsers });
    page.answer("#access_token=t&state={state}");
    assert.is(page.scripts().length, 0);
  }
});

test("keeps its callback off the page's names, and cleans up", async () => {
  const { page } = await startLogin({ networkUsers: true });
  page.answer("#access_token=t&state={state}");
  const { globals, members } = page.leftovers();
  assert.equal([globals, members], [[], []]);
  const script = page.scripts()[0]!;
  const callback = new URL(script.src).searchParams.get("callback")!;
  assert.match(callback, /^[A-Za-z0-9_$.]+$/);
  assert.is(callback, `document.scripts.${script.id}.onload`, "the script's own handler, by the script's id");
  assert.match(script.id, /^[a-z][0-9]{12,}$/);
  page.scriptLoads(page.scripts()[0]!, { items: [] });
  assert.equal(page.leftovers(), NOTHING_LEFT);
});

test.run();
