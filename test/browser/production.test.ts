/** The production artifact, not a byte changed, on `stackexchange.com` and `api.stackexchange.com`. */
import * as assert from "uvu/assert";
import { INDEX_MJS } from "../../scripts/config.ts";
import { artifactText } from "../support/artifact.ts";
import { eachEngine } from "../support/browsers.ts";
import { approve, assertTidy, type Bench, openProductionBench, outcome, startLogin } from "./bench.ts";
import { writeOrdinaryFlows } from "./flows.ts";

eachEngine(
  "production origins",
  (each) => {
    let bench: Bench;
    each.test.before(() => {
      bench = openProductionBench();
    });
    each.test.after(() => bench?.close());
    writeOrdinaryFlows(each, () => bench);

    each.test("the popup is on stackexchange.com, at the address that the protocol has", async () => {
      const page = await bench.open(each.engine(), { scope: ["read_inbox", "no_expiry"] });
      const popup = await startLogin(page);
      const url = await popup.url();
      const landing =
        "https://stackexchange.com/oauth/login_success?assisted=1&protocol=https" +
        `&proxy=${encodeURIComponent("https://app.example/blank")}`;
      const state = new URL(url).searchParams.get("state")!;
      assert.is(
        url,
        `https://stackexchange.com/oauth/dialog?redirect_uri=${encodeURIComponent(landing)}` +
          `&client_id=1&state=${state}&scope=read_inbox%20no_expiry`,
      );
      assert.ok(state.length >= 16, "64 bits and more");
      await approve(popup);
      assert.is((await outcome(page)).name, "success");
      await assertTidy(page);
      await page.dispose();
    });

    each.test(
      "channelUrl may be relative, or name the default port: both are on this page's origin",
      async () => {
        const page = await bench.open(each.engine());
        const module = await artifactText(INDEX_MJS);
        const proxies = await page.evaluate(async (code: string) => {
          const opened: string[] = [];
          window.open = (url) => {
            opened.push(String(url));
            return null;
          };
          const own = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
          for (const { init, authenticate } of [(window as any).SE, own])
            for (const channelUrl of ["blank", "https://app.example:443/blank"]) {
              init({ clientId: 1, channelUrl, complete() {} });
              authenticate({ success() {} });
            }
          return opened.map((url) =>
            new URL(new URL(url).searchParams.get("redirect_uri")!).searchParams.get("proxy"),
          );
        }, module);
        assert.equal(proxies, Array(4).fill("https://app.example/blank"));
        await page.dispose();
      },
    );
  },
  // The other drivers cannot answer requests for an origin that is not ours.
  ["chromium"],
  true,
);
