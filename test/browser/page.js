// Every test page loads this before all.js: it writes down what the SDK does to the page, and starts logins.
// No inline script, so that it runs under any policy.
window.bench = (() => {
  var self = {
    // Every call of success or error, in order: name, data, time (ms since the epoch).
    calls: [],
    // Exceptions that nobody caught.
    failures: [],
    // What window.open was asked for and gave: url, name, features, popup, threw.
    opened: [],
    // Data of the messages that reached this window.
    heard: [],
    // The SDK's message listeners, intervals and timeouts that are live.
    listeners: [],
    intervals: [],
    timeouts: [],
    // How often the SDK's intervals have fired.
    ticks: 0,
    // The page's own clock, each 50 ms.
    beats: 0,
    version: undefined,
    // Set by the channel page of a timing test.
    channel: null,
    told: told,
    loginWith: login,
    leftovers: leftovers,
  };
  // What Playwright and chromedriver leave in the page.
  var DRIVERS = /^(__pw.*|se_exportedFunctionSymbol|ret_nodes|cdc_.*)$/;
  var open = window.open;
  var add = window.addEventListener;
  var remove = window.removeEventListener;
  var options = {};
  var names;

  // Before timers are watched.
  setInterval(() => {
    self.beats++;
  }, 50);

  // Only what all.js starts is counted: drivers set timers of their own in the page.
  function isSdk() {
    return /\/all\.js/.test(new Error().stack);
  }

  // Playwright acts as if Firefox's user had, once in each new document and at no certain moment (userActivation of WebDriver
  // BiDi's script.evaluate). A popup uses that up (HTML, "consume user activation"); while it opens, the driver may act again.
  function useUpActivation() {
    for (let tries = 0; navigator.userActivation?.isActive && tries < 20; tries++)
      open.call(window, "about:blank", "unasked")?.close();
  }

  function without(list, item) {
    var index = list.indexOf(item);
    if (index >= 0) list.splice(index, 1);
  }

  add.call(window, "message", (event) => {
    self.heard.push(event.data);
  });
  add.call(window, "error", (event) => {
    // A script that does not load is an event at its element, not an exception here.
    if (event.message) self.failures.push(event.message);
  });
  add.call(window, "unhandledrejection", (event) => {
    self.failures.push(String(event.reason));
  });

  window.open = (url, name, features) => {
    var entry = { url: String(url), name: name, features: features, popup: null, threw: "" };
    self.opened.push(entry);
    try {
      entry.popup = open.call(window, url, name, features);
    } catch (thrown) {
      entry.threw = thrown.name;
      throw thrown;
    }
    return entry.popup;
  };
  window.addEventListener = (...args) => {
    if (args[0] === "message" && isSdk()) self.listeners.push(args[1]);
    return add.apply(window, args);
  };
  window.removeEventListener = (...args) => {
    if (args[0] === "message") without(self.listeners, args[1]);
    return remove.apply(window, args);
  };

  function watch(list, start, stop, once) {
    var begin = window[start];
    var end = window[stop];
    window[start] = (callback, ms) => {
      var sdk = isSdk();
      var id = begin.call(
        window,
        () => {
          if (once) without(list, id);
          else if (sdk) self.ticks++;
          callback();
        },
        ms,
      );
      if (sdk) list.push(id);
      return id;
    };
    window[stop] = (id) => {
      without(list, id);
      return end.call(window, id);
    };
  }
  watch(self.intervals, "setInterval", "clearInterval", false);
  watch(self.timeouts, "setTimeout", "clearTimeout", true);

  function told(name) {
    return (data) => {
      self.calls.push({
        name: name,
        data: data,
        at: Date.now(),
        exactly: performance.timeOrigin + performance.now(),
        ticks: self.ticks,
      });
    };
  }

  function login(extra) {
    var all = { success: told("success"), error: told("error") };
    for (var name in extra) if (Object.hasOwn(extra, name)) all[name] = extra[name];
    return window.SE.authenticate(all);
  }

  /** What is there now and was not before the first login; an empty list when the SDK has left nothing. */
  function leftovers() {
    var left = [];
    for (const name of Object.getOwnPropertyNames(window)) {
      if (names.indexOf(name) < 0 && !DRIVERS.test(name)) left.push(`global ${name}`);
    }
    Object.getOwnPropertyNames(window.SE).forEach((name) => {
      if (name !== "init" && name !== "authenticate") left.push(`SE.${name}`);
    });
    if (self.listeners.length) left.push(`${self.listeners.length} listeners`);
    if (self.intervals.length) left.push(`${self.intervals.length} intervals`);
    if (self.timeouts.length) left.push(`${self.timeouts.length} timeouts`);
    return left;
  }

  // Called by the page's last script, while the page loads: a moment later some drivers have already run something of
  // their own in it, after which a popup is no longer blocked.
  self.start = () => {
    var query = decodeURIComponent(location.search.slice(1));
    var channel = `${location.protocol}//${location.host}/blank`;
    if (query) options = JSON.parse(query);
    names = Object.getOwnPropertyNames(window);
    window.SE.init({
      clientId: "1",
      channelUrl: channel,
      complete: (data) => {
        self.version = data.version;
      },
    });
    document.getElementById("login").onclick = () => {
      login(options);
    };
    // Without a click, while the page loads: what popup blockers are there for.
    if (options.atOnce) {
      useUpActivation();
      login(options);
      self.callsAtOnce = self.calls.length;
    }
  };
  return self;
})();
