import { parseHTML } from "linkedom";
import * as assert from "uvu/assert";
import { isUnderDomain } from "../../scripts/dev-tier/apps.ts";
import { dotNetEncode } from "../../scripts/dev-tier/encoding.ts";
import { suite } from "../support/suite.ts";
import { decide, LANDING, newTier, ORIGINS, openDialog, redirected } from "./dev-tier-support.ts";

const test = suite("dev tier: dialog");

const names = (fields: [string, string][]) => fields.map(([name]) => name);

test("names the app and each scope, and sends the request's own parameters again", async () => {
  const response = await openDialog(newTier(), { scope: "read_inbox no_expiry" });
  assert.is(response.status, 200);
  assert.is(response.headers.get("X-Frame-Options"), "DENY");
  const { document } = parseHTML(await response.text());
  assert.is(document.querySelector("strong")?.textContent, "Example App");
  assert.equal(
    [...document.querySelectorAll("li")].map((item) => item.textContent),
    ["Identify your account", "Read your global inbox", "Keep these permissions perpetually"],
  );
  const hidden = [...document.querySelectorAll("input[type=hidden]")].map((input) => [
    input.getAttribute("name"),
    input.getAttribute("value"),
  ]);
  assert.equal(hidden, [
    ["redirect_uri", LANDING],
    ["client_id", "1"],
    ["state", "41"],
    ["scope", "read_inbox no_expiry"],
  ]);
  assert.equal(
    [...document.querySelectorAll("button")].map((button) => button.textContent),
    ["Approve", "Reject"],
  );
  assert.is(document.querySelectorAll("input[type=radio]").length, 4);
});

test("splits scopes on commas too", async () => {
  const { document } = parseHTML(
    await (await openDialog(newTier(), { scope: "read_inbox,private_info" })).text(),
  );
  assert.is(document.querySelectorAll("li").length, 3);
});

test("approve: a 302 to redirect_uri with its query, and the answer as the hash", async () => {
  const response = await decide(newTier(), "approve");
  assert.is(response.status, 302);
  const { to, fields } = redirected(response);
  assert.is(to, LANDING);
  assert.equal(names(fields), ["access_token", "expires", "state"]);
  assert.match(fields[0]![1], /^[A-Za-z0-9*(]{22}\)\)$/);
  assert.is(fields[1]![1], "86400");
  assert.is(fields[2]![1], "41");
});

test("approve: the second answer has state before expires, which is 86399", async () => {
  const tier = newTier();
  await decide(tier, "approve");
  const { fields } = redirected(await decide(tier, "approve"));
  assert.equal(names(fields), ["access_token", "state", "expires"]);
  assert.is(fields[2]![1], "86399");
});

test("approve: no expires with no_expiry, no state when none was sent", async () => {
  const { fields } = redirected(await decide(newTier(), "approve", { scope: "no_expiry", state: undefined }));
  assert.equal(names(fields), ["access_token", "scope"]);
});

test("approve: the scopes that were asked for come back, a space as %20", async () => {
  const scope = "write_access no_expiry";
  const { hash } = redirected(await decide(newTier(), "approve", { scope }));
  assert.match(hash, /&scope=write_access%20no_expiry$/);
  assert.not.match(redirected(await decide(newTier(), "reject", { scope })).hash, "scope");
  assert.not.match(redirected(await decide(newTier(), "approve", { scope: "" })).hash, "scope");
});

test("the state comes back verbatim, encoded as .NET does", async () => {
  const state = "a b/é'~(*)!&=#<";
  const { fields } = redirected(await decide(newTier(), "approve", { state }));
  const sent = fields.find(([name]) => name === "state")?.[1];
  assert.is(sent, "a+b%2f%c3%a9%27%7e(*)!%26%3d%23%3c");
  assert.is(dotNetEncode("-_.!*()"), "-_.!*()");
});

test("reject: access_denied in the hash", async () => {
  const { to, hash } = redirected(await decide(newTier(), "reject"));
  assert.is(to, LANDING);
  assert.is(hash, "error=access_denied&error_description=the+user+rejected+the+request&state=41");
});

test("a form without a decision is a rejection, one for an unknown account a dead end", async () => {
  const tier = newTier();
  assert.match(
    redirected(await decide(tier, "approve", { decision: undefined })).hash,
    /^error=access_denied/,
  );
  assert.is((await decide(tier, "approve", { account: "nobody" })).status, 400);
});

const reported: [string, Record<string, string>, string][] = [
  ["an unknown scope", { scope: "read_inbox everything" }, "invalid_scope"],
  ["a name that every object has", { scope: "constructor" }, "invalid_scope"],
  ["response_type=code", { response_type: "code" }, "unsupported_response_type"],
  ["the client side flow turned off", { client_id: "3" }, "unauthorized_client"],
];
for (const [what, changes, error] of reported) {
  test(`${what} is reported back as ${error}, on asking and on answering`, async () => {
    for (const response of [
      await openDialog(newTier(), changes),
      await decide(newTier(), "approve", changes),
    ]) {
      assert.is(response.status, 302);
      const { to, fields } = redirected(response);
      assert.is(to, LANDING);
      assert.equal(fields[0], ["error", error]);
      assert.equal(fields.at(-1), ["state", "41"]);
    }
  });
}

test("a repeated parameter is invalid_request", async () => {
  const url = `${ORIGINS.login}/oauth/dialog?client_id=1&state=1&state=2&redirect_uri=${encodeURIComponent(LANDING)}`;
  assert.match(redirected(await newTier().login.fetch(new Request(url))).hash, /^error=invalid_request&/);
});

