/** The API's errors: id, name, when it happens, and what it says unless the request makes it more precise. */
export const API_ERRORS: readonly (readonly [id: number, name: string, when: string, message: string])[] = [
  [400, "bad_parameter", "An invalid parameter was passed", "parameter"],
  [401, "access_token_required", "No access_token was passed", "This method requires an access_token"],
  [402, "invalid_access_token", "The access_token is malformed", "`access_token` is not valid."],
  [
    403,
    "access_denied",
    "The access_token is unknown or has expired",
    "passed `access_token` was not found, or has expired.",
  ],
  [404, "no_method", "No such method", "no method found with this name"],
  [
    405,
    "key_required",
    "An access_token was passed without a key; nothing asks for one since June 2026",
    "`key` is required when `access_token` is passed.",
  ],
  [
    406,
    "access_token_compromised",
    "The access_token was sent over plain HTTP",
    "Access token sent over non-HTTPS request, it has been invalidated",
  ],
  [500, "internal_error", "Something broke inside", "an error occurred"],
  [
    502,
    "throttle_violation",
    "Too many requests",
    "too many requests from this IP, more requests available in 30 seconds",
  ],
  [
    503,
    "temporarily_unavailable",
    "The API is unavailable for now: back off",
    "the API is temporarily unavailable, please back off",
  ],
];

/** Ends a call with the error of this id, which must be one of the API's. */
export class Refusal extends Error {
  /** What the wrapper says of it. */
  readonly fields: object;

  constructor(error_id: number, message?: string) {
    const [, error_name, , usual] = API_ERRORS.find(([id]) => id === error_id)!;
    super(message ?? usual);
    this.fields = { error_id, error_name, error_message: this.message };
  }
}
