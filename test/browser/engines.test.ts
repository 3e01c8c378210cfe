/** The drivers tell the truth: what the login flows take for granted of a browser is shown here first. */
import * as assert from "uvu/assert";
import { eachEngine } from "../support/browsers.ts";
import { USER_AGENTS } from "../support/old-ie.ts";
import { html, openSite, type Site } from "../support/site.ts";

const IE9 = USER_AGENTS["IE 9"];

eachEngine(
  "drivers",
  ({ test, engine }) => {
    let site: Site;
    let login: Site;

    test.before(async () => {
      login = await openSite((request) => {
        const url = new URL(request.url);
        if (url.pathname === "/hop")
          return new Response(null, { status: 302, headers: { location: "/end#ok" } });
        return html(
          `<h1>${request.headers.get("user-agent")}</h1>
           <button onclick="opener.postMessage(location.hash + ' ' + navigator.userAgent, '*')">answer</button>`,
        );
      });
      site = await openSite(() =>
        html(`<button>open</button><p>${"text"}</p><script>
          var heard = [], trusted, popup;
          function open_() { return popup = window.open("${login.origin}/hop", "popup", "width=660,height=480"); }
          onmessage = function (event) { heard.push(event.data); };
          document.querySelector("button").onclick = function (event) { trusted = event.isTrusted; open_(); };
          if (location.search === "?at-once") {
            // As in page.js: what Playwright did in Firefox's user's name is used up.
            for (var tries = 0; navigator.userActivation?.isActive && tries < 20; tries++) open("about:blank", "unasked").close();
            heard.push(String(open_()));
          }
        </script>`),
      );
    });
    test.after(async () => {
      await site?.close();
      await login?.close();
    });

    test("a click is trusted and opens a popup, which follows redirects and talks to its opener", async () => {
      const page = await engine().newPage();
      await page.goto(`${site.origin}/`);
      assert.is(await page.text("p"), "text");
      const popup = await page.popup(() => page.click("button"));
      assert.is(await page.evaluate("trusted"), true);
      await popup.waitFor("document.readyState === 'complete' && location.hash");
      assert.is(await popup.url(), `${login.origin}/end#ok`);
      await popup.click("button");
      await page.waitFor("heard.length");
      assert.match((await page.evaluate<string[]>("heard"))[0]!, /^#ok /);
      assert.is(await page.windows(), 2);
      assert.is(await page.evaluate("popup.closed"), false);
      await popup.close();
      await page.waitFor("popup.closed");
      assert.is(await popup.isClosed(), true);
      assert.is(await page.windows(), 1);
      await page.dispose();
    });

    test("the popup blocker is on, where there is one", async () => {
      const page = await engine().newPage();
      await page.goto(`${site.origin}/?at-once`);
      await page.waitFor("heard.length");
      const { popupBlocker } = engine().capabilities;
      assert.is(await page.evaluate("heard[0] === 'null'"), popupBlocker);
      assert.is(await page.windows(), popupBlocker ? 1 : 2);
      await page.dispose();
    });

    test("a user agent is sent and read in the page and in its popup, and does not outlive them", async () => {
      const page = await engine().newPage({ userAgent: IE9 });
      await page.goto(`${site.origin}/`);
      assert.is(await page.evaluate("navigator.userAgent"), IE9);
      const popup = await page.popup(() => page.click("button"));
      assert.is(await popup.text("h1"), IE9);
      await popup.click("button");
      await page.waitFor("heard.length");
      assert.equal(await page.evaluate("heard"), [`#ok ${IE9}`]);
      await page.dispose();

      const next = await engine().newPage();
      assert.not.match(await next.evaluate<string>("navigator.userAgent"), "MSIE");
      await next.dispose();
    });

    test("what a page throws is an Error here, and functions take arguments", async () => {
      const page = await engine().newPage();
      await page.goto(`${site.origin}/`);
      let failure: unknown;
      await page.evaluate("nowhere.at.all").catch((thrown) => {
        failure = thrown;
      });
      assert.instance(failure, Error);
      assert.match((failure as Error).message, "nowhere");
      const add = (left: number, right: { value: number }) => Promise.resolve(left + right.value);
      assert.is(await page.evaluate(add, 1, { value: 2 }), 3);
      await page.dispose();
    });

    test("focus goes to a popup and comes back, where the driver says that it does", async () => {
      const page = await engine().newPage();
      await page.goto(`${site.origin}/`);
      assert.is(await page.evaluate("document.hasFocus()"), true);
      const popup = await page.popup(() => page.click("button"));
      if (engine().capabilities.focus) {
        await page.waitFor("!document.hasFocus()");
      } else {
        // Should this ever be false, the driver has stopped falsifying focus and the flows can rely on it.
        assert.is(await page.evaluate("document.hasFocus()"), true);
      }
      await popup.close();
      await page.waitFor("document.hasFocus()");
      await page.dispose();
    });
  },
  ["chromium", "firefox", "webkit", "chromium-headed"],
);
