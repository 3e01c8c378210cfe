/*
 * A browser of the year 2010, as small as it can be: the globals that the SDK names, for an engine that has none.
 * ES3, like what it hosts. `MODERN` is put before this file by the test that runs it.
 */
var window = this;
var now = 0, timers = [], listeners = [], scripts = [], popups = [], focused = true, blocked = false;

var location = { href: "http://app.example:8080/page?a=b" };

function setTimer(callback, ms, repeats) {
  timers.push({ callback: callback, due: now + ms, every: repeats ? ms : 0, on: true });
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

/* Support: IE <= 8 has none of the three; a script's readyState takes the place of its events. */
if (MODERN) {
  window.File = function () {};
  window.addEventListener = function (type, listener) { listeners.push(listener); };
  window.removeEventListener = function (type, listener) {
    for (var i = 0; i < listeners.length; i++) if (listeners[i] === listener) listeners.splice(i, 1);
  };
}
function post(message) { for (var all = listeners.slice(0), i = 0; i < all.length; i++) all[i](message); }

function open(url, name, features) {
  if (blocked) return null;
  var popup = { url: url, features: features, closed: false, close: function () { this.closed = true; } };
  popup.frames = popup;
  popups.push(popup);
  return popup;
}

function Script() { if (!MODERN) this.readyState = "uninitialized"; }
var document = {
  hasFocus: function () { return focused; },
  createElement: function () { return new Script(); },
  body: {
    appendChild: function (script) { scripts.push(script); },
    removeChild: function (script) {
      for (var i = 0; i < scripts.length; i++) if (scripts[i] === script) { scripts.splice(i, 1); return script; }
      throw new Error("no child");
    }
  }
};

/* What the script's text calls: a handler of the element that has this id, while it is in the document. */
function callback(script, answer) {
  var name = /callback=document\.scripts\.(\w+)\.(\w+)/.exec(script.src), i;
  for (i = 0; i < scripts.length; i++) if (scripts[i].id === name[1]) return scripts[i][name[2]](answer);
  throw new Error("document.scripts." + name[1] + " is undefined");
}

/* The script's text runs, between the events that this browser fires. No answer: it calls nothing. */
function scriptLoads(script, answer) {
  if (MODERN) {
    if (answer) callback(script, answer);
    script.onload();
  } else {
    script.readyState = "loading"; script.onreadystatechange();
    script.readyState = "interactive";
    if (answer) callback(script, answer);
    script.readyState = "loaded"; script.onreadystatechange();
    script.readyState = "complete"; script.onreadystatechange();
  }
}

/* Support: IE <= 8 tells nothing of a failure but that the script is "loaded". */
function scriptFails(script) {
  if (MODERN) script.onerror(); else { script.readyState = "loaded"; script.onreadystatechange(); }
}
