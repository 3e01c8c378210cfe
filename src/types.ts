/** Which app this is. Any other property is ignored. */
export interface InitOptions {
  /** The app's client id, from its page on https://stackapps.com/apps/oauth. */
  clientId: number | string;
  /** @deprecated No longer needed since June 2026: it is accepted, and neither kept nor sent. */
  key?: string | undefined;
  /**
   * An address on this page's own origin (scheme, host and port), such as `/blank`. The answer is sent to that origin, and the
   * server checks that its host is on the app's OAuth domain. The module's browsers never load it.
   */
  channelUrl: string;
  /** Called once, in a later turn, when everything is ready. The click is over by then: open no window from it. */
  complete?: ((ready: Ready) => void) | undefined;
}

/** Which app this is, for the hosted script. */
export interface ScriptInitOptions extends InitOptions {
  /**
   * The address of a blank, fast page on this page's own origin (scheme, host and port), such as `/blank`. The answer is sent to that
   * origin, and the server checks that its host is on the app's OAuth domain. Only IE 9 loads the page.
   */
  channelUrl: string;
  /** Called once, in a later turn, when everything is ready. The click is over by then: open no window from it. */
  complete: (ready: Ready) => void;
}

/** What `complete` is given. */
export interface Ready {
  /** The build's number, for bug reports. Depend neither on its format nor on its value. */
  version: string;
}

/**
 * A permission to ask for.
 *
 * `no_expiry` keeps the token valid until the user takes it back; `write_access` and `private_info` need API 2.1 or newer.
 * See https://api.stackexchange.com/docs/authentication#scope
 */
export type Scope = "read_inbox" | "no_expiry" | "write_access" | "private_info" | (string & {});

/** One login. */
export interface AuthenticateOptions {
  /** Called with the token when the user approves. */
  success: (session: Session) => void;
  /** Called when the login ends in any other way; without it, such an end is silent. */
  error?: ((failure: AuthError) => void) | undefined;
  /** Permissions beyond the user's identity; without it or empty, the identity alone. */
  scope?: readonly Scope[] | undefined;
  /** Also fetch all of the user's accounts on the network. */
  networkUsers?: boolean | undefined;
}

/** One login with `networkUsers: true`: `success` is given the accounts. */
export interface AuthenticateWithUsersOptions extends Omit<AuthenticateOptions, "success" | "networkUsers"> {
  /** Called with the token and the accounts when the user approves. */
  success: (session: SessionWithUsers) => void;
  /** Fetches all of the user's accounts on the network. */
  networkUsers: true;
}

/** One login by the hosted script. */
export interface ScriptAuthenticateOptions extends Omit<AuthenticateOptions, "error"> {
  /** Called when the login ends in any other way; without it, such an end is silent. */
  error?: ((failure: Failure) => void) | undefined;
  /** Also fetch all of the user's accounts on the network. IE 9 cannot: there the login ends in `network_error`. */
  networkUsers?: boolean | undefined;
}

/** One login by the hosted script with `networkUsers: true`: `success` is given the accounts. */
export interface ScriptAuthenticateWithUsersOptions
  extends Omit<ScriptAuthenticateOptions, "success" | "networkUsers"> {
  /** Called with the token and the accounts when the user approves. */
  success: (session: SessionWithUsers) => void;
  /** Fetches all of the user's accounts on the network. IE 9 cannot: there the login ends in `network_error`. */
  networkUsers: true;
}

/** One login by the module's `login()`, whose promise gives a Session; with `networkUsers: true`, a SessionWithUsers. */
export interface LoginOptions extends Pick<AuthenticateOptions, "scope" | "networkUsers"> {
  /**
   * Cancels the login: within 50 ms the popup closes, everything is removed, and the promise rejects with the signal's
   * reason, or with an Error named AbortError in browsers without one. A page that is hidden or going away has slower
   * timers: there the popup may stay.
   */
  signal?: AbortSignal | undefined;
}

/** A successful login. */
export interface Session {
  /** Sent with API requests: `Authorization: Bearer <accessToken>`. Keep it in memory, and out of addresses. */
  accessToken: string;
  /** When the token expires, or a little later; undefined with the scope `no_expiry`. */
  expirationDate: Date | undefined;
  /** All accounts, in the API's order, possibly none; undefined unless `networkUsers` asked for them. */
  networkUsers: NetworkUser[] | undefined;
}

/** A successful login with `networkUsers: true`. */
export interface SessionWithUsers extends Session {
  /** All accounts, in the API's order, possibly none. */
  networkUsers: NetworkUser[];
}

