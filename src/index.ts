import { sdk } from "./sdk";
import type { AuthError, AuthenticateOptions, LoginOptions, Session, StackExchangeAuth } from "./types";

export type * from "./types";

// A server can import the module: nothing of a browser is asked for before the first call.
const client = sdk({});

/**
 * Tells the SDK which app this is. Call it before anything else; calling it again is fine.
 *
 * Throws an Error naming the option that is missing, or the origin on which `channelUrl` must be; the engine's TypeError when
 * there are no options at all; and URL's TypeError when `channelUrl` is no absolute address.
 */
export const init: StackExchangeAuth["init"] = client.init;

/**
 * Signs the user in, in a popup of 660 by 480 pixels. Call it from a click, or the browser blocks the popup.
 *
 * Ends in exactly one call of `success` or `error`, which is given an {@link AuthError}. Throws an Error, and opens
 * nothing, before `init`, without `success`, and when `scope` is not an array.
 */
export const authenticate: StackExchangeAuth["authenticate"] = client.authenticate;

/**
 * Signs the user in like `authenticate`, and resolves with the session. Call it from a click.
 *
 * Rejects with an {@link AuthError} when the login ends in any other way, with the signal's reason when `signal` aborts
 * (the popup is then closed and everything removed), and with another Error, having opened nothing, before `init` and
 * when `scope` is not an array.
 */
export const login = (options?: LoginOptions): Promise<Session> =>
  // What throws in there rejects the promise. The popup opens in this turn, which is still the click's.
  new Promise((success, error) => authenticate({ ...options, success, error } as AuthenticateOptions));
