/** Pages that are strict, hostile or XML: security policies that forbid JSONP, spoilt prototypes, frozen intrinsics. */
import * as assert from "uvu/assert";
import { eachEngine, type Page } from "../support/browsers.ts";
import { approve, assertTidy, type Bench, openBench, outcome, startLogin } from "./bench.ts";

const NONCE = 'nonce="n0nce"';
const CSP = "content-security-policy";

/** What a careless library, or a malicious one, does to the page before the SDK comes. */
const SPOILT = `<script>
  [Object, Array, String, Function, Number, RegExp, Date].forEach((type) => {
    type.prototype.spoiltMethod = () => { throw new Error("a foreign method was called"); };
    type.prototype.spoiltText = "text";
    // Names that the SDK reads from the popup's answer and from the API's.
    for (const name of ["state", "access_token", "expires", "error", "items", "backoff", "error_name"]) {
      type.prototype[name] = "text";
    }
  });
</script>`;

const FROZEN = `<script>
  [Object, Array, String, Function, Number, Boolean, RegExp, Date, Error, TypeError].forEach((type) => {
    Object.freeze(type.prototype);
    Object.freeze(type);
  });
  [Math, JSON, Reflect].forEach(Object.freeze);
</script>`;

eachEngine("policies", ({ test, engine }) => {
  let bench: Bench;
  test.before(async () => {
    bench = await openBench();
    bench.serve("/strict-dynamic", {
      headers: { [CSP]: "script-src 'nonce-n0nce' 'strict-dynamic'; object-src 'none'; base-uri 'none'" },
      script: NONCE,
    });
    bench.serve("/nonce-only", {
      headers: { [CSP]: "script-src 'nonce-n0nce'; object-src 'none'; base-uri 'none'" },
      script: NONCE,
    });
    bench.serve("/trusted-types", { headers: { [CSP]: "require-trusted-types-for 'script'" } });
    bench.serve("/spoilt", { head: SPOILT });
    bench.serve("/frozen", { head: FROZEN });
    bench.serve("/xhtml", { xml: true });
    bench.serve("/named", { body: `<form name="all"></form><img name="forms"><form name="images"></form>` });
    bench.serve("/coop", { headers: { "cross-origin-opener-policy": "same-origin-allow-popups" } });
  });
  test.after(() => bench?.close());

  const login = async (path: string, account: string): Promise<Page> => {
    const page = await bench.open(engine(), { networkUsers: true }, { path });
    await approve(await startLogin(page), account);
    return page;
  };

  for (const [path, what] of [
    ["/strict-dynamic", "a policy of nonces with strict-dynamic"],
    ["/spoilt", "enumerable functions and strings on every prototype"],
    ["/frozen", "frozen intrinsics"],
    ["/coop", "an opener policy of same-origin-allow-popups"],
    ["/named", "elements whose names hide document.all, forms and images"],
  ] as const) {
    test(`${what}: the login and all its accounts come through`, async () => {
      const page = await login(path, "many");
      const { name, data } = await outcome(page);
      assert.is(name, "success", JSON.stringify(data));
      assert.ok(bench.tier.tokens.find(data.accessToken));
      assert.is(data.networkUsers.length, 250);
      await assertTidy(page);
      await page.dispose();
    });
  }

  test("a policy of nonces alone forbids the API's script: network_error", async () => {
    const page = await login("/nonce-only", "three");
    const { name, data } = await outcome(page);
    assert.is(name, "error");
    assert.is(data.errorName, "network_error");
    await assertTidy(page);
    await page.dispose();
  });

  for (const networkUsers of [false, true]) {
    test(`a page served as XML: the login comes through${networkUsers ? ", with its accounts" : ""}`, async () => {
      const page = await bench.open(engine(), { networkUsers }, { path: "/xhtml" });
      assert.is(await page.evaluate("document.contentType"), "application/xhtml+xml");
      await approve(await startLogin(page), "three");
      const { name, data } = await outcome(page);
      assert.is(name, "success", JSON.stringify(data));
      assert.is(data.networkUsers?.length, networkUsers ? 3 : undefined);
      await assertTidy(page);
      await page.dispose();
    });
  }

  test("Trusted Types forbid the script's address, by an exception: network_error", async () => {
    const page = await login("/trusted-types", "three");
    // Older engines know no such policy, and there nothing is in the way.
    const enforced = await page.evaluate<boolean>("typeof trustedTypes === 'object'");
    const { name, data } = await outcome(page);
    assert.is(name, enforced ? "error" : "success");
    if (enforced) assert.is(data.errorName, "network_error");
    await assertTidy(page);
    await page.dispose();
  });
});
