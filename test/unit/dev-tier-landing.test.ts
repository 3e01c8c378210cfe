import vm from "node:vm";
import { parse } from "acorn";
import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import type { FaultValues } from "../../scripts/dev-tier/index.ts";
import { LANDING_JS } from "../../scripts/dev-tier/page-files.ts";
import { USER_AGENTS } from "../support/old-ie.ts";
import { suite } from "../support/suite.ts";
import { CHANNEL, LANDING, newTier, ORIGINS } from "./dev-tier-support.ts";

const test = suite("dev tier: landing page");

/** Loads the landing page: its text, its scripts, and the settings that they read. */
async function land(
  address: string,
  userAgent = "Mozilla/5.0 Chrome/140",
  faults: Partial<FaultValues> = {},
) {
  const tier = newTier();
  tier.faults.set(faults);
  const response = await tier.login.fetch(new Request(address, { headers: { "User-Agent": userAgent } }));
  const { document } = parseHTML(await response.text());
  const scripts = [...document.querySelectorAll("script")].map((script) => script.textContent);
  for (const script of document.querySelectorAll("script")) script.remove();
  const settings = { ...document.getElementById("answer")?.dataset };
  return { scripts, shows: document.body.textContent!.trim(), settings, document };
}

const HASH = "#access_token=abc))&expires=86400&state=1";

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
test("shows its heading alone; its one script is given the app's origin", async () => {
  for (const [from, target] of targets) {
    const { scripts, shows, settings, document } = await land(from);
    assert.equal([scripts, shows, settings.target], [[LANDING_JS], "Authorizing Application", target]);
    assert.is(document.getElementById("answer")!.getAttribute("style"), "display:none");
  }
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
const DEAD_END = /^Application Login Failure\s.*\serror description: unexpected domain on proxy url$/s;

test("dead ends; without assisted, or with the fault never, it does nothing", async () => {
  for (const [what, from] of Object.entries(unexpected)) {
    const { shows, scripts } = await land(from);
    assert.match(shows, DEAD_END, what);
    assert.equal(scripts, []);
  }
  for (const idle of [
    await land(LANDING.replace("assisted=1&", "")),
    await land(LANDING, "", { never: true }),
  ])
    assert.equal([idle.shows, idle.scripts], ["Authorizing Application", []]);
});

test("the frame is for IE up to 9, or for the fault oldIe, and never has an address that would run code", async () => {
  const frames = {
    [USER_AGENTS["IE 9"]]: "true",
    [USER_AGENTS["IE 9"].replace("9.0", "6.0")]: "true",
    // It says MSIE as well.
    [USER_AGENTS["IE 10"]]: "",
  };
  for (const [userAgent, frame] of Object.entries(frames)) {
    const { settings } = await land(LANDING, userAgent);
    assert.equal([settings.frame, settings.proxy], [frame, CHANNEL], userAgent);
  }
  assert.is((await land(LANDING, "", { oldIe: true })).settings.frame, "true");
  assert.is((await land(address("https", "javascript://app.example/%0aalert(1)"))).settings.proxy, "");
});

/** What the page's script does in a popup, in order, with the waits before it. */
async function run(faults: Partial<FaultValues>, opener = true) {
  const { document } = await land(LANDING, "", faults);
  const done: unknown[] = [];
  const postMessage = (...sent: unknown[]) => done.push(sent);
  vm.runInNewContext(LANDING_JS, {
    document,
    window: { opener: opener ? { postMessage } : null, close: () => done.push("close") },
    location: { hash: HASH },
    navigator: { userAgent: "" },
    setTimeout(work: () => void, ms: number) {
      done.push(ms);
      work();
    },
  });
  return { done, frame: document.querySelector("iframe") };
}

test("the script posts the hash, late, twice, and closes; through a frame, whose page may be slow", async () => {
  const posted = [HASH, ORIGINS.site];
  assert.equal(await run({}), { done: [posted], frame: null });
  assert.equal((await run({}, false)).done, []);
  assert.equal((await run({ late: 700, twice: true, closes: true })).done, [700, posted, posted, "close"]);
  const { done, frame } = await run({ oldIe: true, slowFrame: 1500 });
  assert.equal([done, frame!.name, frame!.src], [[1500], "se-api-frame", CHANNEL + HASH]);
});

test("the page's script is ES3, for the browsers that the frame is for", () => {
  parse(LANDING_JS, { ecmaVersion: 3, allowReserved: "never" });
});

test.run();
