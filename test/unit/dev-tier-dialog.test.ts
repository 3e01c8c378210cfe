import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { decide, LANDING, leadsTo, newTier, ORIGINS, openDialog, type Query } from "./dev-tier-support.ts";

const test = suite("dev tier: dialog");

const parse = async (response: Response) => parseHTML(await response.text()).document;
const texts = (document: Document, selector: string) =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent);
const values = (document: Document, selector: string) =>
  [...document.querySelectorAll(selector)].map((input) =>
    ["name", "value"].map((name) => input.getAttribute(name)),
  );

test("names the app and each scope, and sends the request's own parameters again", async () => {
  const scope = "read_inbox,no_expiry write_access private_info";
  const response = await openDialog(newTier(), { scope });
  assert.is(response.status, 200);
  assert.is(response.headers.get("X-Frame-Options"), "DENY");
  const document = await parse(response);
  assert.equal(texts(document, "strong"), ["Example App"]);
  assert.equal(texts(document, "li"), [
    "Identify your account",
    "Read your global inbox",
    "Keep these permissions perpetually",
    "Create and change content on your behalf",
    "Access your private actions and information",
  ]);
  assert.equal(values(document, "input[type=hidden]"), [
    ["redirect_uri", LANDING],
    ["client_id", "1"],
    ["state", "41"],
    ["scope", scope],
  ]);
  assert.equal(texts(document, "button"), ["Approve", "Reject"]);
  assert.equal(values(document, "input[type=radio]"), [
    ["account", "three"],
    ["account", "one"],
    ["account", "many"],
    ["account", "none"],
  ]);
});

const REJECTED = "error=access_denied&error_description=the+user+rejected+the+request&state=41";

/** What is decided, one after the other, and the answer, which has state before expires in every second approval. */
const decisions: [changes: Query, hash: string][] = [
  [{}, "access_token=T&expires=86400&state=41"],
  [{}, "access_token=T&state=41&expires=86399"],
  [{ scope: "no_expiry", state: undefined }, "access_token=T&scope=no_expiry"],
  [{ scope: "write_access no_expiry" }, "access_token=T&state=41&scope=write_access%20no_expiry"],
  [{ scope: "" }, "access_token=T&expires=86400&state=41"],
  // Verbatim, encoded as .NET does.
  [
    { state: "a b/é'~(*)!&=#<-_." },
    "access_token=T&state=a+b%2f%c3%a9%27%7e(*)!%26%3d%23%3c-_.&expires=86399",
  ],
  [{ decision: "reject" }, REJECTED],
  [{ decision: "reject", scope: "no_expiry" }, REJECTED],
  [{ decision: undefined }, REJECTED],
];
test("the answer: a 302 to redirect_uri with its query, and a hash", async () => {
  const tier = newTier();
  for (const [changes, hash] of decisions) {
    const response = await decide(tier, changes);
    assert.is(response.status, 302);
    assert.is(leadsTo(response), `${LANDING}#${hash}`);
  }
  const redirect_uri = "https://www.app.example/done?a=1";
  assert.match(leadsTo(await decide(tier, { redirect_uri })), `${redirect_uri}#access_token=T`);
});

/** Reported back, on asking and on answering. */
const reported: [changes: Query, error: string, description: string][] = [
  [{ scope: "read_inbox everything" }, "invalid_scope", "unknown+scope+everything"],
  // A name that every object has.
  [{ scope: "constructor" }, "invalid_scope", "unknown+scope+constructor"],
  [{ response_type: "code" }, "unsupported_response_type", "unknown+response_type+code"],
  [{ client_id: "3" }, "unauthorized_client", "the+client+side+flow+is+not+enabled+for+this+application"],
];
test("what else is wrong is reported back", async () => {
  for (const [changes, error, description] of reported)
    for (const response of [await openDialog(newTier(), changes), await decide(newTier(), changes)])
      assert.is(leadsTo(response), `${LANDING}#error=${error}&error_description=${description}&state=41`);
  for (const name of ["scope", "state", "response_type"]) {
    const twice = `${new URLSearchParams({ client_id: "1", redirect_uri: LANDING })}&${name}=&${name}=`;
    const request = new Request(`${ORIGINS.login}/oauth/dialog?${twice}`);
    assert.match(
      leadsTo(await newTier().login.fetch(request)),
      `error=invalid_request&error_description=${name}+was`,
    );
  }
});

