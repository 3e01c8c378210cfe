// The hosted script: sign in with Stack Exchange by one tag, in browsers from IE 9 on.
//
// It takes `window` as a parameter, which is shorter where it is used often: to put `SE` on it, and to ask it for what a page's
// own variables may hide (`open`, `crypto`) or old browsers lack (`File`). Other globals would cost more as a parameter, because
// compressors know their names. Lists and functions are in the order that compresses best.
(function (pageWindow: any) {
  var loginUrl: any, latest: any;

  function option(options: any, name: string) {
    return options[name] || missing(name);
  }

  function missing(what: string): any {
    throw Error("needs " + what);
  }

  pageWindow.SE = {
    init: function (options: any) {
      var link: any = document.createElement("a"),
        complete = option(options, "complete"),
        channelUrl = option(options, "channelUrl"),
        clientId = option(options, "clientId"),
        origin: any;

      // Security: whole origins are compared, so that http://a.com.evil does not pass for http://a.com.
      // Support: IE, whose links have no `origin`. There the comparison is left to the server. IE 11 has location.origin, so the
      // page's origin is read from a link, too.
      link.href = location;
      origin = link.origin;
      link.href = channelUrl;
      if (origin != link.origin) missing("channelUrl=" + origin);
      // Support: IE 9, whose timers hand no arguments on.
      setTimeout(function () {
        complete({ version: BUILD_NUMBER });
      });
      loginUrl =
        LOGIN_ORIGIN +
        "/oauth/dialog?redirect_uri=" +
        encodeURIComponent(
          LOGIN_ORIGIN +
            "/oauth/login_success?assisted=" +
            clientId +
            "&protocol=" +
            location.protocol.split(":")[0] +
            "&proxy=" +
            // A link's text is its whole address.
            encodeURIComponent(link),
        ) +
        "&client_id=" +
        clientId +
        "&state=";
    },

    authenticate: function (options: any) {
      var popup: any,
        closedTicks = 0,
        session: any,
        // Security: 128 bits that nobody can guess, joined with commas by Array's join, because the first typed arrays have none.
        // Support: IE, which has no `crypto` of that name. Text, because old engines do not read back each number that they write.
        state: any = pageWindow.crypto
          ? [].join.call(pageWindow.crypto.getRandomValues(new Uint16Array(8)) as any)
          : "" + Math.random(),
        scope = options.scope || [],
        // The accounts so far, where they are asked for.
        networkUsers = options.networkUsers && [],
        error: any = options.error,
        success = option(options, "success"),
        page = 1,
        answer: any,
        timer: any;

      function fail(name?: string, message?: string) {
        if (error) error({ errorName: (name = name || "network_error"), errorMessage: message || name });
      }

      // Fetches one page of accounts. Support: IE 9 cannot ask another origin with a header: open() throws, a network_error.
      function load() {
        var request: any = new XMLHttpRequest();
        request.onloadend = function (this: any) {
          var answer: any, message: any, name: any;
          // `this` is the request, for 2 B less than its name. trim() gives back a string, and throws for what is none.
          try {
            answer = JSON.parse(this.response);
            name = answer.error_name.trim();
            message = answer.error_message.trim();
          } catch {}
          if (answer && answer.items) {
            session.networkUsers = networkUsers = networkUsers.concat(answer.items);
            // An empty page is the last one, whatever it says: a broken answer must not be asked for again for ever.
            if (answer.has_more && answer.items[0]) setTimeout(load, answer.backoff * 1000);
            else success(session);
          } else fail(name, message);
        };
        try {
          request.open("GET", API_URL + "/me/associated?pagesize=100&page=" + page++);
          request.setRequestHeader("Authorization", "Bearer " + value("access_token"));
          request.timeout = 30000;
          request.send();
        } catch {
          fail();
        }
      }

      if (!loginUrl) missing("init");
      if (!scope.join) missing("scope[]");
      latest = state;
      // Support: Firefox throws in a sandboxed frame without allow-popups; others give null or undefined.
      // Security: the window has no name, because any page in it could read one.
      try {
        popup = pageWindow.open(
          loginUrl + state + (scope[0] ? "&scope=" + encodeURIComponent(scope.join(" ")) : ""),
          "",
          "width=660,height=480",
        );
        addEventListener("message", check);
      } catch {}

      // The value of `name` in the answer, decoded. One catch serves an answer that is no string, a name that is not there
      // and an escape that does not decode: each gives undefined. Security: nothing from the answer becomes a property name.
      function value(name: string): any {
        try {
          return decodeURIComponent(
            answer
              .match("[#&]" + name + "=([^&]+)")[1]
              .split("+")
              .join(" "),
          );
        } catch {}
      }

      // Called with each message, and each 50 ms without one. Each end of the popup is put as an answer, so that one path
      // cleans up, and comes after authenticate() has returned. An older login hears a newer one's message first, so it ends first.
      //
      // Security: the origin stops other sites, the source other windows, the state answers to other logins. A popup that was cut off
      // by COOP reads as closed while the user is in it, but then this page has no focus. Nine ticks let the message of a
      // popup that closes itself arrive. Where there is no event, or no frame yet, the answer throws and stays what it was.
      function check(event?: any) {
        try {
          answer = !popup
            ? "&error=popup_blocked&state=" + state
            : latest != state || (!event && popup.closed && document.hasFocus() && closedTicks++ > 7)
              ? "&error=popup_closed&state=" + state
              : pageWindow.File
                ? LOGIN_ORIGIN == event.origin && event.source == popup && event.data
                : // Support: IE 9, whose postMessage does not reach another window: the answer is the address of a frame of our own
                  // origin in the popup. Only IE 9 has no File. Security: others do not look,
                  // because any page in the popup could hold such a frame, with the state alone against it.
                  popup["se-api-frame"].location.hash;
        } catch {}
        if (state == value("state")) {
          clearInterval(timer);
          if (popup) popup.close();
          removeEventListener("message", check);
          if (value("access_token")) {
            session = {
              accessToken: value("access_token"),
              expirationDate: value("expires") && new Date(+new Date() + value("expires") * 1000),
            };
            if (networkUsers) load();
            else success(session);
          } else fail(value("error"), value("error_description"));
        }
      }

      timer = setInterval(check, 50);
    },
  };
})(window);
