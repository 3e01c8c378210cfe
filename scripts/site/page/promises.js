/** What each fault leads to, as the playground promises; tested. */

const FINE = "success";
/** No answer is taken: such an end needs the user's hand. */
const CLOSE = { outcome: "popup_closed", by: "once you close the popup" };
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

/** What the fault `name`, set to `value`, leads to: "success" or an errorName, and how. */
export function promiseOf(name, value) {
  const promises = {
    dialogError: { outcome: value, by: "at once" },
    wrongState: CLOSE,
    badEscape: { outcome: "network_error", by: "for the answer holds nothing that decodes" },
    tokenSeconds: { outcome: FINE, by: "and the API refuses the token later" },
    coop: value === "dialog" ? { ...CLOSE, by: `${CLOSE.by}, if the dialog was shown` } : CLOSE,
    late: { outcome: FINE, by: "after the wait" },
    twice: { outcome: FINE, by: "once; the second message is refused" },
    never: CLOSE,
    wrongOrigin: CLOSE,
    closes: { outcome: FINE, by: "" },
    slowFrame: { outcome: FINE, by: "after the wait, with the hidden frame" },
    apiSlow: { outcome: FINE, by: "after the wait, with networkUsers" },
    apiDropped: API,
    apiPreflight: API,
    apiNoJson: API,
    apiEndless: { ...API, by: "after 30 s, with networkUsers" },
    apiEmptyPages: { outcome: FINE, by: "with what came before, for an empty page is the last" },
    apiError: { outcome: API_ERRORS[value], by: "with networkUsers" },
    apiBackoff: { outcome: FINE, by: "after a wait before each further page, with networkUsers" },
  };
  return promises[name];
}
