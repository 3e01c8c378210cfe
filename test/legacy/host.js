/*
 * A browser of the year 2010, as small as it can be: the globals that the SDK names, for an engine that has none.
 * ES3, like what it hosts. `MODERN` is put before this file by the test that runs it.
 */
var window = this;
var now = 0, timers = [], listeners = [], requests = [], popups = [], focused = true, blocked = false;

/* Support: IE 9 and 10 have no `origin`, here and on links. */
var location = { href: "http://app.example:8080/page?a=b", protocol: "http:", toString: function () { return location.href; } };

function setTimeout(callback, ms, every) {
  timers.push({ callback: callback, due: now + (ms || 0), every: every });
  return timers[timers.length - 1];
}
function setInterval(callback, ms) { return setTimeout(callback, ms, ms); }
function remove(list, entry) {
  for (var i = 0; i < list.length; i++) if (list[i] === entry) list.splice(i, 1);
}
function clearInterval(timer) { remove(timers, timer); }

/* Lets `ms` milliseconds pass in steps of one. */
function advance(ms) {
  for (var end = now + ms, all, i; now <= end; now++)
    for (all = timers.slice(0), i = 0; i < all.length; i++)
      if (all[i].due <= now) {
        if (all[i].every) all[i].due += all[i].every; else remove(timers, all[i]);
        all[i].callback();
      }
  now = end;
}

if (MODERN) window.File = function () {};
window.addEventListener = function (type, listener) { listeners.push(listener); };
window.removeEventListener = function (type, listener) { remove(listeners, listener); };
function post(message) { for (var all = listeners.slice(0), i = 0; i < all.length; i++) all[i](message); }

function open(url, name, features) {
  if (blocked) return null;
  popups.push({ url: url, features: features, closed: false, close: function () { this.closed = true; } });
  return popups[popups.length - 1];
}

/* A link. Its `href` has a setter, which takes ES5. */
function Link() {
  var address = "";
  Object.defineProperty(this, "href", { set: function (text) { address = String(text); } });
  this.toString = function () { return address; };
}
var document = { hasFocus: function () { return focused; }, createElement: function () { return new Link(); } };

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