/** An account on one site. See https://api.stackexchange.com/docs/types/network-user */
export interface NetworkUser {
  /** The site's name, such as "Stack Overflow". */
  site_name: string;
  /** The site's address, such as "https://stackoverflow.com". */
  site_url: string;
  /** The user's id on that site. */
  user_id: number;
  /** The user's id on the whole network; the same in every item. */
  account_id: number;
  /** The user's reputation on that site. */
  reputation: number;
  /** How many badges of each kind the user has on that site. */
  badge_counts: { bronze: number; silver: number; gold: number };
  /** When the account was made: Unix time, in seconds. */
  creation_date: number;
  /** When the user last visited that site: Unix time, in seconds. */
  last_access_date: number;
  /** How many answers the user has on that site. */
  answer_count: number;
  /** How many questions the user has on that site. */
  question_count: number;
}

/**
 * Why a login ended without a token.
 *
 * The SDK's own; the dialog's, which are RFC 6749, section 4.2.2.1; and the API's, when it was asked for accounts:
 * https://api.stackexchange.com/docs/error-handling
 */
export type ErrorName =
  // The SDK's own
  /** No popup opened: `authenticate` was not called in a click, or a sandboxed frame forbids popups. */
  | "popup_blocked"
  /**
   * The user closed the popup before it answered, or a newer login replaced this one. Reported within a second once the page has
   * the focus; in a frame, once that frame has it.
   */
  | "popup_closed"
  /**
   * The API cannot be reached, does not answer within 30 seconds, or sends neither accounts nor an error; or the dialog's
   * answer has neither a token nor an error. IE 9: always, with `networkUsers`.
   */
  | "network_error"
  // The dialog's
  /** The user rejected the request. From the API: the token is unknown or expired. */
  | "access_denied"
  /** A parameter is missing, malformed or repeated. */
  | "invalid_request"
  /** The client side flow is off in the app's settings. */
  | "unauthorized_client"
  /** The server does not give tokens this way. */
  | "unsupported_response_type"
  /** A scope is unknown or malformed. */
  | "invalid_scope"
  /** The server failed unexpectedly. */
  | "server_error"
  /** The server or the API is overloaded or under repair: try again later. */
  | "temporarily_unavailable"
  // The API's
  /** 400: a parameter is invalid; the message names it. */
  | "bad_parameter"
  /** 401: no token was sent. */
  | "access_token_required"
  /** 402: the token is malformed. */
  | "invalid_access_token"
  /** 404: there is no such method. */
  | "no_method"
  /** 405: the method needs a request key. */
  | "key_required"
  /** 406: the token was sent over plain HTTP; the server has made it invalid. */
  | "access_token_compromised"
  /** 500: the API failed unexpectedly. */
  | "internal_error"
  /** 502: too many requests; the message says how long to wait. */
  | "throttle_violation"
  | (string & {});

/** A failed login. */
export interface Failure {
  /** What happened, for code. */
  errorName: ErrorName;
  /** What happened, for a developer; the same as `errorName` when no message was sent. */
  errorMessage: string;
}

/**
 * Why a login of the module failed: `login()` rejects with it, and `authenticate` gives it to `error`.
 *
 * A DOMException, and so an Error, that is a Failure too; its `message` is the `errorMessage`. There is no class AuthError for
 * `instanceof`: check `error.name === "AuthError"`.
 */
export interface AuthError extends Error, Failure {
  name: "AuthError";
}

/** The global `SE` of the hosted script. */
export interface StackExchangeAuth {
  /**
   * Tells the SDK which app this is. Call it before anything else; calling it again is fine.
   *
   * Throws an Error that names the option that is missing, or the origin that `channelUrl` must be on; a TypeError without options.
   */
  init(options: ScriptInitOptions): void;
  /**
   * Signs the user in and fetches their accounts: with `networkUsers: true`, `success` is given them. Call it from a click.
   * Otherwise as without accounts.
   */
  authenticate(options: ScriptAuthenticateWithUsersOptions): void;
  /**
   * Signs the user in, in a popup of 660 by 480 pixels. Call it from a click, or the browser blocks the popup.
   *
   * Ends in exactly one call of `success` or `error`, after `authenticate` has returned. A newer login ends an older one whose
   * popup is still open, in `popup_closed`. Throws an Error, and opens nothing, before `init`, without `success`, and when
   * `scope` is not an array.
   */
  authenticate(options: ScriptAuthenticateOptions): void;
}
