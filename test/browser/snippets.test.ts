/** The code that the documents show, run in a browser as a reader would run it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, transformSync } from "esbuild";
import * as assert from "uvu/assert";
import { apiOriginOf, PRODUCTION, ROOT } from "../../scripts/config.ts";
import { createDevTier } from "../../scripts/dev-tier/index.ts";
import type { RunningTier } from "../../scripts/dev-tier/server.ts";
import { eachEngine, type Page } from "../support/browsers.ts";
import { html } from "../support/site.ts";
import { fencedCode } from "../support/snippets.ts";
import { quickFigures, startSite } from "./site-bench.ts";

/** The pieces of code of one language in a document. */
const pieces = (document: string, language: string): string[] =>
  fencedCode(document)
    .filter((piece) => piece.language === language)
    .map(({ text }) => text);

/** The snippets, pasted into an empty page of an app, on the production origins. */
eachEngine(
  "snippets",
  ({ test, engine }) => {
    const origins = {
      site: "https://app.example",
      login: PRODUCTION.loginOrigin,
      api: apiOriginOf(PRODUCTION),
    };
    let tier: ReturnType<typeof createDevTier>;
    let docs: RunningTier;
    let shown: Record<string, string>;
    let sdk: Record<string, string>;

    test.before(async () => {
      docs = await startSite();
      tier = createDevTier({ origins });
      tier.faults.set({ approveAs: "three" });
      sdk = Object.fromEntries((await quickFigures()).artifacts.map(({ name, code }) => [name, code]));
      const page = await engine().newPage();
      shown = {};
      for (const file of ["index.html", "migration.html"]) {
        await page.goto(`${docs.origins.site}/${file}`);
        Object.assign(
          shown,
          await page.evaluate(() =>
            Object.fromEntries(
              [...document.querySelectorAll("figure.snippet pre")].map(({ id, textContent }) => [
                id,
                textContent,
              ]),
            ),
          ),
        );
      }
      await page.dispose();
    });
    test.after(async () => {
      tier?.close();
      await docs?.close();
    });

    const answer = (body: string) => async (request: Request) => {
      const url = new URL(request.url);
      const script = (name: string) =>
        new Response(sdk[name], {
          headers: { "content-type": "text/javascript", "access-control-allow-origin": "*" },
        });
      if (url.origin === origins.site) {
        const name = url.pathname.slice(1);
        if (name in sdk) return script(name);
        return html(name === "app" ? body : "");
      }
      return tier.route(request) ?? Response.error();
    };
    const MAP = '<script type="importmap">{ "imports": { "stackexchange-auth": "/index.mjs" } }</script>';

    /** An app's page, written as the documents say. */
    async function open(body: string): Promise<Page> {
      const page = await engine().newPage({
        answer: answer(`${MAP}${body}`),
      });
      await page.goto(`${origins.site}/app`);
      return page;
    }

    /** Clicks the button, and waits until the page says `text`. */
    async function signIn(page: Page, text: RegExp): Promise<void> {
      await page.waitFor("!document.querySelector('button').disabled");
      await page.popup(() => page.click("button"));
      await page.waitFor(`${text}.test(document.body.textContent)`);
      await page.dispose();
    }

    /** An app's page with a piece of TypeScript as its module, and the buttons that it looks for. */
    const moduleApp = (text: string): string =>
      `<button id="sign-in">Sign in</button><button id="cancel">Cancel</button>
       <script type="module">${transformSync(text, { loader: "ts", target: "es2022" }).code}</script>`;

    const LOG =
      "<script>console.log = function () { document.body.append(JSON.stringify([].slice.call(arguments))); };</script>";

    /** Signs in by the page's own code and cancels in the popup's time. */
    async function cancel(page: Page, text: RegExp): Promise<void> {
      const popup = await page.popup(() => page.click("#sign-in"));
      await popup.text("main");
      await page.click("#cancel");
      await page.waitFor(`${text}.test(document.body.textContent)`);
      await page.dispose();
    }

    const TOKEN = /\)\)/;

    for (const tag of ["script-alias", "script-pinned"])
      test(`${tag}, then script-use`, async () =>
        signIn(await open(shown[tag]! + shown["script-use"]!), TOKEN));

    test("script-pinned carries the hash of the build, and refuses any other byte", async () => {
      assert.match(shown["script-pinned"]!, /integrity="sha384-[\w+/=]{64}"/);
      const good = sdk["all.js"]!;
      sdk["all.js"] = `${good} `;
      const page = await open(shown["script-pinned"]!);
      assert.is(await page.evaluate("typeof window.SE"), "undefined");
      sdk["all.js"] = good;
      await page.dispose();
    });

    test("script-use shows the error's name when the user says no", async () => {
      tier.faults.set({ dialogError: "access_denied" });
      await signIn(await open(shown["script-alias"]! + shown["script-use"]!), /access_denied/);
      tier.faults.set({ dialogError: "" });
    });

    test("module-install names this package", () => {
      const { name } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
      assert.is(shown["module-install"], `npm install ${name}`);
    });

    test("module-use: approved, rejected, cancelled", async () => {
      await signIn(await open(moduleApp(shown["module-use"]!)), TOKEN);
      tier.faults.set({ dialogError: "access_denied" });
      await signIn(await open(moduleApp(shown["module-use"]!)), /access_denied/);
      tier.faults.set({ dialogError: "", approveAs: "" });
      await cancel(await open(moduleApp(shown["module-use"]!)), /AbortError/);
      tier.faults.set({ approveAs: "three" });
    });

    test("module-timeout", async () => {
      tier.faults.set({ never: true });
      const app = `import { init, login } from "stackexchange-auth";
        const button = document.querySelector("button")!;
        init({ clientId: 1, channelUrl: "/blank" });
        button.onclick = async () => {
          try { ${shown["module-timeout"]!.replace("60_000", "300").replace(/\/\/.*/, "")} } catch (thrown) { button.textContent = thrown.name; }
        };`;
      await signIn(await open(moduleApp(app)), /TimeoutError/);
      tier.faults.set({ never: false });
    });

    test("migration: the script's tag, and the module in the place of a popup written by hand", async () => {
      assert.is(shown["code-1"], '<script src="all.js"></script>');
      await signIn(await open(shown["code-1"]! + shown["script-use"]!), TOKEN);
      await signIn(await open(moduleApp(shown["code-2"]!)), TOKEN);
    });

    test("README: the script, and the module approved, rejected and cancelled", async () => {
      const [script] = pieces("README.md", "html");
      const [module] = pieces("README.md", "ts");
      await signIn(await open(LOG + script!), /Stack Overflow/);
      await signIn(await open(LOG + moduleApp(module!)), /Stack Overflow/);
      tier.faults.set({ dialogError: "server_error" });
      await signIn(await open(LOG + moduleApp(module!)), /server_error/);
      tier.faults.set({ dialogError: "", approveAs: "" });
      await cancel(await open(LOG + moduleApp(module!)), /AbortError/);
      tier.faults.set({ approveAs: "three" });
    });

    test("README: after the login, who it is, and signing out", async () => {
      const [, after] = pieces("README.md", "ts");
      const app = `import { init, login } from "stackexchange-auth";
        ${after}
        init({ clientId: 1, channelUrl: "/blank" });
        document.querySelector("button")!.onclick = async () => {
          const { accessToken } = await login();
          const { display_name, profile_image } = await me(accessToken);
          await signOut(accessToken);
          const end = await me(accessToken).catch((error) => error.message);
          document.body.append(display_name + " " + profile_image.slice(0, 5) + " and then: " + end);
        };`;
      await signIn(await open(moduleApp(app)), /Ada data: and then: .*token/);
    });

    test("In an app: the React component, and a popup that the user closes", async () => {
      const [component] = pieces("scripts/site/content/app.md", "tsx");
      const { outputFiles } = await build({
        stdin: {
          contents: `${component}
            import { createRoot } from "react-dom/client";
            const show = (session: Session) => { document.body.append(session.accessToken); };
            createRoot(document.querySelector("main")!).render(<SignIn onSession={show} />);`,
          loader: "tsx",
          resolveDir: ROOT,
        },
        bundle: true,
        write: false,
        format: "esm",
        jsx: "automatic",
        external: ["stackexchange-auth"],
        define: { "process.env.NODE_ENV": '"production"' },
      });
      const app = (text: string): string => `<main></main><script type="module">${text}</script>`;
      const page = await open(app(outputFiles[0]!.text.replaceAll("</script", "<\\/script")));
      await page.waitFor("document.querySelector('button')");
      await signIn(page, TOKEN);

      tier.faults.set({ approveAs: "" });
      const closing = await open(
        moduleApp(`import { init } from "stackexchange-auth";
          ${pieces("scripts/site/content/app.md", "ts")[0]}
          init({ clientId: 1, channelUrl: "/blank" });
          document.querySelector("button")!.onclick = async () => document.body.append("gave:" + (await signIn()) + ".");`),
      );
      const popup = await closing.popup(() => closing.click("button"));
      await popup.text("main");
      await popup.close();
      await closing.waitFor("document.body.textContent.includes('gave:.')");
      await closing.dispose();
      tier.faults.set({ approveAs: "three" });
    });
  },
  ["chromium"],
  true,
);
