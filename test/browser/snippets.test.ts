/** The code that the documents show, run in a browser as a reader would run it. */
import { build, transformSync } from "esbuild";
import * as assert from "uvu/assert";
import { manifestOf } from "../../scripts/build/emit.ts";
import { apiOriginOf, PRODUCTION, ROOT } from "../../scripts/config.ts";
import { createDevTier, type FaultValues } from "../../scripts/dev-tier/index.ts";
// @ts-expect-error The page's modules have no declarations.
import { codeOf } from "../../scripts/site/page/examples.js";
import { snippetsOf } from "../../scripts/site/snippets.ts";
import { eachEngine, type Page } from "../support/browsers.ts";
import { html } from "../support/site.ts";
import { fencedCode } from "../support/snippets.ts";
import { figures } from "./site-bench.ts";

/** The piece of code of one language in a document, the first or the one at `index`. */
const piece = (document: string, language: string, index = 0): string =>
  fencedCode(document).filter((each) => each.language === language)[index]!.text;

const APP = "scripts/site/content/app.md";
const MIGRATION = "scripts/site/content/migration.md";

/** A piece of TypeScript as a page's module, with the buttons that it looks for. */
const module = (text: string): string =>
  `<button id="sign-in">Sign in</button><button id="cancel">Cancel</button>
   <script type="module">${transformSync(text, { loader: "ts", target: "es2022" }).code}</script>`;

/** A page's module that runs `code` at a click, and shows what it gives or how it fails. */
const atClick = (code: string, before = ""): string =>
  module(`import { init, login } from "stackexchange-auth";
    ${before}
    init({ clientId: 1, channelUrl: "/blank" });
    document.querySelector("button").onclick = async () => {
      const show = async () => { ${code} };
      document.body.append("gave " + (await show().catch(({ name }) => name)) + ".");
    };`);

/** The playground's code, with what it speaks of. */
const playground = (file: "script" | "module"): string => {
  const chosen = { app: { clientId: 1 }, scope: ["read_inbox"], networkUsers: true, file };
  return `<script src="all.js"></script><button disabled>run</button><button>cancel</button><script type="module">
    const [button, cancel] = document.querySelectorAll("button");
    const enableTheButton = () => { button.disabled = false; };
    const showSession = (answer) => document.body.append(JSON.stringify(answer));
    const showFailure = showSession;
    ${codeOf(chosen, "https://app.example/blank")}</script>`;
};

async function react(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `${piece(APP, "tsx")}
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
  const text = outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  return `<main></main><script type="module">${text}</script>`;
}

const LOG =
  "<script>console.log = function () { document.body.append(JSON.stringify([].slice.call(arguments))); };</script>";
/** How the dev tier's tokens end. */
const TOKEN = /\)\)/;
const DENIED: Partial<FaultValues> = { dialogError: "access_denied" };
const ASKED: Partial<FaultValues> = { approveAs: "" };

/** What the user does once the popup asks. */
const cancel = (_: Page, page: Page) => page.click("#cancel");
const close = (popup: Page) => popup.close();

type Case = [
  what: string,
  body: (shown: Record<string, string>) => string | Promise<string>,
  text: RegExp,
  faults?: Partial<FaultValues>,
  act?: (popup: Page, page: Page) => Promise<void>,
];
const script = (shown: Record<string, string>) => shown["script-alias"]! + shown["script-use"];
const moduleUse = (shown: Record<string, string>) => module(shown["module-use"]!);
const readmeModule = () => LOG + module(piece("README.md", "ts"));

const CASES: Case[] = [
  ["script-alias, script-use", script, TOKEN],
  ["script-alias, script-use, and the user says no", script, /access_denied/, DENIED],
  ["script-pinned, script-use", (shown) => shown["script-pinned"]! + shown["script-use"], TOKEN],
  ["module-use", moduleUse, TOKEN],
  ["module-use, and the user says no", moduleUse, /access_denied/, DENIED],
  ["module-use, cancelled", moduleUse, /AbortError/, ASKED, cancel],
  [
    "module-timeout",
    (shown) => atClick(shown["module-timeout"]!.replace("60_000", "300")),
    /TimeoutError/,
    { never: true },
  ],
  ["migration: the script", (shown) => piece(MIGRATION, "html") + shown["script-use"], TOKEN],
  ["migration: the module", () => module(piece(MIGRATION, "ts")), TOKEN],
  ["playground: the script", () => playground("script"), /accessToken.*"site_name":"Stack Overflow"/],
  ["playground: the module", () => playground("module"), /accessToken.*"site_name":"Stack Overflow"/],
  ["README: the script", () => LOG + piece("README.md", "html"), /Stack Overflow/],
  ["README: the module", readmeModule, /Stack Overflow/],
  ["README: the module fails", readmeModule, /server_error/, { dialogError: "server_error" }],
  ["README: the module, cancelled", readmeModule, /AbortError/, ASKED, cancel],
  [
    "README: who it is, and signing out",
    () =>
      atClick(
        `const { accessToken } = await login();
         const { display_name, profile_image } = await me(accessToken);
         await signOut(accessToken);
         const end = await me(accessToken).catch((error) => error.message);
         return display_name + " " + profile_image.slice(0, 5) + " and then: " + end;`,
        piece("README.md", "ts", 1),
      ),
    /Ada data: and then: .*token/,
  ],
  ["In an app: the React component", react, TOKEN],
  [
    "In an app: the user closes the popup",
    () => atClick("return await signIn();", piece(APP, "ts")),
    /gave \./,
    ASKED,
    close,
  ],
];

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
    let shown: Record<string, string>;
    let sdk: Record<string, string>;

    test.before(async () => {
      tier = createDevTier({ origins });
      const { artifacts } = await figures();
      sdk = Object.fromEntries(artifacts.map(({ name, code }) => [name, code]));
      const snippets = Object.entries(snippetsOf(manifestOf(artifacts, null)));
      shown = Object.fromEntries(snippets.map(([id, [, text]]) => [id, text]));
    });
    test.before.each(() => tier.faults.reset());
    test.after(() => tier?.close());

    const MAP = '<script type="importmap">{ "imports": { "stackexchange-auth": "/index.mjs" } }</script>';
    const FROM_ANYWHERE = { "content-type": "text/javascript", "access-control-allow-origin": "*" };

    /** An app's page, written as the documents say. */
    async function open(body: string): Promise<Page> {
      const answer = async (request: Request) => {
        const { origin, pathname } = new URL(request.url);
        if (origin !== origins.site) return tier.route(request) ?? Response.error();
        const file = sdk[pathname.slice(1)];
        if (file) return new Response(file, { headers: FROM_ANYWHERE });
        return html(pathname === "/app" ? MAP + body : "");
      };
      const page = await engine().newPage({ answer });
      await page.goto(`${origins.site}/app`);
      return page;
    }

    for (const [what, body, text, faults, act] of CASES)
      test(what, async () => {
        tier.faults.set({ approveAs: "three", ...faults });
        const page = await open(await body(shown));
        await page.waitFor("document.querySelector('button')?.disabled === false");
        const popup = await page.popup(() => page.click("button"));
        if (act) {
          await popup.text("main");
          await act(popup, page);
        }
        await page.waitFor(`${text}.test(document.body.textContent)`);
        await page.dispose();
      });

    test("script-pinned refuses any other byte than those whose hash it carries", async () => {
      sdk["all.js"] += " ";
      const page = await open(shown["script-pinned"]!);
      assert.is(await page.evaluate("typeof window.SE"), "undefined");
      await page.dispose();
    });
  },
  ["chromium"],
  true,
);
