/** A double of XMLHttpRequest, by which all.js asks the API. */
import { type ApiRequest, type Client, settle } from "./client.ts";
import type { Page } from "./window-double.ts";

/** A request with what XMLHttpRequest was given. */
export interface XhrRequest extends ApiRequest {
  pending: boolean;
  method: string;
  url: URL;
  /** The headers that the page set. */
  headers: Headers;
  /** Milliseconds, as the page set it. */
  timeout: number;
}

/** The requests of an all.js page, as XMLHttpRequest saw them. */
export const xhrRequests = (client: Client): readonly XhrRequest[] =>
  client.requests as readonly XhrRequest[];

/** Gives `page` an XMLHttpRequest. `cors: false` is that of IE 9, which opens no other origin. */
export function xhrDouble(page: Page, cors = true): ApiRequest[] {
  const requests: XhrRequest[] = [];

  class XMLHttpRequest {
    timeout = 0;
    response = "";
    onloadend: (() => void) | null = null;
    #method = "";
    #url = "";
    readonly #headers = new Headers();

    open(method: string, url: string): void {
      if (!cors) throw new Error("Access is denied.");
      this.#method = method;
      this.#url = url;
    }

    /** Throws a TypeError for what is no header, as browsers throw a SyntaxError (XMLHttpRequest standard, setRequestHeader). */
    setRequestHeader(name: string, value: string): void {
      this.#headers.set(name, value);
    }

    send(): void {
      const url = new URL(this.#url);
      const end = (text: string): Promise<void> => {
        if (request.pending) {
          request.pending = false;
          this.response = text;
          page.guard(() => this.onloadend?.());
        }
        return settle();
      };
      const request: XhrRequest = {
        method: this.#method,
        url,
        headers: this.#headers,
        timeout: this.timeout,
        page: Number(url.searchParams.get("page")),
        token: (this.#headers.get("Authorization") ?? "").replace(/^Bearer /, ""),
        pending: true,
        answer: (body) => end(JSON.stringify(body)),
        answerText: end,
        fail: () => end(""),
      };
      requests.push(request);
      if (this.timeout) page.later(this.timeout, () => void end(""));
    }
  }

  Object.assign(page.realm, { XMLHttpRequest });
  return requests;
}
