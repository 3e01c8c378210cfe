/* The core of the unit suite, in ES3, for engines that know no more. Prints one line a test and a last one with the count. */
var LOGIN = "https://stackexchange.com", passed = 0, failed = 0, heard;

function check(holds, what) { if (!holds) throw new Error(what); }
function same(a, b) { check(a === b, a + " is not " + b); }
function throwsWith(part, work) {
  try { work(); } catch (error) { return check(error instanceof Error && String(error.message).indexOf(part) >= 0, "threw " + error); }
  throw new Error("nothing was thrown");
}
function init(changes) {
  var options = { clientId: 1, key: "k((", channelUrl: "http://app.example:8080/blank", complete: function () {} }, name;
  for (name in changes) options[name] = changes[name];
  SE.init(options);
}
function login(options) {
  heard = { successes: [], errors: [] };
  var mine = heard;
  options = options || {};
  options.success = function (session) { mine.successes.push(session); };
  options.error = function (failure) { mine.errors.push(failure); };
  SE.authenticate(options);
  return popups[popups.length - 1];
}
function stateOf(popup) { return /&state=(\w+)/.exec(popup.url)[1]; }
/* The answer comes the way in which this browser gets it. */
function answer(popup, text) {
  var hash = "#" + text + "&state=" + stateOf(popup);
  if (MODERN) post({ origin: LOGIN, source: popup, data: hash });
  else { popup.frames["se-api-frame"] = { location: { hash: hash } }; advance(50); }
}
function names() { var list = [], i; for (i = 0; i < heard.errors.length; i++) list.push(heard.errors[i].errorName); return list.join(); }
function nothingLeft() {
  var name, members = [];
  for (name in SE) members.push(name);
  same(members.sort().join(), "authenticate,init");
  same(listeners.length, 0); same(scripts.length, 0); same(pendingTimers(), 0);
}
function test(name, work) {
  try {
    timers = []; listeners = []; scripts = []; popups = []; focused = true; blocked = false;
    work();
    passed++;
    print("ok " + name);
  } catch (error) {
    failed++;
    print("not ok " + name + ": " + error);
  }
}

