// The hosted script. It reads in the order in which things happen: what every login shares, `init`, `authenticate`.
(function (pageWindow: any, loginUrl?: any, requestKey?: string) {
  function option(options: any, name: string) {
    return options[name] || missing(name);
  }

  function missing(what: string): any {
    throw Error("needs " + what);
  }

  pageWindow.SE = {
    init: function (options: any) {
      var clientId = option(options, "clientId"),
        channelUrl = option(options, "channelUrl"),
        complete = option(options, "complete"),
        origin = location.href.toLowerCase().match("[^/?#]*//[^/?#]*|")![0];

      requestKey = option(
        options,
        origin == channelUrl.toLowerCase().match("[^/?#]*//[^/?#]*|")![0] ? "key" : "channelUrl=" + origin,
      );
      loginUrl =
        LOGIN_ORIGIN +
        "/oauth/dialog?redirect_uri=" +
        encodeURIComponent(
          LOGIN_ORIGIN +
            "/oauth/login_success?assisted=" +
            clientId +
            "&protocol=" +
            origin.split(":")[0] +
            "&proxy=" +
            encodeURIComponent(channelUrl),
        ) +
        "&client_id=" +
        clientId +
        "&state=";
      setTimeout(function () {
        complete({ version: BUILD_NUMBER });
      }, 1);
    },

    authenticate: function (options: any) {
      var success = option(options, "success"),
        error: any = options.error,
        timerThenResume: any,
        key = requestKey || missing("init"),
        scopeThenData = (options.scope || []).join(" "),
        popupThenSession: any,
        closed: any,
        users: any = [],
        page = 1,
        state: any =
          "e" +
          (pageWindow.crypto
            ? [].join.call(crypto.getRandomValues(new Uint16Array(8)) as any, "")
            : 1e16 + Math.random() * 1e16);

      try {
        popupThenSession = open(
          loginUrl + state + (scopeThenData && "&scope=" + encodeURIComponent(scopeThenData)),
          "",
          "width=660,height=480",
        );
        if (popupThenSession) addEventListener("message", check);
      } catch {}

      function value(name: string): any {
        try {
          return decodeURIComponent(
            scopeThenData
              .match("[#&]" + name + "=([^&]*)")[1]
              .split("+")
              .join(" "),
          );
        } catch {}
      }

      function load() {
        var script: any = document.createElement("script");
        script.id = state;
        script.onreadystatechange =
          script.onerror =
          script.onload =
            function (answer?: any) {
              if (!script || script.readyState == "loading") return;
              document.body.removeChild(script);
              script = 0;
              if (!answer) fail();
              else if (answer.items) {
                popupThenSession.networkUsers = users = users.concat(answer.items);
                if (answer.has_more) setTimeout(load, (answer.backoff * 1000) | 0);
                else success(popupThenSession);
              } else fail(answer.error_name, answer.error_message);
            };
        document.body.appendChild(script);
        try {
          script.src =
            API_ORIGIN +
            "/2.0/me/associated?key=" +
            encodeURIComponent(key) +
            "&pagesize=100&page=" +
            page++ +
            "&callback=document.scripts." +
            state +
            ".onload&access_token=" +
            encodeURIComponent(value("access_token"));
        } catch {
          script.onerror();
        }
      }

      function fail(name?: string, message?: string) {
        if (error) error({ errorName: (name = name || "network_error"), errorMessage: message || name });
      }

      function check(event?: any) {
        try {
          scopeThenData = event
            ? popupThenSession == event.source && event.origin == LOGIN_ORIGIN && event.data
            : (closed = document.hasFocus() && popupThenSession.closed && -~closed) == 9
              ? "&error=popup_closed&state=" + state
              : pageWindow.File || popupThenSession["se-api-frame"].location.hash;
        } catch {}
        if (value("state") == state) {
          try {
            removeEventListener("message", check);
          } catch {}
          popupThenSession.close(clearInterval(timerThenResume));
          if (value("access_token")) {
            popupThenSession = {
              accessToken: value("access_token"),
              expirationDate: value("expires") && new Date(+new Date() + value("expires") * 1000),
            };
            if (options.networkUsers) load();
            else success(popupThenSession);
          } else fail(value("error"), value("error_description"));
        }
      }

      if (popupThenSession) timerThenResume = setInterval(check, 50);
      else fail("popup_blocked");
    },
  };
})(window);
