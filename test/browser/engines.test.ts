/** The drivers tell the truth: what the login flows take for granted of a browser is shown here first. */
import * as assert from "uvu/assert";
import { eachEngine, FOCUS_ENGINES } from "../support/browsers.ts";
import { ALL_ENGINES } from "../support/engines/find.ts";
import { USER_AGENTS } from "../support/old-ie.ts";
import { html, openSite, type Site } from "../support/site.ts";

const IE9 = USER_AGENTS["IE 9"];

eachEngine(
  "drivers",
  ({ test, engine, name }) => {
    let site: Site;
    let login: Site;
    test.before(async () => {
      login = await openSite((request) =>
        new URL(request.url).pathname === "/hop"
          ? new Response(null, { status: 302, headers: { location: "/end#ok" } })
          : html(
              `<h1>${request.headers.get("user-agent")}</h1>
               <button onclick="opener.postMessage(location.hash + ' ' + navigator.userAgent, '*')">answer</button>`,
            ),
      );
      site = await openSite(() =>
        html(`<button>open</button><script>
          var heard = [], trusted, popup;
          function open_() { return popup = window.open("${login.origin}/hop", "popup", "width=660,height=480"); }
          onmessage = function (event) { heard.push(event.data); };
          document.querySelector("button").onclick = function (event) { trusted = event.isTrusted; open_(); };
          if (location.search === "?at-once") {
            // As in page.js.
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

    test("a click opens a popup, which follows redirects, has the user agent, the focus, and its opener", async () => {
      const page = await engine().newPage({ userAgent: IE9 });
      await page.goto(`${site.origin}/`);
      assert.is(await page.evaluate("document.hasFocus()"), true);
      const popup = await page.popup(() => page.click("button"));
      assert.is(await page.evaluate("trusted"), true);
      assert.is(await popup.text("h1"), IE9, "sent");
      await popup.waitFor("document.readyState === 'complete' && location.hash");
      assert.is(await popup.url(), `${login.origin}/end#ok`);
      if (FOCUS_ENGINES.includes(name)) await page.waitFor("!document.hasFocus()");
      // Should this ever be false, the flows that turn on focus can run without a window, too.
      else assert.is(await page.evaluate("document.hasFocus()"), true);
      await popup.click("button");
      await page.waitFor("heard.length");
      assert.equal(await page.evaluate("heard"), [`#ok ${IE9}`], "read");
      assert.is(await page.windows(), 2);
      assert.is(await page.evaluate("popup.closed"), false);
      await popup.close();
      await page.waitFor("popup.closed && document.hasFocus()");
      assert.is(await popup.isClosed(), true);
      assert.is(await page.windows(), 1);
      await page.dispose();
    });

    test("the popup blocker is on, where there is one; a later page has nothing of an earlier one's", async () => {
      const page = await engine().newPage();
      await page.goto(`${site.origin}/?at-once`);
      await page.waitFor("heard.length");
      const { popupBlocker } = engine();
      assert.is(await page.evaluate("heard[0] === 'null'"), popupBlocker);
      assert.is(await page.windows(), popupBlocker ? 1 : 2);
      assert.not.match(await page.evaluate<string>("navigator.userAgent"), "MSIE");
      await page.dispose();
    });
  },
  ALL_ENGINES,
);
