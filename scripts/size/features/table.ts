/**
 * Where each feature of the SDK is in the sources, so that `npm run size -- features` can cut it out.
 *
 * The marks are here and not in the sources, which are written to be read. A mark that is no longer in its source exactly
 * once fails with the feature's name: then update it here.
 */
import type { Feature } from "../features.ts";

const ALL = ["all.js"];
const INDEX = ["index.mjs"];
const BOTH = [...ALL, ...INDEX];

export const FEATURES: Feature[] = [
  {
    name: "option checks",
    without: "a missing option or a missing init() fails later and says nothing",
    cuts: [
      [ALL, "return options[name] || missing(name);", "return options[name];"],
      [INDEX, `options.clientId || missing("clientId")`, "options.clientId"],
      [INDEX, `options.channelUrl || missing("channelUrl")`, "options.channelUrl!"],
      [INDEX, `options.success || missing("success")`, "options.success"],
      [BOTH, `if (!loginUrl) missing("init");`],
      [BOTH, `if (!scope.join) missing("scope[]");`],
    ],
  },
  {
    name: "channelUrl on this origin",
    without:
      "a channelUrl of another site is refused by the server only, in the popup, where the app hears nothing",
    cuts: [
      [ALL, `"clientId"), origin: any;`, `"clientId");`],
      [ALL, "link.href = location; origin = link.origin;"],
      [ALL, `if (origin != link.origin) missing("channelUrl=" + origin);`],
      [INDEX, `if (location.origin != channelUrl.origin) missing("channelUrl=" + location.origin);`],
    ],
  },
  {
    name: "origin, source and state of a message",
    without: "any page that holds a handle of this window can hand it a token",
    cuts: [
      [ALL, "LOGIN_ORIGIN == event.origin && event.source == popup && event.data", "event.data"],
      [ALL, `if (state == value("state")) {`, "if (answer) {"],
      [INDEX, "else if (LOGIN_ORIGIN == event!.origin && popup == event!.source) {", "else if (event) {"],
      [INDEX, `if (state == answer.get("state")) {`, "if (answer) {"],
    ],
  },
  {
    name: "state from crypto",
    without: "the state is guessable in browsers that could do better",
    cuts: [
      [ALL, `pageWindow.crypto ? ... : "" + Math.random()`, "Math.random()"],
      [INDEX, "window.crypto.getRandomValues(new Uint32Array(4))", "Math.random()"],
    ],
  },
  {
    name: "one login at a time",
    without: "a second call opens a second window, and both logins end by themselves",
    cuts: [
      [ALL, "latest = state;"],
      [
        INDEX,
        "(latest = window.crypto.getRandomValues(new Uint32Array(4)))",
        "window.crypto.getRandomValues(new Uint32Array(4))",
      ],
      [BOTH, "latest != state ||"],
    ],
  },
  {
    name: "the window's own open and crypto",
    without: "a page whose script has a variable of that name has no login",
    cuts: [
      [ALL, "call(pageWindow.crypto.", "call(crypto."],
      [ALL, "popup = pageWindow.open(", "popup = open("],
      [INDEX, "latest = window.crypto.", "latest = crypto."],
      [INDEX, "popup = window.open(", "popup = open("],
    ],
  },
  {
    name: "URL decoding",
    without: "tokens and messages arrive with %28 and + in them",
    cuts: [
      [ALL, "return decodeURIComponent( answer .match(", "return answer.match("],
      [ALL, `.split("+") .join(" "), );`, ";"],
    ],
  },
  {
    name: "popup_blocked",
    without: "nothing is called when the browser blocks the popup",
    cuts: [
      [ALL, `!popup ? "&error=popup_blocked&state=" + state :`],
      [ALL, "if (popup) popup.close();", "popup.close();"],
      [INDEX, `if (!popup) fail("popup_blocked"); else if (`, "if ("],
      [INDEX, "popup?.close();", "popup!.close();"],
    ],
  },
  {
    name: "popup_closed",
    without: "nothing is called when the user closes the popup",
    cuts: [
      [ALL, "(!event && popup.closed && document.hasFocus() && closedTicks++ > 7)", "false"],
      [INDEX, "(!event && document.hasFocus() && popup.closed && closedTicks++ > 7)", "false"],
    ],
  },
  {
    name: "network users",
    without: "no option networkUsers",
    cuts: [
      [ALL, "if (networkUsers) load(); else success(session);", "success(session);"],
      [ALL, "function load() { ... catch { fail(); } }"],
      [INDEX, "else if (networkUsers) load();"],
      [INDEX, "let load = () => { ... .catch(() => fail()); };"],
      [INDEX, ".finally(() => { clearTimeout(accountsTimer);", ".finally(() => {"],
      [INDEX, "users = 0;"],
    ],
  },
  {
    name: "all pages and backoff",
    without: "the first hundred accounts only, and a backoff of the API is not kept",
    cuts: [
      [ALL, "if (answer.has_more && ... else success", "success"],
      [ALL, "networkUsers.concat(answer.items)", "answer.items"],
      [INDEX, "if (answer.items[0] && ... else resolve", "resolve"],
      [
        INDEX,
        "users.push(...answer.items); session.networkUsers = users;",
        "session.networkUsers = answer.items;",
      ],
      [BOTH, `100&page=" + page++`, `100"`],
    ],
  },
  {
    name: "network_error",
    without: "nothing is called when the accounts cannot be loaded",
    cuts: [
      [ALL, "name = answer.error_name.trim(); message = answer.error_message.trim();"],
      [ALL, "if (answer && answer.items)", "if (answer.items)"],
      [ALL, "else fail(name, message);", "else fail(answer.error_name, answer.error_message);"],
      [ALL, "request.timeout = 30000;"],
      [ALL, `(name = name || "network_error")`, "name"],
      [INDEX, ".catch(() => fail());", ";"],
      [INDEX, ".trim(), answer.error_message.trim()", ", answer.error_message"],
      [INDEX, "accountsTimer = setTimeout(fail, 30000);"],
      [INDEX, `message || name || "network_error"`, "message || name"],
      [INDEX, `errorName: name || "network_error"`, "errorName: name"],
    ],
  },
  {
    name: "a limit of 30 seconds",
    without: "an API that never answers ends no login",
    cuts: [
      [ALL, "request.timeout = 30000;"],
      [INDEX, "accountsTimer = setTimeout(fail, 30000);"],
      [INDEX, ".then((answer) => { clearTimeout(accountsTimer);", ".then((answer) => {"],
    ],
  },
  {
    name: "IE 9",
    without: "no login in browsers whose postMessage does not reach a popup",
    cuts: [
      [ALL, "pageWindow.File ?", "true ?"],
      [ALL, `popup["se-api-frame"].location.hash`, "0"],
      [
        ALL,
        "setTimeout(function () { ... BUILD_NUMBER }); })",
        "setTimeout(complete, 1, { version: BUILD_NUMBER })",
      ],
    ],
  },
  {
    name: "login() and its signal",
    without: "no promise, and no way to cancel",
    cuts: [
      [INDEX, "export let login: Login = ... success, error }));"],
      [INDEX, "if (!signal?.aborted)"],
      [INDEX, `signal?.aborted ? ... "AbortError") : Object`, "Object"],
      [INDEX, "if (signal?.aborted) fail(); else if (!session)", "if (!session)"],
      [INDEX, "{ signal, networkUsers, error }", "{ networkUsers, error }"],
      [INDEX, "{ signal, headers", "{ headers"],
    ],
  },
  {
    name: "expirationDate",
    without: "the app does not know when the token ends",
    cuts: [
      [ALL, `, expirationDate: value("expires") && new Date(+new Date() + value("expires") * 1000)`],
      [INDEX, `if (answer.get("expires")) session.expirationDate = ... answer.get("expires"));`],
    ],
  },
  {
    name: "error messages",
    without: "errorMessage is not set, and what is thrown has no message",
    cuts: [
      [BOTH, `throw Error("needs " + what);`, "throw Error();"],
      [ALL, ", errorMessage: message || name"],
      [INDEX, "errorMessage: message,"],
    ],
  },
  {
    name: "version",
    without: "complete() does not learn the build's number",
    cuts: [
      [ALL, "complete({ version: BUILD_NUMBER });", "complete({});"],
      [INDEX, "{ version: BUILD_NUMBER }", "{}"],
    ],
  },
];
