/** Reports each request that the SDK sends to the API: when it is sent, and when it ends. */

const underWay = new Set();

/** How many of the SDK's requests have not ended. */
export const requestsUnderWay = () => underWay.size;

/** A request that ended without an answer, by the event that said so. */
const UNANSWERED = {
  error: () => ["The API could not be reached", "no connection, or an answer that this page may not have"],
  timeout: ({ timeout }) => ["The API did not answer in time", `given up after ${timeout / 1000} s`],
  abort: () => ["The request was given up", "the login was cancelled"],
};

function describeAnswer(answer, page) {
  if (!Array.isArray(answer?.items))
    return {
      title: `Page ${page}: an error`,
      detail: answer?.error_name
        ? `${answer.error_name}: ${answer.error_message}`
        : "neither accounts nor the name of an error",
      verdict: "refused",
    };
  const { items, has_more, backoff } = answer;
  const more = !has_more
    ? "that is all"
    : items.length
      ? "there are more"
      : "there are more, says the API, but an empty page is the last";
  return {
    title: `Page ${page} of accounts`,
    detail: `${items.length} accounts, ${more}${backoff ? `; the API asks to wait ${backoff} s` : ""}`,
    verdict: "accepted",
  };
}

/** How a request ended: what the SDK is about to make of it. */
function describeEnd(type, request, page) {
  if (type !== "load") {
    const [title, detail] = UNANSWERED[type](request);
    return { title, detail, verdict: "refused" };
  }
  try {
    return describeAnswer(JSON.parse(request.responseText), page);
  } catch {
    const kind = request.getResponseHeader("Content-Type") ?? "of no type";
    return { title: `Page ${page}: no JSON`, detail: `HTTP ${request.status}, ${kind}`, verdict: "refused" };
  }
}

/** The module asks with `fetch`. */
function watchFetch(apiOrigin, isSdk, tell) {
  const { fetch } = window;
  window.fetch = async (input, init) => {
    const url = new URL(input, location.href);
    if (!isSdk() || url.origin !== apiOrigin) return fetch(input, init);
    const request = {};
    const page = url.searchParams.get("page") ?? "1";
    underWay.add(request);
    tell({
      title: `Page ${page} of accounts asked for`,
      detail: `fetch to ${apiOrigin}, with the header Authorization: Bearer …`,
      verdict: "",
    });
    let end;
    try {
      const response = await fetch(input, init);
      end = describeEnd(
        "load",
        {
          responseText: await response.clone().text(),
          status: response.status,
          getResponseHeader: (name) => response.headers.get(name),
        },
        page,
      );
      return response;
    } catch (error) {
      end = describeEnd(init?.signal?.aborted ? "abort" : "error", {}, page);
      throw error;
    } finally {
      // Before the SDK acts on it.
      underWay.delete(request);
      tell(end);
    }
  };
}

/** Starts watching requests of `apiOrigin` that are made where `isSdk()` says so. */
export function watchRequests(apiOrigin, isSdk, tell) {
  watchFetch(apiOrigin, isSdk, tell);
  window.XMLHttpRequest = class extends XMLHttpRequest {
    #ours = isSdk();
    #url;
    // What the header would show is a token: a page that shows tokens teaches a bad habit.
    #header = "without the header Authorization";

    constructor() {
      super();
      // First of all listeners, so that the end is shown before the SDK acts on it.
      for (const type of ["load", ...Object.keys(UNANSWERED)])
        this.addEventListener(type, () => {
          if (underWay.delete(this)) tell(describeEnd(type, this, this.#page));
        });
    }

    get #page() {
      return this.#url.searchParams.get("page") ?? "1";
    }

    open(method, url, ...rest) {
      this.#url = new URL(url, location.href);
      super.open(method, url, ...rest);
    }

    setRequestHeader(name, value) {
      if (/^authorization$/i.test(name))
        this.#header = `with the header Authorization: ${/^Bearer /.test(value) ? "Bearer …" : "…"}`;
      super.setRequestHeader(name, value);
    }

    send(...body) {
      if (this.#ours && this.#url.origin === apiOrigin) {
        underWay.add(this);
        tell({
          title: `Page ${this.#page} of accounts asked for`,
          detail: `XMLHttpRequest to ${apiOrigin}, ${this.#header}`,
          verdict: "",
        });
      }
      super.send(...body);
    }
  };
}
