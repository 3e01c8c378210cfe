import type {
  AuthenticateOptions,
  AuthenticateWithUsersOptions,
  InitOptions,
  LoginOptions,
  Session,
  SessionWithUsers,
} from "./types";

export type * from "./types";

// A server can import this module: it touches nothing of a browser before the first call.
// `let` everywhere: one word for all declarations compresses better than two.

/**
 * Tells the SDK which app this is. Call it in the browser, before the first login; calling it again is fine.
 *
 * Throws an Error that names the option that is missing, or the origin that `channelUrl` must be on; a TypeError
 * without options, and when `channelUrl` is not an address.
 */
export let init = (options: InitOptions): void => {
  let channelUrl: any = new URL(options.channelUrl || missing("channelUrl"), location as any);

  // Security: whole origins are compared, so that http://a.com.evil does not pass for http://a.com.
  if (location.origin != channelUrl.origin) missing("channelUrl=" + location.origin);
  loginUrl =
    LOGIN_ORIGIN +
    "/oauth/dialog?" +
    new URLSearchParams({
      redirect_uri:
        LOGIN_ORIGIN +
        "/oauth/login_success?" +
        new URLSearchParams({
          assisted: options.clientId || missing("clientId"),
          protocol: location.protocol.slice(0, -1),
          proxy: channelUrl,
        }),
      client_id: options.clientId as string,
    }) +
    "&";
  setTimeout(() => options.complete?.({ version: BUILD_NUMBER }));
};

interface Login {
  /** Signs the user in, and resolves with the token and the user's accounts. Call it from a click; otherwise as without accounts. */
  (options: LoginOptions & { networkUsers: true }): Promise<SessionWithUsers>;
  /**
   * Signs the user in, in a popup, and resolves with the token. Call it from a click, or the browser blocks the popup.
   *
   * Rejects with an {@link AuthError} when the login ends in any other way, with the signal's reason when `signal` aborts,
   * and with another Error, having opened nothing, before `init` and when `scope` is not an array.
   */
  (options?: LoginOptions): Promise<Session>;
}

/**
 * Signs the user in, in a popup, and resolves with the token. Call it from a click, or the browser blocks the popup.
 *
 * Rejects with an {@link AuthError} when the login ends in any other way, with the signal's reason when `signal` aborts (the
 * popup closes, and nothing stays behind), and with another Error, having opened nothing, before `init` and when `scope` is not
 * an array.
 */
export let login: Login = (options?: LoginOptions): Promise<any> =>
  // What throws in there rejects the promise. The popup opens in this turn, which is still the click's.
  new Promise((success, error) => authenticate({ ...options, success, error }));

let /** The dialog's address, ready for the parameters of one login; set by `init`. */
  loginUrl: any,
  /** The state of the newest login: an older one whose popup is still open ends. */
  latest: unknown,
  missing = (what: string): any => {
    throw Error("needs " + what);
  };

interface Authenticate {
  /** Signs the user in: `success` is given the token and the user's accounts. Call it from a click; otherwise as without accounts. */
  (options: AuthenticateWithUsersOptions): void;
  /**
   * Signs the user in, in a popup. Call it from a click, or the browser blocks the popup.
   *
   * Ends in exactly one call of `success` or `error`, after `authenticate` has returned; `error` is given an {@link AuthError}.
   * Throws an Error, and opens nothing, before `init`, without `success`, and when `scope` is not an array.
   */
  (options: AuthenticateOptions): void;
}

/**
 * Signs the user in, in a popup of 660 by 480 pixels. Call it from a click, or the browser blocks the popup.
 *
 * Ends in exactly one call of `success` or `error`, which comes after `authenticate` has returned; `error` is given an
 * {@link AuthError}. A newer login ends an older one whose popup is still open, in `popup_closed`. Throws an Error, and
 * opens nothing, before `init`, without `success`, and when `scope` is not an array.
 */