const LOOPBACK = { site: "http://127.0.0.1:1", login: "http://127.0.0.1:2", api: "http://127.0.0.1:3" };

/** Never reported: a page, on asking and on answering. */
const deadEnds: Record<string, Query[]> = {
  "No application found matching passed `client_id`": [{ client_id: "77" }, { client_id: undefined }],
  "Cannot return to provided redirect_uri": [
    ...[undefined, "nonsense", "https://evil.example/", `${LOOPBACK.site}/#x`],
    "javascript://127.0.0.1/%0aalert(1)",
    // What a header cannot hold.
    ...["\r\n", "\n", "\t", "\0", "\u0085", " ", "\u2028"].map((end) => `${LOOPBACK.site}/blank${end}b`),
    `${LOOPBACK.site}/blank?a=\nb`,
    // The desktop redirect of this app is turned off, however the landing page's path is written.
    ...["login_success", "%6cogin_success", "x/../login_success"].map(
      (path) => `${LOOPBACK.login}/oauth/${path}`,
    ),
  ].map((redirect_uri) => ({ client_id: "4", redirect_uri })),
};
test("dead ends: a page that says why, and nothing is reported", async () => {
  const tier = newTier({ origins: LOOPBACK });
  for (const [description, requests] of Object.entries(deadEnds))
    for (const changes of requests) {
      const request = { redirect_uri: `${LOOPBACK.site}/`, ...changes };
      for (const response of [await decide(tier, request), await openDialog(tier, request)]) {
        assert.equal(
          [response.status, response.headers.get("Location")],
          [400, null],
          JSON.stringify(changes),
        );
        assert.equal(texts(await parse(response), "h1, h2, p"), [
          "Application Login Failure",
          "Error Details",
          `error description: ${description}`,
        ]);
      }
    }
});

test("a dead end, too: an account that is not there", async () => {
  const response = await decide(newTier(), { account: "nobody" });
  assert.is(response.status, 400);
  assert.match(await response.text(), "error description: No account found matching passed `account`");
});

test("an address of other letters than ASCII is encoded", async () => {
  const response = await decide(newTier(), { redirect_uri: `${ORIGINS.site}/é/☃/𝕏?é` });
  assert.match(leadsTo(response), `${ORIGINS.site}/%C3%A9/%E2%98%83/%F0%9D%95%8F?%C3%A9#`);
});

const MACHINE = ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "[::1]"];
const NEARLY = ["localhost.evil", "notlocalhost", "127.0.0.10", "app.example"];

/** The app's OAuth domain, the hosts that it may return to, and those that it may not. */
const domains: [domain: string, under: string[], elsewhere: string[]][] = [
  ["app.Example", ["APP.example", "www.app.example"], ["evilapp.example", "app.example.evil", "localhost"]],
  // Each name of this machine stands for the others.
  ["127.0.0.1", MACHINE, NEARLY],
  ["localhost", MACHINE, NEARLY],
];
test("a domain is matched at a label's start, whatever the case", async () => {
  for (const [domain, under, elsewhere] of domains) {
    const tier = newTier({ apps: [{ ...newTier().apps[0]!, domain }] });
    for (const host of [...under, ...elsewhere]) {
      const { status } = await decide(tier, { redirect_uri: `http://${host}/` });
      assert.is(status, under.includes(host) ? 302 : 400, `${host} for ${domain}`);
    }
  }
});

test("nothing that comes from outside becomes markup", async () => {
  const hostile = `"'><script>alert(1)</script>&`;
  const tier = newTier({
    apps: [{ ...newTier().apps[0]!, name: hostile }],
    accounts: [{ id: hostile, name: hostile, accountId: 1, sites: [] }],
  });
  const document = await parse(await openDialog(tier, { state: hostile, [hostile]: hostile }));
  assert.is(document.querySelectorAll("script").length, 0);
  assert.equal(texts(document, "strong"), [hostile]);
  assert.equal(values(document, "input[type=radio]"), [["account", hostile]]);
  assert.equal(values(document, "input[type=hidden]").slice(2), [
    ["state", hostile],
    [hostile, hostile],
  ]);
});

test.run();
