// Every test page loads this before the SDK: it writes down what the SDK does to the page, and starts logins.
// No inline script, so that it runs under any policy; some pages have spoilt or frozen every prototype before.
window.bench = (() => {
  var self = {
    // Every end of a login, in order. Their names are "success", or the error's.
    calls: [],
    // Exceptions that nobody caught, and scripts that did not load.
    failures: [],
    notLoaded: [],
    // What window.open was asked for and gave: url, popup, threw.
    opened: [],
    // Data of the messages that reached this window.
    heard: [],
    // The SDK's message listeners, intervals and timeouts that are live.
    listeners: new Set(),
    intervals: new Set(),
    timeouts: new Set(),
    // The page's own clock, each 50 ms, as the SDK's is; and how often it found the newest popup closed.
    beats: 0,
    closedBeats: 0,
    options: JSON.parse(decodeURIComponent(location.search.slice(1)) || "{}"),
    controller: new AbortController(),
    login: login,
  };
  // What the drivers leave in the page.
  var DRIVERS = /^(__pw.*|se_exportedFunctionSymbol)$/;
  var open = window.open;

  // Before timers are watched.
  setInterval(() => {
    self.beats++;
    if (self.opened[self.opened.length - 1]?.popup?.closed) self.closedBeats++;
  }, 50);

  // Only what the SDK starts is counted: drivers set timers of their own in the page.
  function isSdk() {
    return /all\.js|index\.mjs/.test(new Error().stack);
  }

  // Playwright acts as if Firefox's user had, once in each new document and at no certain moment (userActivation of WebDriver
  // BiDi's script.evaluate). A popup uses that up (HTML, "consume user activation"); while it opens, the driver may act again.
  function useUpActivation() {
    for (let tries = 0; navigator.userActivation?.isActive && tries < 20; tries++)
      open.call(window, "about:blank", "unasked")?.close();
  }

  /** Puts `make(original)` in the place of a function of the window, even of a frozen one. */
  function replace(name, make) {
    var value = make(window[name].bind(window));
    Object.defineProperty(window, name, {
      __proto__: null,
      value: value,
      writable: true,
      configurable: true,
    });
  }

  var heardAt = 0;
  addEventListener("message", (event) => {
    heardAt = performance.now();
    self.heard.push(event.data);
  });
  addEventListener(
    "error",
    (event) => {
      if (event.target.src) self.notLoaded.push(event.target.src);
      else self.failures.push(event.message);
    },
    true,
  );
  addEventListener("unhandledrejection", (event) => self.failures.push(String(event.reason)));

  replace("open", (original) => (url, ...more) => {
    var entry = { url: String(url), popup: null, threw: true };
    self.opened.push(entry);
    entry.popup = original(url, ...more);
    entry.threw = false;
    return entry.popup;
  });
  replace("addEventListener", (original) => (...args) => {
    if (args[0] === "message" && isSdk()) self.listeners.add(args[1]);
    original(...args);
  });
  replace("removeEventListener", (original) => (...args) => {
    if (args[0] === "message") self.listeners.delete(args[1]);
    original(...args);
  });
  function watch(list, start, stop) {
    replace(start, (begin) => (callback, ms) => {
      var id = begin(() => {
        if (list === self.timeouts) list.delete(id);
        callback();
      }, ms);
      if (isSdk()) list.add(id);
      return id;
    });
    replace(stop, (end) => (id) => {
      list.delete(id);
      end(id);
    });
  }
  watch(self.intervals, "setInterval", "clearInterval");
  watch(self.timeouts, "setTimeout", "clearTimeout");

  /** What writes down a success, or an error. */
  function told(success) {
    return (data) => {
      var { name, message, errorName, errorMessage } = data;
      self.calls.push({
        name: success ? "success" : errorName || name,
        // An Error's own members do not all travel to the driver.
        data: success ? data : { name, message, errorName, errorMessage },
        isError: data instanceof Error,
        // As a service that collects errors would see it.
        stack: new Error().stack,
        at: Date.now(),
        sinceHeard: performance.now() - heardAt,
        closedBeats: self.closedBeats,
      });
    };
  }

  function authenticate() {
    // What the SDK was given: a page may change it afterwards.
    self.passed = { ...self.options, success: told(true), error: told(false) };
    self.sdk.authenticate(self.passed);
  }

  /** By the module's promise where there is one. */
  function login() {
    if (!self.sdk.login) authenticate();
    else self.sdk.login({ ...self.options, signal: self.controller.signal }).then(told(true), told(false));
  }

  // Called when the SDK is there. all.js is while the page loads: later, drivers have run something in it, and no popup is blocked.
  self.start = (sdk) => {
    var names = Object.getOwnPropertyNames(window);
    var members = Object.getOwnPropertyNames(sdk).length;
    self.sdk = sdk;
    // What is there now and was not before the first login; an empty list when the SDK has left nothing.
    self.leftovers = () => [
      ...Object.getOwnPropertyNames(window).filter((name) => !names.includes(name) && !DRIVERS.test(name)),
      ...Object.getOwnPropertyNames(sdk).slice(members),
      ...["listeners", "intervals", "timeouts"].filter((list) => self[list].size > 0),
    ];
    sdk.init({
      clientId: "1",
      channelUrl: `${location.protocol}//${location.host}/blank`,
      complete: (data) => {
        self.version = data.version;
      },
    });
    document.getElementById("login").onclick = login;
    document.getElementById("authenticate").onclick = authenticate;
    // Without a click, while the page loads: what popup blockers are there for.
    if (self.options.atOnce) {
      useUpActivation();
      login();
      self.callsAtOnce = self.calls.length;
    }
    self.loaded = true;
  };
  return self;
})();
