import type { AuthenticateOptions, InitOptions, StackExchangeAuth } from "./types";

interface Sdk extends StackExchangeAuth {
  /** The module's `signal` cancels a login; the hosted script knows none. */
  authenticate(options: AuthenticateOptions & { signal?: AbortSignal | undefined }): void;
}

/**
 * The whole SDK. It reads in the order in which things happen: what every login shares, `init`, `authenticate`.
 *
 * LEGACY is the hosted script, for browsers from IE 6 on; the module, which is not, asks newer browsers for more.
 * The hosted script is given its page's `window` as a parameter, to put `SE` on it and to ask it for `crypto` and `File`: by
 * name alone those would throw where they are missing. Each further global costs 2 B to 13 B as a parameter, because
 * compressors know the long names too. The module is given an object that the build drops: a server may import it, where
 * there is no window, so it asks for everything by name when it is used. The two other parameters, which nobody passes, are
 * variables for a "var" less; in the module `loginUrl` is not yet text, but what is to become its query.
 *
 * The two are written in the shape that is the smaller in each: arrow functions come out as `function` in the hosted script, and
 * function declarations as arrows in the module (scripts/build/arrows.ts).
 */
export function sdk(pageWindow: any, loginUrl?: any, requestKey?: string): Sdk {
  // One sentence serves everything that must be there or must be so. Two functions of one expression each, because that
  // is the shape of most others: 2 B less than one function with both.
  function missing(what: string): any {
    throw Error("needs " + what);
  }

  // Where there are no options at all, the engine's own TypeError says so, for 2 B less.
  function option(options: any, name: string) {
    return options[name] || missing(name);
  }

  return pageWindow.SE = {
    init: (options: InitOptions) => {
      var
        clientId = option(options, "clientId"),
        // The module's URL makes of it what is compared and what is sent, and throws a TypeError of its own at what is no
        // absolute address.
        channelUrl: any = LEGACY ? option(options, "channelUrl") : new URL(option(options, "channelUrl")),
        complete = option(options, "complete"),
        // Scheme, slashes, host and port, up to where a path, a query or a hash begins; "" of what has no slashes, by
        // the empty alternative. match() makes the pattern from a string, in which no slash needs a backslash. Written
        // out twice: compressors see the second one as a copy, which is less than a function's frame. The same class on both
        // sides of the slashes, for 2 B less with brotli.
        origin = LEGACY ? location.href.toLowerCase().match("[^/?#]*//[^/?#]*|")![0] : location.origin;

      // Security: whole origins are compared, so that http://a.com.evil is not taken for http://a.com.
      //
      // Nothing is kept before everything was checked. Where the origins differ, an option is looked for that is named like the
      // complaint and that nobody has, for 1 B less.
      requestKey = option(options, origin == (LEGACY ? channelUrl.toLowerCase().match("[^/?#]*//[^/?#]*|")![0] : channelUrl.origin) ? "key" : "channelUrl=" + origin);
      if (LEGACY) loginUrl = LOGIN_ORIGIN + "/oauth/dialog?redirect_uri=" + encodeURIComponent(
        LOGIN_ORIGIN + "/oauth/login_success?assisted=" + clientId +
        "&protocol=" + origin.split(":")[0] +
        "&proxy=" + encodeURIComponent(channelUrl)
      ) + "&client_id=" + clientId + "&state=";
      // The same parameters in the same order, encoded as RFC 6749, appendix B, has it, when the popup opens.
      else loginUrl = {
        redirect_uri: LOGIN_ORIGIN + "/oauth/login_success?" + new URLSearchParams({
          assisted: clientId,
          protocol: origin.split(":")[0]!,
          proxy: channelUrl,
        }),
        client_id: clientId,
      };

      // Support: IE <= 9, whose timers hand no arguments on.
      if (LEGACY) setTimeout(function () { complete({ version: BUILD_NUMBER }); }, 1);
      else setTimeout(complete, 1, { version: BUILD_NUMBER });
    },

    authenticate: (options: AuthenticateOptions & { signal?: AbortSignal | undefined }) => {
      var
        // Kept here, so that a change of the options or a second init() does not reach a login under way.
        success = option(options, "success"),
        error: any = options.error,
        signal: any = !LEGACY && options.signal,
        key = requestKey || missing("init"),
        // Three variables hold one thing after another, for 2 B less each: when the second comes, nobody asks for the first
        // any more. The scope goes into the popup's address, before there is data. The popup is closed and its timer
        // cleared before there is a session and, in the module, a time to resume at; until there is one, the timer's
        // number stands for a time long ago.
        //
        // What is no array has no join(), and the engine's own error says that of scope. Nothing is "" or, in the module,
        // undefined: both leave the parameter out.
        scopeThenData = LEGACY ? ((options.scope || []) as any).join(" ") : options.scope?.join(" "),
        users: any = [],
        page = 1,
        // Security: nobody can guess the state: 128 bits in the hosted script, of which running the numbers together loses
        // two on average, and in the module, where the array stands for its text, with three commas. In the hosted script
        // it is the API script's id, too: the "e" makes it an identifier, and Array's join serves the first typed
        // arrays, which had none.
        // Support: IE, which has no crypto of that name. A number from 1e16 to 2e16 is an integer, written without an exponent.
        state: any = LEGACY
          ? "e" + (pageWindow.crypto ? [].join.call(crypto.getRandomValues(new Uint16Array(8)) as any, "") : 1e16 + Math.random() * 1e16)
          : crypto.getRandomValues(new Uint32Array(4)),
        closed: any,
        popupThenSession: any,
        timerThenResume: any;

      // The value of `name` in the answer, decoded. One catch serves an answer that is no string, a name that is
      // not there and an escape that does not decode: each gives undefined. Security: nothing from the answer
      // becomes a property name, and no property that the page may have put on a prototype is read.
      function value(name: string): any {
        try {
          return decodeURIComponent(scopeThenData.match("[#&]" + name + "=([^&]*)")[1].split("+").join(" "));
        } catch {}
      }

      function fail(name?: string, message?: string) {
        if (LEGACY) {
          if (error) error({ errorName: name = name || "network_error", errorMessage: message || name });
        }
        // An Error with a name: a class of our own, for `instanceof`, costs 40 B more. Nobody reads what is returned, but
        // an arrow function that returns needs no braces. "network_error" twice, because to keep the name costs 2 B more.
        else return error?.(
          signal?.aborted ? signal.reason
            : Object.assign(Error(message = message || name || "network_error"), { name: "AuthError", errorName: name || "network_error", errorMessage: message })
        );
      }

      // Asks for one page of accounts.
      function load() {
        var script: any = LEGACY && document.createElement("script");

        // Called with what the API answered. Anything else, such as an event, has neither items nor an error's name, and
        // that makes a network_error: a load event that no answer came before is one, too.
        var receive = (answer?: any) => {
          if (LEGACY) {
            // Emptied after the first call: the load event follows the answer, and IE 9 sends two events.
            // Support: IE <= 8. It has neither load nor error events: its readyState says "loading", then "loaded" or "complete".
            if (!script || script.readyState == "loading") return;
            document.body.removeChild(script);
            script = 0;
          }
          if (LEGACY && !answer) fail();
          else if (LEGACY ? answer.items : answer?.items) {
            popupThenSession.networkUsers = users = users.concat(answer.items);
            // Support: IE <= 8, whose timers want a number. No backoff is NaN, and 0 by the last operator.
            if (answer.has_more)
              if (LEGACY) setTimeout(load, answer.backoff * 1000 | 0);
              // An argument that nobody takes, here and of close() below, is a statement less: 2 B.
              else (load as any)(timerThenResume = +new Date() + answer.backoff * 1000);
            else success(popupThenSession);
          }
          else if (LEGACY) fail(answer.error_name, answer.error_message);
          else fail(answer?.error_name, answer?.error_message);
        }

        if (LEGACY) {
          // The callback is the script's own handler, found by the script's id: gone with the script, and 1 B less than a
          // property to put somewhere and to delete. Nothing of the page's can have the name.
          // Support: by "document.scripts", which every browser has (HTML, HTMLCollection; IE had it first). The id as a global
          // variable is 5 B less, but Chromium and WebKit have none in documents served as XML. "document.all" is 1 B less, but
          // a form or an image of that name, which is no rare word, would stand in its place.
          script.id = state;
          script.onreadystatechange = script.onerror = script.onload = receive;
          // In the document before it has an address, so that a Trusted Types policy's exception ends the login like
          // any script that cannot load.
          document.body.appendChild(script);
          try { script.src = API_ORIGIN + "/2.0/me/associated?key=" + encodeURIComponent(key) + "&pagesize=100&page=" + page++ + "&callback=document.scripts." + state + ".onload&access_token=" + encodeURIComponent(value("access_token")); } catch { script.onerror(); }
        }
        // A backoff is waited for in steps, so that an abort is seen within 50 ms. No backoff is NaN, which nothing is less than.
        else return new Date() < timerThenResume && !signal?.aborted
          ? setTimeout(load, 50)
          : fetch(API_ORIGIN + "/2.0/me/associated?" + new URLSearchParams({ access_token: scopeThenData.get("access_token"), key: key, page: page++, pagesize: 100 } as any), { signal: signal }).then((response) => response.json()).then(receive, () => fail());
      }

      // Called with each message, and each 50 ms without one. Every way to end that has a popup leads through here.
      //
      // Security: the origin stops other sites, the source stops other windows, the state stops answers to other logins.
      // A popup cut off by COOP says that it is closed while the user is in it, but then this page has no focus. It
      // counts as closed after nine ticks running, which lets the message of a popup that closes itself arrive. The
      // end is put as an answer, so that one path cleans up.
      function check(event?: any) {
        if (LEGACY) {
          // Support: IE <= 9. Its postMessage does not reach another window, so the answer is the address of a frame of
          // our own origin in the popup; IE's windows are their own collections of frames (IHTMLWindow2). A frame that is
          // not there throws, one that is loading throws or gives "": the next tick looks again. Only IE <= 9 has no File; all
          // others had it by 2011. Security: who has it does not look, because any page that the popup went to can hold such
          // a frame, and then the state alone would stand against it.
          try {
            scopeThenData = event ? popupThenSession == event.source && event.origin == LOGIN_ORIGIN && event.data
              : (closed = document.hasFocus() && popupThenSession.closed && -~closed) == 9 ? "&error=popup_closed&state=" + state
              : pageWindow.File || popupThenSession["se-api-frame"].location.hash;
          } catch {}
        }
        // URLSearchParams keeps the same promises as value() does, but for an escape that does not decode, which it leaves. The state
        // on the left in the module, for 2 B less with brotli.
        if (LEGACY ? value("state") == state : state == (scopeThenData = new URLSearchParams(signal?.aborted || !event && (closed = document.hasFocus() && popupThenSession.closed && -~closed) > 8
          ? { state: state, error: "popup_closed" }
          : event?.origin == LOGIN_ORIGIN && event.source == popupThenSession && (event.data + "").slice(1) as any)).get("state")) {
          // Support: IE <= 8, which has no removeEventListener.
          if (LEGACY) try { removeEventListener("message", check); } catch {}
          if (LEGACY) popupThenSession.close(clearInterval(timerThenResume));
          else popupThenSession.close(clearInterval(timerThenResume), removeEventListener("message", check));
          if (LEGACY ? value("access_token") : scopeThenData.get("access_token")) {
            popupThenSession = LEGACY ? {
              accessToken: value("access_token"),
              expirationDate: value("expires") && new Date(+new Date() + value("expires") * 1000)
            } : { accessToken: scopeThenData.get("access_token") };
            // Not a part of the literal, where it would have to be spread to stay away: 2 B less with brotli.
            if (!LEGACY && scopeThenData.get("expires")) popupThenSession.expirationDate = new Date(+new Date() + scopeThenData.get("expires") * 1000);
            if (options.networkUsers) load();
            else success(popupThenSession);
          }
          else if (LEGACY) fail(value("error"), value("error_description"));
          else fail(scopeThenData.get("error"), scopeThenData.get("error_description"));
        }
      }

      // The name "" means "_blank" (HTML, window open steps) for 5 B less. Security: any page in the popup could read a
      // name, so the state is none.
      // Support: Firefox throws in a sandboxed frame without allow-popups; others give null or undefined.
      try {
        if (LEGACY) {
          popupThenSession = open(loginUrl + state + (scopeThenData && "&scope=" + encodeURIComponent(scopeThenData)), "", "width=660,height=480");
          // Support: IE <= 8, which has no addEventListener. A message comes in a later turn: it is early enough to listen now.
          if (popupThenSession) addEventListener("message", check);
        }
        else if (!signal?.aborted) popupThenSession = open(LOGIN_ORIGIN + "/oauth/dialog?" + new URLSearchParams({ ...loginUrl, state: state, ...scopeThenData && { scope: scopeThenData } }), "", "width=660,height=480");
      } catch {}

      if (popupThenSession) {
        if (LEGACY) timerThenResume = setInterval(check, 50);
        // What check() is called with is undefined, as it is without it.
        else timerThenResume = setInterval(check, 50, addEventListener("message", check));
      }
      else fail("popup_blocked");
    }
  };
}
