/** Pages that are strict, or XML: no policy about scripts is in the way of the accounts. */
import * as assert from "uvu/assert";
import { eachEngine } from "../support/browsers.ts";
import { approve, assertTidy, type Bench, openBench, outcome, startLogin } from "./bench.ts";

const NONCE = 'nonce="n0nce"';
const CSP = "content-security-policy";

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
    bench.serve("/xhtml", { xml: true });
    bench.serve("/coop", { headers: { "cross-origin-opener-policy": "same-origin-allow-popups" } });
  });
  test.after(() => bench?.close());

  for (const [path, what] of [
    ["/strict-dynamic", "a policy of nonces with strict-dynamic"],
    ["/nonce-only", "a policy of nonces alone"],
    ["/trusted-types", "Trusted Types"],
    ["/coop", "an opener policy of same-origin-allow-popups"],
  ] as const) {
    test(`${what}: the login and all its accounts come through`, async () => {
      const page = await bench.open(engine(), { networkUsers: true }, { path });
      await approve(await startLogin(page), "many");
      const { name, data } = await outcome(page);
      assert.is(name, "success", JSON.stringify(data));
      assert.ok(bench.tier.tokens.find(data.accessToken));
      assert.is(data.networkUsers.length, 250);
      await assertTidy(page);
      await page.dispose();
    });
  }

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
});
