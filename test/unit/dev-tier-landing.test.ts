import { readFileSync } from "node:fs";
import vm from "node:vm";
import { parse } from "acorn";
import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { CHANNEL, LANDING, newTier, ORIGINS } from "./dev-tier-support.ts";

const test = suite("dev tier: landing page");

const HASH = "#access_token=abc))&expires=86400&state=1";
const CHROME: string = "Mozilla/5.0 Chrome/140";
const IE_9 = "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)";
const IE_10 = "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1; Trident/6.0)";

/** Loads the landing page and runs its script as a popup's browser would. */
async function land(
  address: string,
  { tier = newTier(), userAgent = CHROME, header = userAgent as string, opener = true } = {},
) {
  const response = await tier.login.fetch(new Request(address, { headers: { "User-Agent": header } }));
  const { document } = parseHTML(await response.text());
  const scripts = [...document.querySelectorAll("script")].map(({ textContent }) => textContent!);
  const shown = [...document.body.children].filter(({ localName }) => localName !== "script");
  const ran = {
    posted: [] as string[][],
    closed: 0,
    /** The timers that are waiting. */
    waiting: [] as { run(): void; ms: number }[],
    scripts: scripts.length,
    shows: shown
      .map(({ textContent }) => textContent)
      .join("")
      .trim(),
    frame: () => document.querySelector("iframe") as any,
  };
  const postMessage = (data: string, target: string) => ran.posted.push([data, target]);
  const window = { opener: opener ? { postMessage } : null, close: () => ran.closed++ };
  const setTimeout = (run: () => void, ms: number) => ran.waiting.push({ run, ms });
  const globals = { window, document, location: { hash: HASH }, navigator: { userAgent }, setTimeout };
  for (const script of scripts) vm.runInNewContext(script, globals);
  return ran;
}

const address = (protocol: string, proxy: string, assisted = "1") =>
  `${ORIGINS.login}/oauth/login_success?${new URLSearchParams({ assisted, protocol, proxy })}`;

/** The landing page's address, and the origin that the answer goes to. */
const targets: [address: string, target: string][] = [
  [LANDING, ORIGINS.site],
  // It has protocol's scheme, and proxy's host and port.
  [address("http", "https://app.example:8443/blank?x"), "http://app.example:8443"],
  [address("https", "https://Sub.App.Example"), "https://sub.app.example"],
  [address("https", "//app.example/blank"), "https://app.example"],
  // Nothing of the address becomes markup.
  [address("https", `${CHANNEL}?"><script>alert(1)</script>`), ORIGINS.site],
];
test("shows its heading and nothing else, and posts its hash to the app's origin", async () => {
  for (const [from, target] of targets) {
    const { posted, shows, scripts, frame, closed } = await land(from);
    assert.equal(posted, [[HASH, target]]);
    assert.equal([shows, scripts, frame(), closed], ["Authorizing Application", 1, null, 0]);
  }
});

test("without assisted it does nothing; without an opener it raises nothing", async () => {
  const { shows, scripts } = await land(LANDING.replace("assisted=1&", ""));
  assert.equal([shows, scripts], ["Authorizing Application", 0]);
  assert.is((await land(LANDING, { opener: false })).scripts, 1);
});

const unexpected: Record<string, string> = {
  "another domain": address("https", "https://evil.example/"),
  "one that only begins alike": address("https", "https://app.example.evil/"),
  "a user name that looks like it": address("https", "https://app.example@evil.example/"),
  "no proxy": address("https", ""),
  "a path alone": address("https", "/blank"),
  "an unknown app": address("https", CHANNEL, "77"),
  "another app's domain": address("https", CHANNEL, "5"),
  "no protocol": address("", CHANNEL),
  "a protocol that is more than that": address("https://evil.example/?", CHANNEL),
};
test("dead ends", async () => {
  for (const [what, from] of Object.entries(unexpected)) {
    const { shows, scripts } = await land(from);
    assert.match(
      shows,
      /^Application Login Failure\s.*\serror description: unexpected domain on proxy url$/s,
      what,
    );
    assert.is(scripts, 0);
  }
});

test("old IE, by its header or by navigator, gets the frame and no message", async () => {
  const agents = [
    { userAgent: IE_9 },
    { header: IE_9 },
    { userAgent: IE_9.replace("9.0", "6.0"), header: "" },
  ];
  for (const options of agents) {
    const { frame, posted } = await land(LANDING, options);
    assert.equal([frame().name, frame().src], ["se-api-frame", CHANNEL + HASH]);
    assert.is(frame().parentElement.getAttribute("style"), "display:none");
    assert.equal(posted, []);
  }
  // It says MSIE as well.
  const { frame, posted } = await land(LANDING, { userAgent: IE_10 });
  assert.equal([frame(), posted.length], [null, 1]);
  // A proxy that would run code is never framed.
  const code = await land(address("https", "javascript://app.example/%0aalert(1)"), { userAgent: IE_9 });
  assert.not.match(String(code.frame().src), /javascript/);
});

test("the page's script is ES3, for the browsers that the frame is for", () => {
  const file = new URL("../../scripts/dev-tier/pages/landing.js", import.meta.url);
  parse(readFileSync(file, "utf8"), { ecmaVersion: 3, allowReserved: "never" });
});

test("faults: late, twice, closes, never, old IE, slow frame", async () => {
  const tier = newTier();
  tier.faults.set({ late: 700, twice: true, closes: true });
  const late = await land(LANDING, { tier });
  const [timer] = late.waiting;
  assert.equal([late.posted, timer!.ms, late.closed], [[], 700, 0]);
  timer!.run();
  assert.equal([late.posted.map(([data]) => data), late.closed], [[HASH, HASH], 1]);

  tier.faults.set({ never: true });
  assert.equal((await land(LANDING, { tier })).scripts, 0);

  tier.faults.reset();
  tier.faults.set({ oldIe: true, slowFrame: 1500 });
  const slow = await land(LANDING, { tier });
  assert.is(slow.frame().name, "se-api-frame");
  assert.not.ok(slow.frame().src);
  assert.is(slow.waiting[0]!.ms, 1500);
  slow.waiting[0]!.run();
  assert.is(slow.frame().src, CHANNEL + HASH);
});

test.run();
