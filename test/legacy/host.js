/*
 * A browser of the year 2010, as small as it can be: the globals that the SDK names, for an engine that has none.
 * ES3, like what it hosts. `MODERN` is put before this file by the test that runs it.
 */
var window = this;
var now = 0, timers = [], listeners = [], requests = [], popups = [], focused = true, blocked = false;

/* Support: IE 9 and 10 have no `origin`, here and on links. */
var location = { href: "http://app.example:8080/page?a=b", protocol: "http:", toString: function () { return location.href; } };

function setTimer(callback, ms, repeats) {
  timers.push({ callback: callback, due: now + (ms || 0), every: repeats ? ms : 0, on: true });
  return timers.length;
}
function setTimeout(callback, ms) { return setTimer(callback, ms, false); }
function setInterval(callback, ms) { return setTimer(callback, ms, true); }
function clearInterval(id) { if (timers[id - 1]) timers[id - 1].on = false; }
function pendingTimers() {
  var count = 0, i;
  for (i = 0; i < timers.length; i++) if (timers[i].on) count++;
  return count;
}

/* Lets `ms` milliseconds pass in steps of one. */
function advance(ms) {
  var end = now + ms, i, timer;
  do {
    for (i = 0; i < timers.length; i++) {
      timer = timers[i];
      if (timer.on && timer.due <= now) {
        if (timer.every) timer.due += timer.every; else timer.on = false;
        timer.callback();
      }
    }
  } while (++now <= end);
  now = end;
}

if (MODERN) window.File = function () {};
window.addEventListener = function (type, listener) { listeners.push(listener); };
window.removeEventListener = function (type, listener) {
  for (var i = 0; i < listeners.length; i++) if (listeners[i] === listener) listeners.splice(i, 1);
};
function post(message) { for (var all = listeners.slice(0), i = 0; i < all.length; i++) all[i](message); }

function open(url, name, features) {
  if (blocked) return null;
  var popup = { url: url, features: features, closed: false, close: function () { this.closed = true; } };
  popups.push(popup);
  return popup;
}

/* A link. Its `href` has a setter, which takes ES5. */
function Link() {
  var link = this, address = "";
  Object.defineProperty(link, "href", {
    get: function () { return address; },
    set: function (text) { address = String(text); link.protocol = /^\w+:/.exec(address)[0]; }
  });
}
Link.prototype.toString = function () { return this.href; };

var document = {
  hasFocus: function () { return focused; },
  createElement: function (name) {
    if (name !== "a") throw new Error("no element " + name);
    return new Link();
  }
};

/* Support: IE 9 opens no other origin. */
function XMLHttpRequest() { this.headers = {}; }
XMLHttpRequest.prototype = {
  open: function (method, url) {
    if (!MODERN) throw new Error("Access is denied.");
    this.method = method; this.url = url;
  },
  setRequestHeader: function (name, value) { this.headers[name] = value; },
  send: function () { requests.push(this); }
};

/* The one request under way ends with `text`, which is empty when nothing came. */
function respond(text) {
  if (requests.length !== 1) throw new Error(requests.length + " requests are under way");
  var request = requests.pop();
  request.response = text;
  request.onloadend();
}
