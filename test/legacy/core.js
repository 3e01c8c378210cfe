/* The core of the contract, in ES3, for engines that know no more. Prints one line a test and a last one with the count. */
var LOGIN = "https://stackexchange.com", passed = 0, failed = 0, heard;

function check(holds, what) { if (!holds) throw new Error(what); }
function same(a, b) { check(a === b, a + " is not " + b); }
function throwsWith(part, work) {
  try { work(); } catch (error) { return check(error instanceof Error && String(error.message).indexOf(part) >= 0, "threw " + error); }
  throw new Error("nothing was thrown");
}
function init(changes) {
  var options = { clientId: 1, channelUrl: "http://app.example:8080/blank", complete: function () {} }, name;
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
function stateOf(popup) { return /&state=([^&]+)/.exec(popup.url)[1]; }
/* The answer comes the way in which this browser gets it. */
function answer(popup, text) {
  var hash = "#" + text + "&state=" + stateOf(popup);
  if (MODERN) post({ origin: LOGIN, source: popup, data: hash });
  else { popup["se-api-frame"] = { location: { hash: hash } }; advance(50); }
}
function names() { var list = [], i; for (i = 0; i < heard.errors.length; i++) list.push(heard.errors[i].errorName); return list.join(); }
function nothingLeft() {
  var name, members = [];
  for (name in SE) members.push(name);
  same(members.sort().join(), "authenticate,init");
  same(listeners.length, 0); same(requests.length, 0); same(pendingTimers(), 0);
}
function test(name, work) {
  try {
    timers = []; listeners = []; requests = []; popups = []; focused = true; blocked = false;
    work();
    passed++;
    print("ok " + name);
  } catch (error) {
    failed++;
    print("not ok " + name + ": " + error);
  }
}

test("what is missing is named, and opens nothing", function () {
  throwsWith("init", function () { login(); });
  throwsWith("needs complete", function () { SE.init({}); });
  throwsWith("needs clientId", function () { init({ clientId: "" }); });
  init();
  throwsWith("needs scope[]", function () { login({ scope: "read_inbox" }); });
  same(popups.length, 0);
});
test("complete comes later", function () {
  var version;
  init({ complete: function (ready) { version = ready.version; } });
  same(version, undefined); advance(10); same(typeof version, "string"); nothingLeft();
});
/* Support: IE 9 and 10 have no origins to compare, so the server alone refuses a channel elsewhere. */
test("the dialog's address", function () {
  init({ channelUrl: "http://app.example.evil/" });
  var popup = login({ scope: ["read_inbox", "no_expiry"] });
  same(popup.url, LOGIN + "/oauth/dialog?redirect_uri=" + encodeURIComponent(LOGIN + "/oauth/login_success?assisted=1&protocol=http&proxy=" +
    encodeURIComponent("http://app.example.evil/")) + "&client_id=1&state=" + stateOf(popup) + "&scope=read_inbox%20no_expiry");
  same(popup.features, "width=660,height=480");
});
test("each login has its own state", function () {
  var seen = {}, i, state;
  for (i = 0; i < 50; i++) { state = stateOf(login()); check(!seen[state] && state.length > 12, state); seen[state] = true; }
});
test("success", function () {
  var popup = login(), before = +new Date();
  answer(popup, "access_token=a%2bb+c&expires=60");
  same(heard.successes[0].accessToken, "a+b c");
  check(heard.successes[0].expirationDate - before >= 60000 && heard.successes[0].expirationDate - before < 70000, "the date");
  same(heard.successes[0].networkUsers, undefined);
  same(popup.closed, true);
  nothingLeft();
  answer(login(), "access_token=t"); same(heard.successes[0].expirationDate, undefined);
});
test("rejected, and an escape that does not decode", function () {
  answer(login(), "error=access_denied&error_description=no+%c3%a9");
  same(heard.errors[0].errorName, "access_denied"); same(heard.errors[0].errorMessage, "no \u00e9"); nothingLeft();
  answer(login(), "error=%zz"); same(names(), "network_error"); nothingLeft();
});
test("foreign messages and other frames change nothing", function () {
  var popup = login(), right = "#access_token=t&state=" + stateOf(popup);
  post({ origin: "https://evil.example", source: popup, data: right });
  post({ origin: LOGIN, source: {}, data: right });
  post({ origin: LOGIN, source: popup, data: { a: 1 } });
  post({ origin: LOGIN, source: popup });
  advance(500);
  popup["se-api-frame"] = { location: { hash: MODERN ? right : "" } }; advance(500);
  popup["se-api-frame"] = {}; advance(500);
  same(heard.successes.length + heard.errors.length, 0);
  answer(popup, "access_token=t");
  same(heard.successes.length, 1);
});
test("blocked, which is heard after the call, and closed", function () {
  blocked = true; login(); same(names(), ""); advance(50); same(names(), "popup_blocked"); nothingLeft();
  blocked = false;
  var popup = login();
  popup.closed = true; focused = false; advance(3000); same(names(), "");
  focused = true; advance(1000); same(names(), "popup_closed"); nothingLeft();
});
test("a newer login ends an older one, which is heard first", function () {
  var older = login(), heardOfOlder = heard, newer = login();
  same(heardOfOlder.errors.length, 0);
  answer(newer, "access_token=t");
  same(heardOfOlder.errors[0].errorName, "popup_closed"); same(heardOfOlder.successes.length, 0); same(older.closed, true);
  same(heard.successes.length, 1); same(heard.errors.length, 0); nothingLeft();
});
function awaitAccounts() { answer(login({ networkUsers: true }), "access_token=t%29&expires=1"); }
if (MODERN) {
  test("all accounts, page after page, the token in a header", function () {
    awaitAccounts();
    same(requests[0].method + " " + requests[0].url, "GET https://api.stackexchange.com/2.0/me/associated?pagesize=100&page=1");
    same(requests[0].headers.Authorization, "Bearer t)"); same(requests[0].timeout, 30000);
    respond('{"items":[1,2],"has_more":true,"backoff":2}');
    advance(1999); same(requests.length, 0); advance(2); same(requests[0].url.slice(-7), "&page=2");
    respond('{"items":[3],"has_more":false}');
    same(heard.successes[0].networkUsers.join(), "1,2,3"); nothingLeft();
  });
  test("the API's error, and an answer that is none", function () {
    awaitAccounts(); respond('{"error_id":502,"error_name":"throttle_violation","error_message":"wait"}');
    same(names(), "throttle_violation"); same(heard.errors[0].errorMessage, "wait"); nothingLeft();
    var answers = ["", "<html>", "null", '{"error_name":5}'], i;
    for (i = 0; i < answers.length; i++) { awaitAccounts(); respond(answers[i]); same(names(), "network_error"); nothingLeft(); }
  });
} else {
  test("accounts cannot be asked for: no header goes to another origin", function () {
    awaitAccounts(); same(heard.successes.length, 0); same(names(), "network_error"); nothingLeft();
  });
}

print(passed + " of " + (passed + failed));
