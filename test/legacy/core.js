/* The core of the contract, in ES3, for engines that know no more. Prints one line a test and a last one with the count. */
var LOGIN = "https://stackexchange.com", passed = 0, all = 0, heard;

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
  var mine = heard = { names: "", calls: 0 };
  options = options || {};
  options.success = function (session) { mine.calls++; mine.session = session; };
  options.error = function (failure) { mine.calls++; mine.names += failure.errorName; mine.message = failure.errorMessage; };
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
/* The login that was heard has ended once, and in `names`: empty for a success. */
function ended(names) {
  var name, members = [];
  same(heard.names, names); same(heard.calls, 1);
  for (name in SE) members.push(name);
  same(members.sort().join(), "authenticate,init");
  same(listeners.length + requests.length + timers.length, 0);
}
function test(name, work) {
  all++;
  try {
    timers = []; listeners = []; requests = []; popups = []; focused = true; blocked = false;
    work();
    passed++;
    print("ok " + name);
  } catch (error) { print("not ok " + name + ": " + error); }
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
  same(version, undefined); advance(10); same(typeof version, "string");
});
/* Support: IE 9 and 10 have no origins to compare, so the server alone refuses a channel elsewhere. */
test("the dialog's address, with another state for each login", function () {
  init({ channelUrl: "http://app.example.evil/" });
  var popup = login({ scope: ["read_inbox", "no_expiry"] }), seen = {}, i, state;
  same(popup.url, LOGIN + "/oauth/dialog?redirect_uri=" + encodeURIComponent(LOGIN + "/oauth/login_success?assisted=1&protocol=http&proxy=" +
    encodeURIComponent("http://app.example.evil/")) + "&client_id=1&state=" + stateOf(popup) + "&scope=read_inbox%20no_expiry");
  same(popup.features, "width=660,height=480");
  for (i = 0; i < 50; i++) { state = stateOf(login()); check(!seen[state] && state.length > 12, state); seen[state] = true; }
});
test("success", function () {
  var popup = login(), before = +new Date(), date;
  answer(popup, "access_token=a%2bb+c&expires=60");
  ended(""); same(heard.session.accessToken, "a+b c"); same(heard.session.networkUsers, undefined); same(popup.closed, true);
  date = heard.session.expirationDate - before;
  check(date >= 60000 && date < 70000, "the date");
  answer(login(), "access_token=t"); ended(""); same(heard.session.expirationDate, undefined);
});
test("rejected, and an escape that does not decode", function () {
  answer(login(), "error=access_denied&error_description=no+%c3%a9"); ended("access_denied"); same(heard.message, "no \u00e9");
  answer(login(), "error=%zz"); ended("network_error");
});
test("foreign messages and other frames change nothing", function () {
  var popup = login(), right = "#access_token=t&state=" + stateOf(popup);
  post({ origin: "https://evil.example", source: popup, data: right });
  post({ origin: LOGIN, source: {}, data: right });
  post({ origin: LOGIN, source: popup, data: { a: 1 } });
  post({ origin: LOGIN, source: popup });
  popup["se-api-frame"] = { location: { hash: MODERN ? right : "" } }; advance(500);
  popup["se-api-frame"] = {}; advance(500);
  same(heard.calls, 0);
  answer(popup, "access_token=t"); ended("");
});
test("blocked, which is heard after the call, and closed", function () {
  blocked = true; login(); same(heard.calls, 0); advance(50); ended("popup_blocked");
  blocked = false;
  var popup = login();
  popup.closed = true; focused = false; advance(3000); same(heard.calls, 0);
  focused = true; advance(1000); ended("popup_closed");
});
test("a newer login ends an older one, which is heard first", function () {
  var older = login(), heardOfOlder = heard, newer = login();
  same(heardOfOlder.calls, 0);
  answer(newer, "access_token=t"); ended("");
  same(heardOfOlder.names, "popup_closed"); same(older.closed, true);
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
    ended(""); same(heard.session.networkUsers.join(), "1,2,3");
  });
  test("the API's error, and an answer that is none", function () {
    awaitAccounts(); respond('{"error_id":502,"error_name":"throttle_violation","error_message":"wait"}');
    ended("throttle_violation"); same(heard.message, "wait");
    var answers = ["", "<html>", "null", '{"error_name":5}'], i;
    for (i = 0; i < answers.length; i++) { awaitAccounts(); respond(answers[i]); ended("network_error"); }
  });
} else {
  test("accounts cannot be asked for: no header goes to another origin", function () { awaitAccounts(); ended("network_error"); });
}

print(passed + " of " + all);
