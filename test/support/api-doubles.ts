/** Doubles of what the artifacts ask the API with: all.js with XMLHttpRequest, the module with fetch. */
import type { Client } from "./client.ts";
import { settle } from "./clock.ts";

/** One request for a page of accounts, however the artifact sends it. */
export interface ApiRequest {
  url: URL;
  /** The headers that the page set. */
  headers: Headers;
  token: string;
  /** Neither answered nor failed nor given up. */
  pending: boolean;
  /** XMLHttpRequest's alone. */
  method?: string;
  /** XMLHttpRequest's alone, in ms. */
  timeout?: number;
  /** fetch's alone. */
  signal?: AbortSignal | undefined;
  /** Answers with `body` as JSON and an HTTP status (200). */
  answer(body: unknown, status?: number): Promise<void>;
  /** Answers with text that is no JSON. */
  answerText(text: string, status?: number): Promise<void>;
  /** The connection fails, or the browser's policies do not let the page read the answer. */
  fail(): Promise<void>;
}

/** A request that `client` has sent. `end` is called once: with the text of the answer, or without when none comes. */
function sent(
  client: Client,
  address: string,
  headers: Headers,
  end: (text?: string, status?: number) => void,
): ApiRequest {
  const ended = (text?: string, status = 200): Promise<void> => {
    if (request.pending) {
      request.pending = false;
      end(text, status);
    }
    return settle();
  };
  const request: ApiRequest = {
    url: new URL(address),
    headers,
    token: (headers.get("Authorization") ?? "").replace(/^Bearer /, ""),
    pending: true,
    answer: (body, status) => ended(JSON.stringify(body), status),
    answerText: ended,
    fail: () => ended(),
  };
  client.requests.push(request);
  return request;
}

/** `cors: false` is the XMLHttpRequest of IE 9, which opens no other origin. */
export function xhrDouble(client: Client, cors = true): void {
  client.realm.XMLHttpRequest = class {
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
      const { timeout } = this;
      const request = sent(client, this.#url, this.#headers, (text = "") => {
        this.response = text;
        client.guard(() => this.onloadend?.());
      });
      Object.assign(request, { method: this.#method, timeout });
      if (timeout) client.start(() => void request.fail(), timeout, false, true);
    }
  };
}

/**
 * Its promises and what it parses are of the page's realm, as in a browser: a page that spoiled its prototypes spoiled those of
 * the API's answers, too.
 */
export function fetchDouble(client: Client): void {
  const realm = client.run("({ Promise, parse: JSON.parse })");
  client.realm.fetch = (address: string, { headers = {}, signal }: RequestInit = {}) =>
    new realm.Promise((resolve: (response: object) => void, reject: (reason: unknown) => void) => {
      // Throws a TypeError for what is no header, which rejects the promise (Fetch standard).
      const request = sent(client, address, new Headers(headers), (text, status = 200) => {
        signal?.removeEventListener("abort", aborted);
        if (text === undefined) return reject(new TypeError("Failed to fetch"));
        const json = () => new realm.Promise((parsed: (body: unknown) => void) => parsed(realm.parse(text)));
        resolve({ status, ok: status < 300, json });
      });
      const aborted = (): void => {
        request.pending = false;
        reject(signal!.reason);
      };
      request.signal = signal ?? undefined;
      signal?.addEventListener("abort", aborted, { once: true });
    });
}
