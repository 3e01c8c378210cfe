/** Reports each request that the SDK sends to the API: when it is sent, and when it ends. */

/** The SDK's requests that have not ended. */
export const requests = new Set();

let tell;

/** What the SDK is about to make of an answer. */
function tellAnswer(page, text, status, type) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    tell(`Page ${page}: no JSON`, `HTTP ${status}, ${type ?? "of no type"}`, "refused");
    return;
  }
  const { items, has_more, backoff, error_name, error_message } = answer ?? {};
  if (!Array.isArray(items)) {
    const error = error_name && `${error_name}: ${error_message}`;
    tell(`Page ${page}: an error`, error ?? "neither accounts nor the name of an error", "refused");
    return;
  }
  const more = items.length
    ? "there are more"
    : "there are more, says the API, but an empty page is the last";
  const wait = backoff ? `; the API asks to wait ${backoff} s` : "";
  const detail = `${items.length} accounts, ${has_more ? more : "that is all"}${wait}`;
  tell(`Page ${page} of accounts`, detail, "accepted");
}

/** A request that ended without an answer, by the event that said so. */
const UNANSWERED = {
  error: ["The API could not be reached", "no connection, or an answer that this page may not have"],
  timeout: ["The API did not answer in time", "its time limit is over"],
  abort: ["The request was given up", "the login was cancelled"],
};

const tellUnanswered = (type) => tell(...UNANSWERED[type], "refused");

/** Reports a request as it is sent. Gives the number of its page. */
function tellRequest(request, address, by, authorization) {
  requests.add(request);
  const { origin, searchParams } = new URL(address, location.href);
  const page = searchParams.get("page") ?? "1";
  // What the header says is a token.
  const scheme = /^Bearer /.test(authorization) ? "Bearer …" : "…";
  const header = authorization
    ? `with the header Authorization: ${scheme}`
    : "without the header Authorization";
  tell(`Page ${page} of accounts asked for`, `${by} to ${origin}, ${header}`);
  return page;
}

/** The module asks with `fetch`. Each end is told before the SDK acts on it. */
function watchFetch(isSdk) {
  const { fetch } = window;
  window.fetch = async (input, init) => {
    if (!isSdk()) return fetch(input, init);
    const page = tellRequest(init, input, "fetch", new Headers(init?.headers).get("Authorization"));
    try {
      const response = await fetch(input, init);
      const text = await response.clone().text();
      tellAnswer(page, text, response.status, response.headers.get("Content-Type"));
      return response;
    } catch (error) {
      tellUnanswered(init?.signal?.aborted ? "abort" : "error");
      throw error;
    } finally {
      requests.delete(init);
    }
  };
}

/** The script asks with `XMLHttpRequest`; nothing else in this page does. */
function watchXhr() {
  window.XMLHttpRequest = class extends XMLHttpRequest {
    #address;
    #authorization;
    #page;

    constructor() {
      super();
      // First of all listeners, so that the end is told before the SDK acts on it.
      this.addEventListener("load", () => {
        requests.delete(this);
        tellAnswer(this.#page, this.responseText, this.status, this.getResponseHeader("Content-Type"));
      });
      for (const type of Object.keys(UNANSWERED))
        this.addEventListener(type, () => {
          requests.delete(this);
          tellUnanswered(type);
        });
    }

    open(method, address, ...rest) {
      this.#address = address;
      super.open(method, address, ...rest);
    }

    setRequestHeader(name, value) {
      if (/^authorization$/i.test(name)) this.#authorization = value;
      super.setRequestHeader(name, value);
    }

    send(...body) {
      this.#page = tellRequest(this, this.#address, "XMLHttpRequest", this.#authorization);
      super.send(...body);
    }
  };
}

/** Starts watching the requests that are made where `isSdk()` says so. */
export function watchRequests(isSdk, onStep) {
  tell = onStep;
  watchFetch(isSdk);
  watchXhr();
}
