import type { AuthenticateOptions, InitOptions, LoginOptions, Session } from "./types";

export type * from "./types";

var option = (options: any, name: string) => options[name] || missing(name),
  missing = (what: string): any => {
    throw Error("needs " + what);
  },
  requestKey: any,
  loginUrl: any;

/**
 * Tells the SDK which app this is. Call it before anything else; calling it again is fine.
 *
 * Throws an Error naming the option that is missing, or the origin on which `channelUrl` must be; the engine's TypeError when
 * there are no options at all; and URL's TypeError when `channelUrl` is no absolute address.
 */
export var init = (options: InitOptions): void => {
    var clientId = option(options, "clientId"),
      channelUrl: any = new URL(option(options, "channelUrl")),
      complete = option(options, "complete"),
      origin = location.origin;

    requestKey = option(options, origin == channelUrl.origin ? "key" : "channelUrl=" + origin);
    loginUrl = {
      redirect_uri:
        LOGIN_ORIGIN +
        "/oauth/login_success?" +
        new URLSearchParams({
          assisted: clientId,
          protocol: origin.split(":")[0]!,
          proxy: channelUrl,
        }),
      client_id: clientId,
    };
    setTimeout(complete, 1, { version: BUILD_NUMBER });
  },
  /**
   * Signs the user in, in a popupThenSession of 660 by 480 pixels. Call it from a click, or the browser blocks the popupThenSession.
   *
   * Ends in exactly one call of `success` or `error`, which is given an AuthError. Throws an Error, and opens
   * nothing, before `init`, without `success`, and when `scope` is not an array.
   */
  authenticate = (options: AuthenticateOptions & { signal?: AbortSignal | undefined }): void => {
    var success = option(options, "success"),
      { error, signal } = options as any,
      closed: any,
      popupThenSession: any,
      key = requestKey || missing("init"),
      scopeThenData: any = options.scope?.join(" "),
      page = 1,
      users: any = [],
      state: any = crypto.getRandomValues(new Uint32Array(4)),
      fail = (name?: string, message?: string) =>
        error?.(
          signal?.aborted
            ? signal.reason
            : Object.assign(Error((message = message || name || "network_error")), {
                errorName: name || "network_error",
                name: "AuthError",
                errorMessage: message,
              }),
        ),
      load: any = () =>
        new Date() < timerThenResume && !signal?.aborted
          ? setTimeout(load, 50)
          : fetch(
              API_ORIGIN +
                "/2.0/me/associated?" +
                new URLSearchParams({
                  access_token: scopeThenData.get("access_token"),
                  pagesize: 100,
                  key,
                  page: page++,
                } as any),
              { signal },
            )
              .then((response) => response.json())
              .then(
                (answer: any) =>
                  answer?.items
                    ? ((popupThenSession.networkUsers = users = users.concat(answer.items)),
                      answer.has_more
                        ? load((timerThenResume = +new Date() + answer.backoff * 1000))
                        : success(popupThenSession))
                    : fail(answer?.error_name, answer?.error_message),
                () => fail(),
              ),
      check = (event?: any) =>
        state ==
          (scopeThenData = new URLSearchParams(
            signal?.aborted ||
              (!event && 8 < (closed = document.hasFocus() && popupThenSession.closed && (-~closed as any)))
              ? { error: "popup_closed", state }
              : event?.origin == LOGIN_ORIGIN &&
                  event.source == popupThenSession &&
                  ((event.data + "").slice(1) as any),
          )).get("state") &&
        (popupThenSession.close(clearInterval(timerThenResume), removeEventListener("message", check)),
        scopeThenData.get("access_token")
          ? ((popupThenSession = { accessToken: scopeThenData.get("access_token") }),
            scopeThenData.get("expires") &&
              (popupThenSession.expirationDate = new Date(+new Date() + scopeThenData.get("expires") * 1000)),
            options.networkUsers ? load() : success(popupThenSession))
          : fail(scopeThenData.get("error"), scopeThenData.get("error_description"))),
      timerThenResume: any;

    try {
      if (!signal?.aborted)
        popupThenSession = open(
          LOGIN_ORIGIN +
            "/oauth/dialog?" +
            new URLSearchParams({ ...loginUrl, state, ...(scopeThenData && { scope: scopeThenData }) }),
          "",
          "width=660,height=480",
        );
    } catch {}

    if (popupThenSession) timerThenResume = setInterval(check, 50, addEventListener("message", check));
    else fail("popup_blocked");
  },
  /**
   * Signs the user in like `authenticate`, and resolves with the session. Call it from a click.
   *
   * Rejects with an AuthError when the login ends in any other way, with the signal's reason when `signal` aborts
   * (the popupThenSession is then closed and everything removed), and with another Error, having opened nothing, before `init` and
   * when `scope` is not an array.
   */
  login = (options?: LoginOptions): Promise<Session> =>
    // What throws in there rejects the promise. The popupThenSession opens in this turn, which is still the click's.
    new Promise((success, error) => authenticate({ ...options, success, error } as AuthenticateOptions));
