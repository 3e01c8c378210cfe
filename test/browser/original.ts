/**
 * The original SDK's algorithm, written anew from what is known of its behaviour, as a baseline to measure against:
 * all that it did, mistakes included, in the plain style of its day. It throws bare strings, takes a prefix for an origin, has
 * a guessable state, asks for one page of accounts, and is silent when the popup or the API fails. But it asks as the API wants
 * to be asked since June 2026: no key, the token in a header.
 */
export function originalAlgorithm(loginOrigin: string, apiOrigin = loginOrigin): string {
  return `
window.Original = (function () {
  var client, channel, logins = 0, build = "10790";
  var old = /MSIE [1-9]\\./.test(navigator.userAgent);
  function need(options, name) {
    if (!options || !options[name]) throw "option '" + name + "' is not set";
    return options[name];
  }
  function fieldsOf(hash) {
    var fields = {}, pairs = hash.substring(1).split("&");
    for (var i = 0; i < pairs.length; i++) {
      var pair = pairs[i].split("=");
      fields[pair[0]] = pair[1];
    }
    return fields;
  }
  function accounts(session, done, failed) {
    var request = new XMLHttpRequest();
    request.onload = function () {
      var answer = JSON.parse(request.responseText);
      if (answer.error_name) {
        failed({ errorName: answer.error_name, errorMessage: answer.error_message });
        return;
      }
      session.networkUsers = answer.items;
      done(session);
    };
    request.open("GET", ${JSON.stringify(apiOrigin)} + "/2.0/me/associated?pagesize=100");
    request.setRequestHeader("Authorization", "Bearer " + session.accessToken);
    request.send();
  }
  return {
    init: function (options) {
      client = need(options, "clientId");
      channel = need(options, "channelUrl");
      var complete = need(options, "complete"), own = location.protocol + "//" + location.host;
      if (channel.toLowerCase().indexOf(own) !== 0) throw "channelUrl must be under the current domain";
      setTimeout(function () { complete({ version: build }); }, 1);
    },
    authenticate: function (options) {
      var origin = ${JSON.stringify(loginOrigin)}, state = ++logins, success = need(options, "success"), popup, timer;
      if (!client) throw "init must be called first";
      if (options.scope && Object.prototype.toString.call(options.scope) !== "[object Array]") throw "scope must be an array";
      function handle(event) {
        if (event.origin !== origin || event.source !== popup) return;
        var fields = fieldsOf(event.data), session;
        if (+fields.state !== state) return;
        if (old) clearInterval(timer);
        else window.removeEventListener("message", handle, false);
        popup.close();
        if (fields.access_token) {
          session = { accessToken: fields.access_token };
          if (fields.expires) session.expirationDate = new Date(+new Date() + fields.expires * 1000);
          if (options.networkUsers) accounts(session, success, options.error);
          else success(session);
        } else if (options.error) {
          options.error({ errorName: fields.error, errorMessage: fields.error_description });
        }
      }
      function look() {
        if (!popup) return;
        if (popup.closed) return clearInterval(timer);
        var frame;
        // Today's browsers throw where those of its day gave undefined.
        try { frame = popup.frames["se-api-frame"].location.hash; } catch (e) {}
        if (frame) handle({ origin: origin, source: popup, data: frame });
      }
      if (old) timer = setInterval(look, 50);
      else window.addEventListener("message", handle, false);
      var landing = origin + "/oauth/login_success?assisted=" + client + "&protocol=" + location.protocol.replace(":", "") +
        "&proxy=" + encodeURIComponent(channel);
      var url = origin + "/oauth/dialog?redirect_uri=" + encodeURIComponent(landing) + "&client_id=" + client +
        "&state=" + state;
      if (options.scope && options.scope.length) url += "&scope=" + encodeURIComponent(options.scope.join(" "));
      popup = window.open(url, "_blank", "width=660,height=480");
    }
  };
})();
`;
}
