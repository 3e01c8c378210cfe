/**
 * Watches what the SDK does, without changing it: wraps the browser functions that it calls, before it loads.
 *
 * Every step is reported as { title, detail, verdict }, the verdict being "accepted", "refused", "ended" or "".
 */
import { requestsUnderWay, watchRequests } from "./observe-requests.js";

/** The logins whose popup was opened: the popup, the state that was sent, what the SDK has not removed yet. */
const logins = [];
const listeners = new Set();
const intervals = new Set();

let tell = () => {};

/** Only what the SDK does is of interest; the page's own timers and listeners are not. */
const isSdk = () => /\/(all\.js|index\.mjs)/.test(new Error().stack);

/** The value of `name` in an answer's hash; undefined when it is not there, or is no text. */
function fieldOf(data, name) {
  const match = typeof data === "string" && new RegExp(`[#&]${name}=([^&]*)`).exec(data);
  try {
    return match ? decodeURIComponent(match[1].replaceAll("+", " ")) : undefined;
  } catch {
    return "(does not decode)";
  }
}

/** The logins that still wait for their answer. */
const waiting = () => logins.filter(({ answered, gone }) => !answered && !gone);

/** What an answer says, without its token: a page that shows tokens teaches a bad habit. */
function summary(data) {
  if (typeof data !== "string") return `a message that is no text, but ${typeof data}`;
  const names = ["access_token", "expires", "error", "error_description", "state"];
  const found = names.filter((name) => fieldOf(data, name) !== undefined);
  const shown = found.map((name) => `${name}=${name === "access_token" ? "…" : fieldOf(data, name)}`);
  return shown.join(", ") || "nothing that the SDK knows";
}

function watchOpen() {
  const open = window.open;
  window.open = function (url, ...rest) {
    const query = new URL(url, location.href).searchParams;
    // The SDK has one login at a time: at its next tick the older one ends, and its popup closes.
    for (const login of waiting()) {
      login.gone = true;
      tell({ title: "A newer login ends this one", detail: `state=${login.state}`, verdict: "ended" });
    }
    let popup;
    try {
      popup = open.call(this ?? window, url, ...rest);
    } catch (thrown) {
      tell({
        title: "The browser refused the popup",
        detail: `window.open threw ${thrown.name}`,
        verdict: "refused",
      });
      throw thrown;
    }
    const sent = ["client_id", "scope", "state"].filter((name) => query.has(name));
    if (popup) logins.push({ popup, state: query.get("state"), closedTicks: 0, frameSeen: "" });
    tell(
      popup
        ? {
            title: "Popup opened",
            detail: sent.map((name) => `${name}=${query.get(name)}`).join(", "),
            verdict: "",
          }
        : {
            title: "The browser blocked the popup",
            detail: "window.open gave no window",
            verdict: "refused",
          },
    );
    return popup;
  };
}

/** Describes the three checks that the SDK makes. */
function judge(event, loginOrigin) {
  const login = logins.find(({ popup }) => popup === event.source);
  const state = fieldOf(event.data, "state");
  const wrong = [
    ...(event.origin === loginOrigin ? [] : [`its origin is ${event.origin}, not ${loginOrigin}`]),
    ...(login ? [] : ["it comes from a window that this page did not open"]),
    ...(login && state !== login.state ? [`its state is ${state ?? "missing"}, not ${login.state}`] : []),
    ...(login?.answered ? ["this login has been answered already"] : []),
  ];
  if (wrong.length === 0) login.answered = true;
  return wrong;
}

function watchMessages(loginOrigin) {
  const add = window.addEventListener;
  const remove = window.removeEventListener;
  // Before the SDK's own listener, so that this one hears each message first.
  add.call(window, "message", (event) => {
    const wrong = judge(event, loginOrigin);
    tell(
      wrong.length
        ? {
            title: "Message received",
            detail: `${wrong.join("; ")} (${summary(event.data)})`,
            verdict: "refused",
          }
        : {
            title: "Message received",
            detail: `origin, window and state are right: ${summary(event.data)}`,
            verdict: "accepted",
          },
    );
  });
  window.addEventListener = function (type, listener, ...rest) {
    if (type === "message" && isSdk()) {
      listeners.add(listener);
      tell({ title: "Listening for messages", detail: `from ${loginOrigin}`, verdict: "" });
    }
    return add.call(this ?? window, type, listener, ...rest);
  };
  window.removeEventListener = function (type, listener, ...rest) {
    if (type === "message") listeners.delete(listener);
    return remove.call(this ?? window, type, listener, ...rest);
  };
}

/** What the SDK is about to see of each popup when its timer ticks. */
function beforeTick() {
  for (const login of waiting()) {
    let hash = "";
    try {
      hash = login.popup.frames["se-api-frame"].location.hash;
    } catch {
      // Not there yet, or not loaded yet: the SDK looks again at its next tick, and so do we.
    }
    if (hash && hash !== login.frameSeen) {
      login.frameSeen = hash;
      const right = fieldOf(hash, "state") === login.state;
      login.answered = right;
      tell({
        title: "Answer frame loaded",
        detail: right
          ? `its state is right: ${summary(hash)}`
          : `its state is ${fieldOf(hash, "state") ?? "missing"}, not ${login.state}`,
        verdict: right ? "accepted" : "refused",
      });
    }
    if (login.popup.closed && !login.answered) {
      const focus = document.hasFocus();
      if (focus) login.closedTicks++;
      if (focus && login.closedTicks === 1)
        tell({
          title: "The popup looks closed",
          detail: "this page has the focus; eight more looks, for an answer may be under way",
          verdict: "",
        });
      if (focus && login.closedTicks === 9) {
        login.gone = true;
        tell({
          title: "The popup is closed",
          detail: "on nine ticks it was closed while this page had the focus",
          verdict: "ended",
        });
      }
      if (!focus && !login.toldSevered) {
        login.toldSevered = true;
        tell({
          title: "The popup says that it is closed",
          detail:
            "but this page has no focus: it may be cut off by COOP, with the user in it, so the SDK waits",
          verdict: "",
        });
      }
    }
  }
}

function watchTimers() {
  const [begin, end] = [window.setInterval, window.clearInterval];
  window.setInterval = (callback, ms, ...rest) => {
    if (!isSdk()) return begin.call(window, callback, ms, ...rest);
    const id = begin.call(
      window,
      () => {
        beforeTick();
        callback();
      },
      ms,
    );
    intervals.add(id);
    tell({
      title: `Looking at the popup every ${ms} ms`,
      detail: "for the answer frame of old browsers, and whether it is closed",
      verdict: "",
    });
    return id;
  };
  window.clearInterval = (id) => {
    intervals.delete(id);
    return end.call(window, id);
  };
}

/** Starts watching, once, before the SDK is in the page. */
export function observe(origins, onStep) {
  tell = onStep;
  watchOpen();
  watchMessages(origins.login);
  watchTimers();
  watchRequests(origins.api, isSdk, tell);
}

/** What the SDK has left behind: nothing, once every login has ended. */
export function leftovers() {
  const open = logins.filter(({ popup }) => !popup.closed).length;
  const count = (number, what) => (number ? [`${number} ${what}`] : []);
  return [
    ...count(open, "popups"),
    ...count(listeners.size, "listeners"),
    ...count(intervals.size, "timers"),
    ...count(requestsUnderWay(), "requests"),
  ];
}
