import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import type { DevTier } from "../../scripts/dev-tier/index.ts";
import { suite } from "../support/suite.ts";
import { CHANNEL, LANDING, newTier, ORIGINS } from "./dev-tier-support.ts";

const test = suite("dev tier: landing page");

const HASH = "#access_token=abc))&expires=86400&state=1";
const IE_9 = "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)";
const IE_10 = "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1; Trident/6.0)";

interface Ran {
  posted: [unknown, unknown][];
  frame: Element | null;
  closed: number;
  waits: number[];
  document: Document;
  /** Runs the timers that are waiting. */
  later: () => void;
}

/** Loads the landing page and runs its script as a popup's browser would. */
async function land(
  address: string,
  options: { tier?: DevTier; userAgent?: string; header?: string } = {},
): Promise<Ran> {
  const { tier = newTier(), userAgent = "Mozilla/5.0 Chrome/140", header = userAgent } = options;
  const response = await tier.login.fetch(new Request(address, { headers: { "User-Agent": header } }));
  const { document } = parseHTML(await response.text());
  const posted: [unknown, unknown][] = [];
  const waiting: (() => void)[] = [];
  const ran: Ran = {
    posted,
    frame: null,
    closed: 0,
    waits: [],
    document: document as unknown as Document,
    later: () => waiting.splice(0).forEach((run) => void run()),
  };
  const window = {
    opener: { postMessage: (data: unknown, target: unknown) => posted.push([data, target]) },
    close: () => ran.closed++,
  };
  const wait = (run: () => void, ms: number) => {
    ran.waits.push(ms);
    waiting.push(run);
  };
  for (const script of document.querySelectorAll("script")) {
    const run = new Function(
      "window",
      "document",
      "location",
      "navigator",
      "setTimeout",
      script.textContent!,
    );
    run(window, document, { hash: HASH }, { userAgent }, wait);
  }
  ran.frame = document.querySelector("iframe") as unknown as Element | null;
  return ran;
}

const address = (protocol: string, proxy: string, assisted = "1") =>
  `${ORIGINS.login}/oauth/login_success?assisted=${assisted}&protocol=${encodeURIComponent(protocol)}&proxy=${encodeURIComponent(proxy)}`;

test("shows its heading and nothing else, and posts its hash to the app's origin", async () => {
  const { posted, document, frame, closed } = await land(LANDING);
  assert.equal(posted, [[HASH, ORIGINS.site]]);
  assert.is(document.querySelector("h1")?.textContent, "Authorizing Application");
  assert.is(
    document.body.textContent?.replace(document.querySelector("script")!.textContent!, "").trim(),
    "Authorizing Application",
  );
  assert.is(frame, null);
  assert.is(closed, 0);
});

test("the target has protocol's scheme, and proxy's host and port", async () => {
  assert.is(
    (await land(address("http", "https://app.example:8443/blank?x"))).posted[0]?.[1],
    "http://app.example:8443",
  );
  assert.is(
    (await land(address("https", "https://Sub.App.Example"))).posted[0]?.[1],
    "https://sub.app.example",
  );
  assert.is((await land(address("https", "//app.example/blank"))).posted[0]?.[1], "https://app.example");
});

test("without assisted it does nothing", async () => {
  const { posted, document } = await land(LANDING.replace("assisted=1&", ""));
  assert.equal(posted, []);
  assert.is(document.querySelector("h1")?.textContent, "Authorizing Application");
  assert.is(document.querySelectorAll("script, div").length, 0);
});

test("without an opener it raises nothing", async () => {
  const tier = newTier();
  const { document } = parseHTML(await (await tier.login.fetch(new Request(LANDING))).text());
  const run = new Function(
    "window",
    "document",
    "location",
    "navigator",
    document.querySelector("script")!.textContent!,
  );
  run({ opener: null }, document, { hash: HASH }, { userAgent: "" });
});

const unexpected: [string, string][] = [
  ["another domain", address("https", "https://evil.example/")],
  ["one that only begins alike", address("https", "https://app.example.evil/")],
  ["a user name that looks like it", address("https", "https://app.example@evil.example/")],
  ["no proxy", address("https", "")],
  ["a path alone", address("https", "/blank")],
  ["an unknown app", address("https", CHANNEL, "77")],
  ["another app's domain", address("https", CHANNEL, "5")],
  ["no protocol", address("", CHANNEL)],
  ["a protocol that is more than that", address("https://evil.example/?", CHANNEL)],
];
for (const [what, from] of unexpected) {
  test(`dead end: ${what}`, async () => {
    const { document, posted } = await land(from);
    assert.is(document.querySelector("h1")?.textContent, "Application Login Failure");
    assert.is(document.querySelector("p")?.textContent, "error description: unexpected domain on proxy url");
    assert.equal(posted, []);
    assert.is(document.querySelectorAll("script").length, 0);
  });
}

test("old IE, by its header or by navigator, gets the frame and no message", async () => {
  for (const agents of [
    { userAgent: IE_9 },
    { header: IE_9 },
    { userAgent: IE_9.replace("9.0", "6.0"), header: "" },
  ]) {
    const { frame, posted } = await land(LANDING, agents);
    assert.is((frame as any)?.name, "se-api-frame");
    assert.is((frame as any)?.src, CHANNEL + HASH);
    assert.is(frame?.parentElement?.getAttribute("style"), "display:none");
    assert.equal(posted, []);
  }
});

test("IE 10 says MSIE as well, and gets the message", async () => {
  const { frame, posted } = await land(LANDING, { userAgent: IE_10 });
  assert.is(frame, null);
  assert.is(posted.length, 1);
});

test("a proxy that would run code is never framed", async () => {
  const { frame } = await land(address("https", "javascript://app.example/%0aalert(1)"), { userAgent: IE_9 });
  assert.not.match(String((frame as any)?.src), /javascript/);
});

test("the page's script is ES3, for the browsers that the frame is for", () => {
  const file = new URL("../../scripts/dev-tier/pages/landing.js", import.meta.url);
  parse(readFileSync(file, "utf8"), { ecmaVersion: 3, allowReserved: "never" });
});

test("nothing of the address becomes markup", async () => {
  const { document, posted } = await land(address("https", `${CHANNEL}?"><script>alert(1)</script>`));
  assert.is(document.querySelectorAll("script").length, 1);
  assert.is(posted.length, 1);
});

test("faults: late, twice, closes, never, old IE, slow frame", async () => {
  const tier = newTier();
  tier.faults.set({ late: 700, twice: true, closes: true });
  const late = await land(LANDING, { tier });
  assert.equal([late.posted.length, late.waits, late.closed], [0, [700], 0]);
  late.later();
  assert.equal(late.posted, [
    [HASH, ORIGINS.site],
    [HASH, ORIGINS.site],
  ]);
  assert.is(late.closed, 1);

  tier.faults.reset();
  tier.faults.set({ never: true });
  assert.equal((await land(LANDING, { tier })).posted, []);

  tier.faults.reset();
  tier.faults.set({ oldIe: true, slowFrame: 1500 });
  const slow = await land(LANDING, { tier });
  assert.is((slow.frame as any)?.name, "se-api-frame");
  assert.not.ok((slow.frame as any)?.src);
  assert.equal(slow.waits, [1500]);
  slow.later();
  assert.is((slow.frame as any)?.src, CHANNEL + HASH);
});

test.run();
