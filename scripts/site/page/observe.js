/**
 * Watches what the SDK does, without changing it: wraps the browser functions that it calls, before it loads.
 *
 * Every step is reported as (title, detail, verdict), the verdict being "accepted", "refused", "end" or none.
 */
import { requests, watchRequests } from "./observe-requests.js";

/** The logins whose popup was opened: the popup, the state that was sent, and how far it is. */
const logins = [];
/** What the SDK has not removed yet. */
const listeners = new Set();
const intervals = new Set();

let tell;

/** Only what the SDK does is of interest; the page's own timers, listeners and requests are not. */
const isSdk = () => /\/(all\.js|index\.mjs)/.test(new Error().stack);

/** The logins that still wait for their answer. */
const waiting = () => logins.filter(({ answered, gone }) => !answered && !gone);

/** The value of `name` in an answer's hash; undefined when it is not there, or is no text. */
function fieldOf(data, name) {
  const match = typeof data === "string" && new RegExp(`[#&]${name}=([^&]*)`).exec(data);
  try {
    return match ? decodeURIComponent(match[1].replaceAll("+", " ")) : undefined;
  } catch {
    return "(does not decode)";
  }
}

/** What an answer says, without its token: a page that shows tokens teaches a bad habit. */
function summary(data) {
  if (typeof data !== "string") return `a message that is no text, but ${typeof data}`;
  const names = ["access_token", "expires", "error", "error_description", "state"];
  const found = names.filter((name) => fieldOf(data, name) !== undefined);
  const shown = found.map((name) => `${name}=${name === "access_token" ? "…" : fieldOf(data, name)}`);
  return shown.join(", ") || "nothing that the SDK knows";
}

function watchOpen() {
  const { open } = window;
  window.open = function (url, ...rest) {
    // The SDK has one login at a time: at its next tick the older one ends, and its popup closes.
    for (const login of waiting()) {
      login.gone = true;
      tell("A newer login ends this one", `state=${login.state}`, "end");
    }
    const query = new URL(url, location.href).searchParams;
    let popup;
    try {
      popup = open.call(this ?? window, url, ...rest);
    } catch (thrown) {
      tell("The browser refused the popup", `window.open threw ${thrown.name}`, "refused");
      throw thrown;
    }
    if (popup) {
      logins.push({ popup, state: query.get("state"), closedTicks: 0, frameSeen: "" });
      const sent = ["client_id", "scope", "state"].filter((name) => query.has(name));
      tell("Popup opened", sent.map((name) => `${name}=${query.get(name)}`).join(", "));
    } else tell("The browser blocked the popup", "window.open gave no window", "refused");
    return popup;
  };
}

/** The three checks that the SDK makes: what is wrong with a message. */
function judge({ origin, source, data }, loginOrigin) {
  const login = logins.find(({ popup }) => popup === source);
  const state = fieldOf(data, "state");
  const wrong = [
    origin !== loginOrigin && `its origin is ${origin}, not ${loginOrigin}`,
    !login && "it comes from a window that this page did not open",
    login && state !== login.state && `its state is ${state ?? "missing"}, not ${login.state}`,
    login?.answered && "this login has been answered already",
  ].filter(Boolean);
  if (wrong.length === 0) login.answered = true;
  return wrong.join("; ");
}

function watchMessages(loginOrigin) {
  const { addEventListener, removeEventListener } = window;
  // Before the SDK's own listener, so that this one hears each message first.
  window.addEventListener("message", (event) => {
    const wrong = judge(event, loginOrigin);
    if (wrong) tell("Message received", `${wrong} (${summary(event.data)})`, "refused");
    else tell("Message received", `origin, window and state are right: ${summary(event.data)}`, "accepted");
  });
  window.addEventListener = function (type, listener, ...rest) {
    if (type === "message" && isSdk()) {
      listeners.add(listener);
      tell("Listening for messages", `from ${loginOrigin}`);
    }
    return addEventListener.call(this ?? window, type, listener, ...rest);
  };
  window.removeEventListener = function (type, listener, ...rest) {
    listeners.delete(listener);
    return removeEventListener.call(this ?? window, type, listener, ...rest);
  };
}

/** The answer frame of old browsers. */
function lookAtFrame(login) {
  let hash = "";
  try {
    hash = login.popup.frames["se-api-frame"].location.hash;
  } catch {
    // Not there yet, or not loaded yet: the SDK looks again at its next tick, and so do we.
  }
  if (!hash || hash === login.frameSeen) return;
  login.frameSeen = hash;
  const state = fieldOf(hash, "state");
  login.answered = state === login.state;
  if (login.answered) tell("Answer frame loaded", `its state is right: ${summary(hash)}`, "accepted");
  else tell("Answer frame loaded", `its state is ${state ?? "missing"}, not ${login.state}`, "refused");
}

function lookWhetherClosed(login) {
  if (!login.popup.closed || login.answered) return;
  if (!document.hasFocus()) {
    const why =
      "but this page has no focus: it may be cut off by COOP, with the user in it, so the SDK waits";
    if (!login.toldSevered) tell("The popup says that it is closed", why);
    login.toldSevered = true;
    return;
  }
  login.closedTicks++;
  if (login.closedTicks === 1) {
    const why = "this page has the focus; eight more looks, for an answer may be under way";
    tell("The popup looks closed", why);
  }
  if (login.closedTicks === 9) {
    login.gone = true;
    tell("The popup is closed", "on nine ticks it was closed while this page had the focus", "end");
  }
}

function watchTimers() {
  const { setInterval, clearInterval } = window;
  window.setInterval = (callback, ms, ...rest) => {
    if (!isSdk()) return setInterval(callback, ms, ...rest);
    const tick = () => {
      // What the SDK is about to see.
      for (const login of waiting()) {
        lookAtFrame(login);
        lookWhetherClosed(login);
      }
      callback();
    };
    const id = setInterval(tick, ms);
    intervals.add(id);
    const what = "for the answer frame of old browsers, and whether it is closed";
    tell(`Looking at the popup every ${ms} ms`, what);
    return id;
  };
  window.clearInterval = (id) => {
    intervals.delete(id);
    clearInterval(id);
    // The SDK looks at no popup any more, as after an abort: these logins are over.
    if (intervals.size === 0) for (const login of waiting()) login.gone = true;
  };
}

/** Starts watching, once, before the SDK is in the page. */
export function observe(loginOrigin, onStep) {
  tell = onStep;
  watchOpen();
  watchMessages(loginOrigin);
  watchTimers();
  watchRequests(isSdk, tell);
}

/** What the SDK has left behind: nothing, once every login has ended. */
export function leftovers() {
  const popups = logins.filter(({ popup }) => !popup.closed).length;
  const left = { popups, listeners: listeners.size, timers: intervals.size, requests: requests.size };
  return Object.entries(left).flatMap(([what, count]) => (count ? `${count} ${what}` : []));
}
