/**
 * Where each feature of the SDK is in the sources, so that `npm run size -- features` can cut it out.
 *
 * The marks are here and not in the sources, which are written to be read. A mark that is no longer in its source exactly
 * once fails with the feature's name: then update it here.
 */
import type { Feature } from "./cut.ts";

export const FEATURES: Feature[] = [
  {
    name: "option checks",
    without: "a missing option or a missing init() fails later and says nothing",
    cuts: {
      "all.js": [
        ["return options[name] || missing(name);", "return options[name];"],
        [`if (!loginUrl) missing("init");`, ""],
        [`if (!scope.join) missing("scope[]");`, ""],
      ],
      "index.mjs": [
        [`options.clientId || missing("clientId")`, "options.clientId"],
        [`options.channelUrl || missing("channelUrl")`, "options.channelUrl!"],
        [`options.success || missing("success")`, "options.success"],
        [`if (!loginUrl) missing("init");`, ""],
        [`if (!scope.join) missing("scope[]");`, ""],
      ],
    },
  },
  {
    name: "channelUrl on this origin",
    without:
      "a channelUrl of another site is refused by the server only, in the popup, where the app hears nothing",
    cuts: {
      "all.js": [
        [`clientId = option(options, "clientId"), origin: any;`, `clientId = option(options, "clientId");`],
        ["link.href = location; origin = link.origin;", ""],
        [`if (origin != link.origin) missing("channelUrl=" + origin);`, ""],
      ],
      "index.mjs": [
        [`if (location.origin != channelUrl.origin) missing("channelUrl=" + location.origin);`, ""],
      ],
    },
  },
  {
    name: "origin, source and state of a message",
    without: "any page that holds a handle of this window can hand it a token",
    cuts: {
      "all.js": [
        ["LOGIN_ORIGIN == event.origin && event.source == popup && event.data", "event.data"],
        [`if (state == value("state")) {`, "if (answer) {"],
      ],
      "index.mjs": [
        ["else if (LOGIN_ORIGIN == event!.origin && popup == event!.source) {", "else if (event) {"],
        [`if (state == answer.get("state")) {`, "if (answer) {"],
      ],
    },
  },
  {
    name: "state from crypto",
    without: "the state is guessable in browsers that could do better",
    cuts: {
      "all.js": [
        [
          `pageWindow.crypto ? [].join.call(pageWindow.crypto.getRandomValues(new Uint16Array(8)) as any) : "" + Math.random()`,
          "Math.random()",
        ],
      ],
      "index.mjs": [["window.crypto.getRandomValues(new Uint32Array(4))", "Math.random()"]],
    },
  },
  {
    name: "one login at a time",
    without: "a second call opens a second window, and both logins end by themselves",
    cuts: {
      "all.js": [
        ["latest = state;", ""],
        ["latest != state ||", ""],
      ],
      "index.mjs": [
        [
          "(latest = window.crypto.getRandomValues(new Uint32Array(4)))",
          "window.crypto.getRandomValues(new Uint32Array(4))",
        ],
        ["latest != state ||", ""],
      ],
    },
  },
  {
    name: "the window's own open and crypto",
    without: "a page whose script has a variable of that name has no login",
    cuts: {
      "all.js": [
        ["call(pageWindow.crypto.", "call(crypto."],
        ["popup = pageWindow.open(", "popup = open("],
      ],
      "index.mjs": [
        ["latest = window.crypto.", "latest = crypto."],
        ["popup = window.open(", "popup = open("],
      ],
    },
  },
  {
    name: "URL decoding",
    without: "tokens and messages arrive with %28 and + in them",
    cuts: {
      "all.js": [
        [
          `return decodeURIComponent( answer .match("[#&]" + name + "=([^&]+)")[1] .split("+") .join(" "), );`,
          `return answer.match("[#&]" + name + "=([^&]+)")[1];`,
        ],
      ],
    },
  },
  {
    name: "popup_blocked",
    without: "nothing is called when the browser blocks the popup",
    cuts: {
      "all.js": [
        [`!popup ? "&error=popup_blocked&state=" + state :`, ""],
        ["if (popup) popup.close();", "popup.close();"],
      ],
      "index.mjs": [
        [`if (!popup) fail("popup_blocked"); else if (`, "if ("],
        ["popup?.close();", "popup!.close();"],
      ],
    },
  },
  {
    name: "popup_closed",
    without: "nothing is called when the user closes the popup",
    cuts: {
      "all.js": [["(!event && popup.closed && document.hasFocus() && closedTicks++ > 7)", "false"]],
      "index.mjs": [["(!event && document.hasFocus() && popup.closed && closedTicks++ > 7)", "false"]],
    },
  },
  {
    name: "network users",
    without: "no option networkUsers",
    cuts: {
      "all.js": [
        ["if (networkUsers) load(); else success(session);", "success(session);"],
        ["function load() { ... catch { fail(); } }", ""],
      ],
      "index.mjs": [
        ["else if (networkUsers) load();", ""],
        ["let load = () => { ... .catch(() => fail()); };", ""],
        [".finally(() => { clearTimeout(accountsTimer);", ".finally(() => {"],
        ["users = 0;", ""],
      ],
    },
  },
  {
    name: "all pages and backoff",
    without: "the first hundred accounts only, and a backoff of the API is not kept",
    cuts: {
      "all.js": [
        [
          "if (answer.has_more && answer.items[0]) setTimeout(load, answer.backoff * 1000); else success",
          "success",
        ],
        ["networkUsers.concat(answer.items)", "answer.items"],
        [`100&page=" + page++`, `100"`],
      ],
      "index.mjs": [
        [
          "if (answer.items[0] && answer.has_more) accountsTimer = setTimeout(load, 1000 * answer.backoff); else resolve",
          "resolve",
        ],
        [
          "users.push(...answer.items); session.networkUsers = users;",
          "session.networkUsers = answer.items;",
        ],
        [`100&page=" + page++`, `100"`],
      ],
    },
  },
  {
    name: "network_error",
    without: "nothing is called when the accounts cannot be loaded",
    cuts: {
      "all.js": [
        ["name = answer.error_name.trim(); message = answer.error_message.trim();", ""],
        ["if (answer && answer.items)", "if (answer.items)"],
        ["else fail(name, message);", "else fail(answer.error_name, answer.error_message);"],
        ["request.timeout = 30000;", ""],
        [`(name = name || "network_error")`, "name"],
      ],
      "index.mjs": [
        [".catch(() => fail());", ";"],
        [".trim(), answer.error_message.trim()", ", answer.error_message"],
        ["accountsTimer = setTimeout(fail, 30000);", ""],
        [`message || name || "network_error"`, "message || name"],
        [`errorName: name || "network_error"`, "errorName: name"],
      ],
    },
  },
  {
    name: "a limit of 30 seconds",
    without: "an API that never answers ends no login",
    cuts: {
      "all.js": [["request.timeout = 30000;", ""]],
      "index.mjs": [
        ["accountsTimer = setTimeout(fail, 30000);", ""],
        [".then((answer) => { clearTimeout(accountsTimer);", ".then((answer) => {"],
      ],
    },
  },
  {
    name: "IE 9",
    without: "no login in browsers whose postMessage does not reach a popup",
    cuts: {
      "all.js": [
        ["pageWindow.File ?", "true ?"],
        [`popup["se-api-frame"].location.hash`, "0"],
        [
          "setTimeout(function () { complete({ version: BUILD_NUMBER }); })",
          "setTimeout(complete, 1, { version: BUILD_NUMBER })",
        ],
      ],
    },
  },
  {
    name: "login() and its signal",
    without: "no promise, and no way to cancel",
    cuts: {
      "index.mjs": [
        [
          `export let login: Login = (options?: LoginOptions): Promise<any> =>
            new Promise((success, error) => authenticate({ ...options, success, error }));`,
          "",
        ],
        ["if (!signal?.aborted)", ""],
        [`signal?.aborted ? signal.reason || new DOMException("", "AbortError") : Object`, "Object"],
        ["if (signal?.aborted) fail(); else if (!session)", "if (!session)"],
        ["{ signal, networkUsers, error }", "{ networkUsers, error }"],
        ["{ signal, headers", "{ headers"],
      ],
    },
  },
  {
    name: "expirationDate",
    without: "the app does not know when the token ends",
    cuts: {
      "all.js": [
        [`, expirationDate: value("expires") && new Date(+new Date() + value("expires") * 1000)`, ""],
      ],
      "index.mjs": [
        [
          `if (answer.get("expires")) session.expirationDate = new Date(+new Date() + 1000 * answer.get("expires"));`,
          "",
        ],
      ],
    },
  },
  {
    name: "error messages",
    without: "errorMessage is not set, and what is thrown has no message",
    cuts: {
      "all.js": [
        [`throw Error("needs " + what);`, "throw Error();"],
        [", errorMessage: message || name", ""],
      ],
      "index.mjs": [
        [`throw Error("needs " + what);`, "throw Error();"],
        ["errorMessage: message,", ""],
      ],
    },
  },
  {
    name: "version",
    without: "complete() does not learn the build's number",
    cuts: {
      "all.js": [["complete({ version: BUILD_NUMBER });", "complete({});"]],
      "index.mjs": [["{ version: BUILD_NUMBER }", "{}"]],
    },
  },
];