test("authenticate before init throws", function () { throwsWith("init", function () { login(); }); same(popups.length, 0); });
test("a missing option is named", function () {
  throwsWith("clientId", function () { SE.init({}); });
  /* The engine's own sentence. */
  throwsWith("", function () { SE.init(); });
  throwsWith("key", function () { init({ key: "" }); });
  throwsWith("complete", function () { init({ complete: null }); });
});
test("a channel elsewhere is refused, with the page's origin", function () {
  throwsWith("http://app.example:8080", function () { init({ channelUrl: "http://app.example:8080.evil/" }); });
  throwsWith("http://app.example:8080", function () { init({ channelUrl: "http://app.example/" }); });
  init({ channelUrl: "HTTP://APP.example:8080?x" });
  init({ channelUrl: "http://app.example:8080" });
});
test("complete comes later", function () {
  var version;
  init({ complete: function (ready) { version = ready.version; } });
  same(version, undefined); advance(10); same(typeof version, "string"); nothingLeft();
});
test("the dialog's address", function () {
  init(); advance(10);
  var popup = login({ scope: ["read_inbox", "no_expiry"] });
  same(popup.url, LOGIN + "/oauth/dialog?redirect_uri=" + encodeURIComponent(LOGIN + "/oauth/login_success?assisted=1&protocol=http&proxy=" +
    encodeURIComponent("http://app.example:8080/blank")) + "&client_id=1&state=" + stateOf(popup) + "&scope=read_inbox%20no_expiry");
  same(popup.features, "width=660,height=480");
});
test("each login has a state of its own", function () {
  var seen = {}, i, state;
  for (i = 0; i < 50; i++) { state = stateOf(login()); check(!seen[state] && state.length > 12, state); seen[state] = true; }
});
/* What has no join() throws the engine's own TypeError, which says in words of its own what is missing. */
test("a scope must be an array", function () {
  var thrown = null;
  try { login({ scope: "read_inbox" }); } catch (e) { thrown = e; }
  check(thrown instanceof TypeError, String(thrown)); same(popups.length, 0);
});
test("success", function () {
  var popup = login(), before = +new Date();
  answer(popup, "access_token=a%2bb+c&expires=60");
  same(heard.successes.length, 1);
  same(heard.successes[0].accessToken, "a+b c");
  check(heard.successes[0].expirationDate - before >= 60000 && heard.successes[0].expirationDate - before < 70000, "the date");
  same(heard.successes[0].networkUsers, undefined);
  same(popup.closed, true);
  nothingLeft();
});
test("no_expiry leaves the date unset", function () { answer(login(), "access_token=t"); same(heard.successes[0].expirationDate, undefined); });
test("rejected", function () {
  answer(login(), "error=access_denied&error_description=no+%c3%a9");
  same(heard.errors[0].errorName, "access_denied"); same(heard.errors[0].errorMessage, "no \u00e9"); nothingLeft();
});
test("an escape that does not decode ends the login", function () { answer(login(), "error=%zz"); same(names(), "network_error"); nothingLeft(); });
test("foreign messages change nothing", function () {
  var popup = login(), right = "#access_token=t&state=" + stateOf(popup);
  if (!MODERN) same(listeners.length, 0);
  post({ origin: "https://evil.example", source: popup, data: right });
  post({ origin: LOGIN, source: {}, data: right });
  post({ origin: LOGIN, source: popup, data: "#access_token=t&state=1" });
  post({ origin: LOGIN, source: popup, data: { a: 1 } });
  post({ origin: LOGIN, source: popup });
  same(heard.successes.length + heard.errors.length, 0);
  answer(popup, "access_token=t");
  same(heard.successes.length, 1);
});
test("blocked", function () { blocked = true; login(); same(names(), "popup_blocked"); nothingLeft(); });
test("closed", function () {
  var popup = login();
  popup.closed = true; focused = false; advance(3000); same(names(), "");
  focused = true; advance(1000); same(names(), "popup_closed"); nothingLeft();
});
test("all accounts, page after page", function () {
  answer(login({ networkUsers: true }), "access_token=t&expires=1");
  check(/\?key=k\(\(&pagesize=100&page=1&callback=document\.scripts\.[a-z]\w+\.onload&access_token=t$/.test(scripts[0].src), scripts[0].src);
  scriptLoads(scripts[0], { items: [1, 2], has_more: true, backoff: 2 });
  advance(1999); same(scripts.length, 0); advance(2); check(/&page=2&/.test(scripts[0].src), "page 2");
  scriptLoads(scripts[0], { items: [3], has_more: false });
  same(heard.successes.length, 1); same(heard.successes[0].networkUsers.join(), "1,2,3"); nothingLeft();
});
test("no account", function () {
  answer(login({ networkUsers: true }), "access_token=t"); scriptLoads(scripts[0], { items: [] });
  same(heard.successes[0].networkUsers.length, 0); nothingLeft();
});
test("the API's error", function () {
  answer(login({ networkUsers: true }), "access_token=t");
  scriptLoads(scripts[0], { error_id: 502, error_name: "throttle_violation", error_message: "wait" });
  same(names(), "throttle_violation"); same(heard.errors[0].errorMessage, "wait"); nothingLeft();
});
test("an API that cannot be reached", function () { answer(login({ networkUsers: true }), "access_token=t"); scriptFails(scripts[0]); same(names(), "network_error"); nothingLeft(); });
test("an API that never calls back", function () { answer(login({ networkUsers: true }), "access_token=t"); scriptLoads(scripts[0]); same(names(), "network_error"); nothingLeft(); });
if (!MODERN) {
  test("a frame that has not loaded yet does not end the login", function () {
    var popup = login();
    advance(500);
    popup.frames["se-api-frame"] = { location: { hash: "" } }; advance(500);
    popup.frames["se-api-frame"] = {}; advance(500);
    same(heard.successes.length + heard.errors.length, 0);
    answer(popup, "access_token=t");
    same(heard.successes.length, 1); nothingLeft();
  });
}

print(passed + " of " + (passed + failed));
