/** What each fault leads to, as the playground promises; tested. */

/** Ends that need the user's hand: no answer is taken, so they close the popup. */
const CLOSE = { outcome: "popup_closed", by: "once you close the popup" };
const FINE = { outcome: "success", by: "" };
const API = { outcome: "network_error", by: "with networkUsers" };

/** The API's names, by the number that the fault is set to. */
const API_ERRORS = {
  400: "bad_parameter",
  401: "access_token_required",
  402: "invalid_access_token",
  403: "access_denied",
  404: "no_method",
  405: "key_required",
  406: "access_token_compromised",
  500: "internal_error",
  502: "throttle_violation",
  503: "temporarily_unavailable",
};

const PROMISES = {
  dialogError: (value) => ({ outcome: value, by: "at once" }),
  wrongState: () => CLOSE,
  badEscape: () => ({ outcome: "network_error", by: "for the answer holds nothing that decodes" }),
  tokenSeconds: () => ({ ...FINE, by: "and the API refuses the token later" }),
  coop: (value) => (value === "dialog" ? { ...CLOSE, by: `${CLOSE.by}, if the dialog was shown` } : CLOSE),
  late: () => ({ ...FINE, by: "after the wait" }),
  twice: () => ({ ...FINE, by: "once; the second message is refused" }),
  never: () => CLOSE,
  wrongOrigin: () => CLOSE,
  closes: () => FINE,
  slowFrame: () => ({ ...FINE, by: "after the wait, with the hidden frame" }),
  apiSlow: () => ({ ...FINE, by: "after the wait, with networkUsers" }),
  apiDropped: () => API,
  apiPreflight: () => API,
  apiNoJson: () => API,
  apiEndless: () => ({ ...API, by: "after 30 s, with networkUsers" }),
  apiEmptyPages: () => ({ ...FINE, by: "with what came before, for an empty page is the last" }),
  apiError: (value) => ({ outcome: API_ERRORS[value], by: "with networkUsers" }),
  apiBackoff: () => ({ ...FINE, by: "after a wait before each further page, with networkUsers" }),
};

/** What the fault `name`, set to `value`, leads to: "success" or an errorName, and how. Undefined for an unknown fault. */
export const promiseOf = (name, value) => PROMISES[name]?.(value);