const deadEnds: [string, Record<string, string | undefined>, string][] = [
  ["a wrong client id", { client_id: "77" }, "No application found matching passed `client_id`"],
  ["no client id", { client_id: undefined }, "No application found matching passed `client_id`"],
  ["no redirect_uri", { redirect_uri: undefined }, "Cannot return to provided redirect_uri"],
  ["another domain", { redirect_uri: "https://evil.example/" }, "Cannot return to provided redirect_uri"],
  ["a domain that only ends alike", { redirect_uri: "https://evilapp.example/" }, "Cannot return to"],
  ["a script", { redirect_uri: "javascript://app.example/%0aalert(1)" }, "Cannot return to"],
  ["a hash of its own", { redirect_uri: `${ORIGINS.site}/#x` }, "Cannot return to"],
  ["no address", { redirect_uri: "nonsense" }, "Cannot return to"],
  ["the desktop redirect turned off", { client_id: "4" }, "Cannot return to provided redirect_uri"],
];
for (const [what, changes, text] of deadEnds) {
  test(`dead end: ${what}`, async () => {
    for (const response of [
      await openDialog(newTier(), changes),
      await decide(newTier(), "approve", changes),
    ]) {
      assert.is(response.status, 400);
      assert.is(response.headers.get("Location"), null);
      const { document } = parseHTML(await response.text());
      assert.is(document.querySelector("h1")?.textContent, "Application Login Failure");
      assert.is(document.querySelector("h2")?.textContent, "Error Details");
      assert.ok(document.querySelector("p")?.textContent?.startsWith(`error description: ${text}`));
    }
  });
}

test("an address that a header cannot hold: a control character is a dead end, any other is encoded", async () => {
  for (const end of ["\r\n", "\n", "\t", "\0", "\u0085", " ", "\u2028"])
    for (const place of ["/blank", "/blank?a="]) {
      const response = await decide(newTier(), "approve", { redirect_uri: `${ORIGINS.site}${place}${end}b` });
      assert.is(response.status, 400, JSON.stringify(end));
      assert.match(await response.text(), /Cannot return to provided redirect_uri/);
    }
  const { to } = redirected(await decide(newTier(), "approve", { redirect_uri: `${ORIGINS.site}/é/☃/𝕏?é` }));
  assert.is(to, `${ORIGINS.site}/%C3%A9/%E2%98%83/%F0%9D%95%8F?%C3%A9`);
});

test("the landing page's address may not be written otherwise to get round the app's setting", async () => {
  const loopback = { site: "http://127.0.0.1:1", login: "http://127.0.0.1:2", api: "http://127.0.0.1:3" };
  const ask = (path: string) =>
    decide(newTier({ origins: loopback }), "approve", {
      client_id: "4",
      redirect_uri: loopback.login + path,
    });
  for (const path of ["/oauth/login_success", "/oauth/%6cogin_success", "/oauth/x/../login_success"])
    assert.is((await ask(path)).status, 400, path);
});

test("an address under the app's own domain may be returned to as well", async () => {
  const { to } = redirected(
    await decide(newTier(), "approve", { redirect_uri: "https://www.app.example/done?a=1" }),
  );
  assert.is(to, "https://www.app.example/done?a=1");
});

test("a domain is matched at a label's start, whatever the case", () => {
  assert.ok(isUnderDomain("APP.example", "app.Example"));
  assert.ok(isUnderDomain("www.app.example", "app.example"));
  assert.not(isUnderDomain("evilapp.example", "app.example"));
  assert.not(isUnderDomain("app.example.evil", "app.example"));
  // Each name of this machine stands for the others.
  for (const domain of ["127.0.0.1", "localhost"]) {
    for (const host of ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "[::1]"])
      assert.ok(isUnderDomain(host, domain), `${host} for ${domain}`);
    for (const host of ["localhost.evil", "notlocalhost", "127.0.0.1.evil", "127.0.0.10", "app.example"])
      assert.not(isUnderDomain(host, domain), `${host} for ${domain}`);
  }
  assert.not(isUnderDomain("localhost", "app.example"));
});

test("nothing that comes from outside becomes markup", async () => {
  const hostile = `"'><script>alert(1)</script>&`;
  const tier = newTier({
    apps: [
      {
        clientId: "1",
        key: "k((",
        name: hostile,
        domain: "app.example",
        clientSideFlow: true,
        desktopRedirect: true,
      },
    ],
    accounts: [{ id: hostile, name: hostile, accountId: 1, sites: [] }],
  });
  const { document } = parseHTML(
    await (await openDialog(tier, { state: hostile, [hostile]: hostile })).text(),
  );
  assert.is(document.querySelectorAll("script").length, 0);
  assert.is(document.querySelector("strong")?.textContent, hostile);
  assert.is(document.querySelector("input[type=radio]")?.getAttribute("value"), hostile);
  const values = [...document.querySelectorAll("input[type=hidden]")].map((input) =>
    input.getAttribute("value"),
  );
  assert.is(values.filter((value) => value === hostile).length, 2);
});

test("without a 302: a page that goes on by script, which no address can break out of", async () => {
  const tier = newTier({ redirects: "script" });
  const redirect_uri = `${ORIGINS.site}/?</script><script>alert(1)</script>`;
  const response = await decide(tier, "reject", { redirect_uri });
  assert.is(response.status, 200);
  const { document } = parseHTML(await response.text());
  assert.is(document.querySelectorAll("script").length, 1);
  let went = "";
  const location = { replace: (address: string) => (went = address) };
  new Function("location", document.querySelector("script")!.textContent!)(location);
  assert.ok(went.startsWith(`${redirect_uri}#error=access_denied`));
});

test.run();
