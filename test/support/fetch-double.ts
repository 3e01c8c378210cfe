/** A double of `fetch`, by which the module asks the API. */
import vm from "node:vm";
import { type ApiRequest, type Client, settle } from "./client.ts";
import type { Page } from "./window-double.ts";

/** A request with what fetch was given. */
export interface FetchRequest extends ApiRequest {
  url: URL;
  /** The headers that the page set. */
  headers: Headers;
  signal: AbortSignal | undefined;
}

/** The requests of a module's page, as fetch saw them. */
export const fetchRequests = (client: Client): readonly FetchRequest[] =>
  client.requests as readonly FetchRequest[];

/**
 * Gives `page` a fetch. Its promises and what it parses are of the page's realm, as in a browser: a page that spoiled its
 * prototypes spoiled those of the API's answers, too.
 */
export function fetchDouble(page: Page): ApiRequest[] {
  const requests: FetchRequest[] = [];
  const realm = vm.runInContext("({ Promise, parse: JSON.parse })", page.realm);

  (page.realm as any).fetch = (address: string, { headers = {}, signal }: RequestInit = {}) =>
    new realm.Promise((resolve: (response: object) => void, reject: (reason: unknown) => void) => {
      if (signal?.aborted) return reject(signal.reason);
      const end = (act: () => void): Promise<void> => {
        signal?.removeEventListener("abort", aborted);
        request.pending = false;
        act();
        return settle();
      };
      const aborted = (): void => {
        end(() => reject(signal!.reason));
      };
      signal?.addEventListener("abort", aborted, { once: true });
      const url = new URL(address);
      // Throws a TypeError for what is no header, which rejects the promise (Fetch standard).
      const sent = new Headers(headers);
      const request = {
        url,
        headers: sent,
        signal: signal ?? undefined,
        page: Number(url.searchParams.get("page")),
        token: (sent.get("Authorization") ?? "").replace(/^Bearer /, ""),
        pending: true,
        answer: (body: unknown, status?: number) => request.answerText(JSON.stringify(body), status),
        answerText: (text: string, status = 200) =>
          end(() => {
            const json = () =>
              new realm.Promise((parsed: (body: unknown) => void) => parsed(realm.parse(text)));
            resolve({ status, ok: status < 300, json });
          }),
        fail: () => end(() => reject(new TypeError("Failed to fetch"))),
      };
      requests.push(request);
    });

  return requests;
}
