/**
 * Watches what the SDK does to the page, and changes nothing of it: the browser's functions that it calls are wrapped
 * before it loads, and each wrapper does what the function does.
 *
 * Every step is told as { title, detail, verdict }, the verdict being "accepted", "refused", "ended" or "".
 */

/** The logins whose popup was opened: the popup, the state that was sent, what is still there of the SDK's. */
const logins = [];
const listeners = new Set();
const intervals = new Set();
const scripts = new Set();

let tell = () => {};

/** Only what all.js does is of interest; the page's own timers and listeners are not. */
const isSdk = () => /\/all\.js/.test(new Error().stack);

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
  const open = window.open;
  window.open = function (url, ...rest) {
    const query = new URL(url, location.href).searchParams;
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

/** The three checks that the SDK makes, said one by one. */
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
  for (const login of logins.filter(({ answered, gone }) => !answered && !gone)) {
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
      login.closedTicks = focus ? login.closedTicks + 1 : 0;
      if (login.closedTicks === 1)
        tell({
          title: "The popup looks closed",
          detail: "this page has the focus; eight more looks, for an answer may be under way",
          verdict: "",
        });
      if (login.closedTicks === 9) {
        login.gone = true;
        tell({
          title: "The popup is closed",
          detail: "closed, and this page has the focus, on nine ticks running",
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

function describeAnswer(answer, page) {
  if (!answer?.items)
    return {
      title: `Page ${page}: an error`,
      detail: `${answer?.error_name}: ${answer?.error_message}`,
      verdict: "refused",
    };
  const wait = answer.backoff ? `; the API asks to wait ${answer.backoff} s` : "";
  const more = answer.has_more ? "there are more" : "that is all";
  return {
    title: `Page ${page} of accounts`,
    detail: `${answer.items.length} accounts, ${more}${wait}`,
    verdict: "accepted",
  };
}

/** The callback that a script of the API will call, wrapped so that its answer is told. It hears the script's events, too. */
function watchCallback(query, page, script) {
  const name = (query.get("callback") ?? "").split(".").pop();
  const callback = script[name];
  if (typeof callback !== "function") return;
  script[name] = function (answer, ...rest) {
    if (!(answer instanceof Event)) {
      script.answered = true;
      tell(describeAnswer(answer, page));
    }
    return callback.call(this, answer, ...rest);
  };
}

function watchScripts(apiOrigin) {
  const ours = (node) => node instanceof HTMLScriptElement && node.src.startsWith(`${apiOrigin}/`);
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const script of [...addedNodes].filter(ours)) {
        scripts.add(script);
        const query = new URL(script.src).searchParams;
        const page = query.get("page") ?? "1";
        tell({
          title: `Page ${page} of accounts asked for`,
          detail: `by a script of ${apiOrigin}`,
          verdict: "",
        });
        watchCallback(query, page, script);
      }
      for (const script of [...removedNodes].filter(ours)) scripts.delete(script);
    }
  }).observe(document, { childList: true, subtree: true });
  // While they travel down, before the SDK's own handlers at the script hear them.
  document.addEventListener(
    "load",
    ({ target }) => {
      if (ours(target) && !target.answered)
        tell({
          title: "The API's script did not call back",
          detail: "it loaded, and that was all",
          verdict: "refused",
        });
    },
    true,
  );
  document.addEventListener(
    "error",
    ({ target }) => {
      if (ours(target))
        tell({
          title: "The API could not be reached",
          detail: "its script did not load",
          verdict: "refused",
        });
    },
    true,
  );
}

/** Starts watching, once, before all.js is in the page. */
export function observe(origins, onStep) {
  tell = onStep;
  watchOpen();
  watchMessages(origins.login);
  watchTimers();
  watchScripts(origins.api);
}

/** What is still there of the SDK's: nothing, once every login has ended. */
export function leftovers() {
  const open = logins.filter(({ popup }) => !popup.closed).length;
  const names = Object.keys(window.SE).filter((name) => name !== "init" && name !== "authenticate");
  const count = (number, what) => (number ? [`${number} ${what}`] : []);
  return [
    ...count(open, "popups"),
    ...count(listeners.size, "listeners"),
    ...count(intervals.size, "timers"),
    ...count(scripts.size, "script tags"),
    ...names.map((name) => `SE.${name}`),
  ];
}
