/** The API's errors: `id`, its name, when it happens, and what it says unless the request makes it more precise. */
export interface ApiError {
  id: number;
  name: string;
  when: string;
  message: string;
}

export const API_ERRORS: readonly ApiError[] = [
  { id: 400, name: "bad_parameter", when: "An invalid parameter was passed", message: "parameter" },
  {
    id: 401,
    name: "access_token_required",
    when: "No access_token was passed",
    message: "This method requires an access_token",
  },
  {
    id: 402,
    name: "invalid_access_token",
    when: "The access_token is malformed",
    message: "`access_token` is not valid.",
  },
  {
    id: 403,
    name: "access_denied",
    when: "The access_token is unknown or has expired",
    message: "passed `access_token` was not found, or has expired.",
  },
  { id: 404, name: "no_method", when: "No such method", message: "no method found with this name" },
  {
    id: 405,
    name: "key_required",
    when: "An access_token was passed without a key; nothing asks for one since June 2026",
    message: "`key` is required when `access_token` is passed.",
  },
  {
    id: 406,
    name: "access_token_compromised",
    when: "The access_token was sent over plain HTTP",
    message: "Access token sent over non-HTTPS request, it has been invalidated",
  },
  { id: 500, name: "internal_error", when: "Something broke inside", message: "an error occurred" },
  {
    id: 502,
    name: "throttle_violation",
    when: "Too many requests",
    message: "too many requests from this IP, more requests available in 30 seconds",
  },
  {
    id: 503,
    name: "temporarily_unavailable",
    when: "The API is unavailable for now: back off",
    message: "the API is temporarily unavailable, please back off",
  },
];

/** The error with this id. Throws a RangeError for one that the API does not have. */
export function apiError(id: number): ApiError {
  const found = API_ERRORS.find((error) => error.id === id);
  if (!found) throw new RangeError(`the API has no error ${id}`);
  return found;
}

/** Ends a call with one of the API's errors. */
export class Refusal extends Error {
  readonly error: ApiError;

  constructor(id: number, message?: string) {
    const error = apiError(id);
    super(message ?? error.message);
    this.error = error;
  }
}
