/**
 * `npm run size -- peers`: measures other popup logins.
 *
 * For each one, the smallest program that opens a popup login: bundled and minified by esbuild, compressed by zlib
 * (gzip level 9, brotli quality 11). It downloads the packages, so the result is kept in `peers.json`, with its date.
 */

import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build, version as esbuildVersion } from "esbuild";
import { type Sizes, sizesOf } from "../build/index.ts";
import { newCommand } from "../cli.ts";
import { ROOT } from "../config.ts";

interface Peer {
  name: string;
  version: string;
  sizes: Sizes;
}

export interface Peers {
  /** The day of the measurement, ISO 8601. */
  date: string;
  esbuild: string;
  /**
   * The last published build of the hosted script that this project replaces. It is not a package, and not ours to copy: it was
   * measured once, after this project's terser, without which it would be larger.
   */
  original: Peer;
  peers: Peer[];
}

const FILE = new URL("./peers.json", import.meta.url);

/** Where the packages are installed: ignored by git. */
const FOLDER = join(ROOT, ".cache/peers");

/** The program for each package, at its pinned version. `globalThis.x` prevents tree shaking. */
const PROGRAMS = {
  "oauth2-popup-flow@1.1.0": `import { OAuth2PopupFlow } from "oauth2-popup-flow";
    const flow = new OAuth2PopupFlow({ authorizationUri: "https://a.example", clientId: "1", redirectUri: "https://b.example", scope: "openid" });
    globalThis.login = () => flow.tryLoginPopup();`,
  "hellojs@1.21.4": `import hello from "hellojs/dist/hello.js";
    hello.init({ a: { oauth: { version: 2, auth: "https://a.example" } } });
    globalThis.login = () => hello("a").login({ display: "popup" });`,
  "jso@4.1.1": `import { JSO, Popup } from "jso";
    const client = new JSO({ providerID: "a", client_id: "1", redirect_uri: "https://b.example", authorization: "https://a.example" });
    client.setLoader(Popup);
    globalThis.login = () => client.getToken();`,
  "oidc-client-ts@3.5.0": `import { UserManager } from "oidc-client-ts";
    const manager = new UserManager({ authority: "https://a.example", client_id: "1", redirect_uri: "https://b.example" });
    globalThis.login = () => manager.signinPopup();`,
  "@firebase/auth@1.13.6": `import { initializeApp } from "@firebase/app";
    import { browserPopupRedirectResolver, initializeAuth, OAuthProvider, signInWithPopup } from "@firebase/auth";
    const auth = initializeAuth(initializeApp({ apiKey: "1", authDomain: "a.example" }), { popupRedirectResolver: browserPopupRedirectResolver });
    globalThis.login = () => signInWithPopup(auth, new OAuthProvider("a"));`,
  "@auth0/auth0-spa-js@2.27.0": `import { Auth0Client } from "@auth0/auth0-spa-js";
    const client = new Auth0Client({ domain: "a.example", clientId: "1" });
    globalThis.login = () => client.loginWithPopup();`,
  "@azure/msal-browser@5.29.0": `import { PublicClientApplication } from "@azure/msal-browser";
    const client = new PublicClientApplication({ auth: { clientId: "1" } });
    globalThis.login = () => client.initialize().then(() => client.loginPopup({ scopes: ["openid"] }));`,
};

/** Other packages that the programs need; jso does not declare core-js. */
const BESIDE = ["@firebase/app@0.16.2", "core-js@2.6.12"];

/** What was measured last. */
export async function readPeers(): Promise<Peers> {
  return JSON.parse(await readFile(FILE, "utf8")) as Peers;
}

async function measure(program: string): Promise<Sizes> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: FOLDER },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    legalComments: "none",
    logLevel: "error",
  });
  const { text: code, contents } = outputFiles[0]!;
  const gzip = gzipSync(contents, { level: 9 });
  return sizesOf({ code, gzip, brotli: brotliCompressSync(contents) });
}

export async function main(argv: string[]): Promise<void> {
  const options = newCommand("npm run size -- peers")
    .description("Downloads other popup logins, measures each, and writes scripts/site/peers.json.")
    .option("--json", "print the measurement")
    .parse(argv, { from: "user" })
    .opts<{ json?: boolean }>();

  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, "package.json"), '{ "private": true }\n');
  const wanted = [...Object.keys(PROGRAMS), ...BESIDE];
  console.error(`downloading ${wanted.length} packages`);
  const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", ...wanted];
  await promisify(execFile)("npm", install, { cwd: FOLDER });

  const peers: Peer[] = [];
  for (const [pinned, program] of Object.entries(PROGRAMS)) {
    console.error(`measuring ${pinned}`);
    const at = pinned.lastIndexOf("@");
    peers.push({ name: pinned.slice(0, at), version: pinned.slice(at + 1), sizes: await measure(program) });
  }
  peers.sort((one, other) => one.sizes.gzip - other.sizes.gzip);
  const date = new Date().toISOString().slice(0, 10);
  const { original } = await readPeers();
  const measured: Peers = { date, esbuild: esbuildVersion, original, peers };
  const text = `${JSON.stringify(measured, null, 2)}\n`;
  await writeFile(FILE, text);
  if (options.json) process.stdout.write(text);
  else
    for (const { name, sizes } of peers)
      console.log(`${name}  ${sizes.raw} / ${sizes.gzip} / ${sizes.brotli}`);
}