export let authenticate: Authenticate = (options: any) => {
  let scope = options.scope || [];
  let page = 1;
  let users: any = [];
  let session: any;
  let success = options.success || missing("success");
  let check: (event?: MessageEvent) => void;
  let timer: any;
  let popup: Window | null | undefined;
  let accountsTimer: any;
  // Read once: what the app does to its options later does not reach this login.
  let { signal, networkUsers, error } = options;
  let closedTicks = 0;

  if (!loginUrl) missing("init");
  if (!scope.join) missing("scope[]");
  // Security: 128 random bits. As text the array is four numbers with commas. The page's own `crypto` or `open`
  // may be another variable: the window's are meant.
  let state: any = (latest = window.crypto.getRandomValues(new Uint32Array(4)));

  // Support: Firefox throws in a sandboxed frame without allow-popups; others give null or undefined.
  // Security: the window has no name, because any page in it could read one.
  try {
    if (!signal?.aborted)
      popup = window.open(
        loginUrl + new URLSearchParams({ state, ...(scope[0] && { scope: scope.join(" ") }) }),
        "",
        "width=660,height=480",
      );
  } catch {}

  // The promise makes sure of one end: whatever comes after it changes nothing.
  new Promise((resolve, reject) => {
    // Called with each message, and each 50 ms without one. An older login hears of a newer one's message first, and so ends first.
    check = (event) => {
      let answer: any;
      // One catch for messages of any type, and for a page that hides document.hasFocus.
      try {
        if (signal?.aborted) fail();
        // While its accounts are fetched, nothing but an abort ends it.
        else if (!session)
          if (!popup) fail("popup_blocked");
          else if (
            latest != state ||
            // A popup that was cut off by COOP reads as closed while the user is in it, but then this page has no focus. Nine
            // ticks let the message of a popup that closes itself arrive.
            (!event && document.hasFocus() && popup.closed && closedTicks++ > 7)
          )
            fail("popup_closed");
          // Security: the origin stops other sites, the source other windows, the state answers to other logins.
          else if (LOGIN_ORIGIN == event!.origin && popup == event!.source) {
            answer = new URLSearchParams(event!.data.slice(1));
            if (state == answer.get("state")) {
              session = { accessToken: answer.get("access_token") };
              popup.close();
              if (answer.get("expires"))
                session.expirationDate = new Date(+new Date() + 1000 * answer.get("expires"));
              if (!session.accessToken) fail(answer.get("error"), answer.get("error_description"));
              else if (networkUsers) load();
              else resolve(session);
            }
          }
      } catch {}
    };

    // Fetches one page of accounts. Whatever goes wrong in here, an answer of another shape included, is a network_error.
    let load = () => {
      accountsTimer = setTimeout(fail, 30000);
      fetch(API_URL + "/me/associated?pagesize=100&page=" + page++, {
        signal,
        headers: { Authorization: "Bearer " + session.accessToken },
      })
        .then((response) => response.json())
        .then((answer) => {
          clearTimeout(accountsTimer);
          if (answer.items) {
            users.push(...answer.items);
            session.networkUsers = users;
            // An empty page is the last one, whatever it says: a broken answer must not be asked for again for ever.
            if (answer.items[0] && answer.has_more) accountsTimer = setTimeout(load, 1000 * answer.backoff);
            else resolve(session);
          } else {
            // trim() gives back a string, and throws for what is none.
            fail(answer.error_name.trim(), answer.error_message.trim());
          }
        })
        .catch(() => fail());
    };

    let fail = (name?: string | null, message?: string | null) =>
      reject(
        signal?.aborted
          ? // Support: Chrome <= 97 and Safari <= 15.3 have no reason.
            signal.reason || new DOMException("", "AbortError")
          : // A DOMException has its name from the start. An Error's cannot be set where Error.prototype is frozen.
            Object.assign(new DOMException((message = message || name || "network_error"), "AuthError"), {
              errorMessage: message,
              errorName: name || "network_error",
            }),
      );

    addEventListener("message", check);
    timer = setInterval(check, 50);
  })
    .finally(() => {
      clearTimeout(accountsTimer);
      popup?.close();
      removeEventListener("message", check);
      clearInterval(timer);
      // An answer that comes after the end fails here, and asks for no further page.
      users = 0;
    })
    .then(success, (failure) => error?.(failure));
};
