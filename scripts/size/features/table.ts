/**
 * Where each feature of the SDK stands in the source, so that `npm run size:features` can cut it out.
 *
 * The marks live here and not in src/sdk.ts, which is written to be read. A mark that no longer stands in the source exactly
 * once fails with the feature's name: then bring it up to date here.
 */
import type { Feature } from "./cut.ts";

export const FEATURES: Feature[] = [
  {
    name: "option checks",
    without: "a missing option or a missing init() fails later and says nothing",
    cuts: [
      { find: "return options[name] || missing(name);", replace: "return options[name];" },
      { find: ` || missing("init")`, replace: "" },
    ],
  },
  {
    name: "channelUrl on this origin",
    without:
      "a channelUrl of another site is refused by the server only, in the popup, where nobody hears of it",
    cuts: [
      {
        find: `, origin = LEGACY ? location.href.toLowerCase().match("[^/?#]*//[^/?#]*|")![0] : location.origin;`,
        replace: ";",
      },
      {
        find: `origin == (LEGACY ? channelUrl.toLowerCase().match("[^/?#]*//[^/?#]*|")![0] : channelUrl.origin) ? "key" : "channelUrl=" + origin`,
        replace: `"key"`,
      },
      {
        find: `"&protocol=" + origin.split(":")[0]`,
        replace: `"&protocol=" + location.protocol.slice(0, -1)`,
      },
    ],
  },
  {
    name: "origin, source and state of a message",
    without: "any page that holds a handle of this window can hand it a token",
    cuts: [
      {
        find: "event ? popupThenSession == event.source && event.origin == LOGIN_ORIGIN && event.data",
        replace: "event ? event.data",
      },
      { find: `LEGACY ? value("state") == state : state ==`, replace: "LEGACY ? scopeThenData :" },
    ],
  },
  {
    name: "state from crypto",
    without: "the state is guessable in browsers that could do better",
    cuts: [{ find: `"e" + (pageWindow.crypto ?`, replace: `"e" + (false ?` }],
  },
  {
    name: "URL decoding",
    without: "tokens and messages arrive with %28 and + in them",
    cuts: [
      { find: `decodeURIComponent(scopeThenData.match(`, replace: "scopeThenData.match(" },
      { find: `[1].split("+").join(" "));`, replace: "[1];" },
    ],
  },
  {
    name: "popup_blocked",
    without: "a blocked popup throws, or nothing is ever called",
    cuts: [
      {
        find: `if (popupThenSession) addEventListener("message", check);`,
        replace: `addEventListener("message", check);`,
      },
      { find: "if (popupThenSession) { if (LEGACY) timer", replace: "{ if (LEGACY) timer" },
      { find: `else fail("popup_blocked");`, replace: "" },
    ],
  },
  {
    name: "popup_closed",
    without: "nothing is called when the user closes the popup",
    cuts: [
      {
        find: `: (closed = document.hasFocus() && popupThenSession.closed && -~closed) == 9 ? "&error=popup_closed&state=" + state`,
        replace: "",
      },
    ],
  },
  {
    name: "network users",
    without: "no option networkUsers",
    cuts: [{ find: "if (options.networkUsers)", replace: "if (false)" }],
  },
  {
    name: "all pages and backoff",
    without: "the first hundred accounts only, and a backoff of the API is not kept",
    cuts: [
      { find: "if (answer.has_more) if", replace: "if (false) if" },
      { find: "users.concat(answer.items)", replace: "answer.items" },
      { find: `&page=" + page++ + "&`, replace: "&" },
    ],
  },
  {
    name: "network_error",
    without: "nothing is called when the accounts cannot be loaded",
    cuts: [
      {
        find: "script.onreadystatechange = script.onerror = script.onload = receive",
        replace: "script.onload = receive",
      },
      { find: `if (!script || script.readyState == "loading") return;`, replace: "" },
      { find: "script = 0;", replace: "" },
      { find: "if (LEGACY && !answer) fail(); else", replace: "" },
      { find: "try { script.src", replace: "{ script.src" },
      { find: "catch { script.onerror(); }", replace: "" },
      { find: `errorName: name = name || "network_error"`, replace: "errorName: name" },
    ],
  },
  {
    name: "IE 9 and older",
    without: "no login in browsers whose postMessage does not reach a popup",
    cuts: [
      {
        find: `: pageWindow.File || popupThenSession["se-api-frame"].location.hash`,
        replace: ": scopeThenData",
      },
      {
        find: `if (LEGACY) try { removeEventListener("message", check); } catch {}`,
        replace: `if (LEGACY) removeEventListener("message", check);`,
      },
      { find: `if (!script || script.readyState == "loading") return;`, replace: "if (!script) return;" },
      { find: "script.onreadystatechange = ", replace: "" },
      {
        find: `LEGACY ? "e" + (pageWindow.crypto ? [].join.call(crypto.getRandomValues(new Uint16Array(8)) as any, "") : 1e16 + Math.random() * 1e16)`,
        replace: `LEGACY ? "e" + [].join.call(crypto.getRandomValues(new Uint16Array(8)) as any, "")`,
      },
    ],
  },
  {
    name: "expirationDate",
    without: "the app does not know when the token ends",
    cuts: [
      {
        find: `, expirationDate: value("expires") && new Date(+new Date() + value("expires") * 1000)`,
        replace: "",
      },
    ],
  },
  {
    name: "error messages",
    without: "errorMessage is not set, and what is thrown has no message",
    cuts: [
      { find: `throw Error("needs " + what);`, replace: "throw Error();" },
      { find: ", errorMessage: message || name", replace: "" },
    ],
  },
  {
    name: "version",
    without: "complete() does not learn the build's number",
    cuts: [{ find: "complete({ version: BUILD_NUMBER });", replace: "complete({});" }],
  },
];
