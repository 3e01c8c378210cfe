/** JSONP, by which all.js asks the API: a script element whose text calls back. */
import vm from "node:vm";
import { type ApiRequest, type Client, settle } from "./client.ts";
import type { Page } from "./window-double.ts";

/** A script of the SDK's, as the page's document holds it. */
export interface ApiScript {
  id: string;
  src: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onreadystatechange: (() => void) | null;
  readyState?: string;
  parentNode: unknown;
}

export class JsonpRequest implements ApiRequest {
  constructor(
    readonly script: ApiScript,
    private readonly owner: Page,
  ) {}

  get url(): URL {
    return new URL(this.script.src);
  }

  get page(): number {
    return Number(this.url.searchParams.get("page"));
  }

  get token(): string {
    return this.url.searchParams.get("access_token")!;
  }

  get pending(): boolean {
    return this.script.parentNode !== null;
  }

  /** What the text of the script does, before any event says that it has loaded. */
  runCallback(body: unknown): void {
    const callback = this.url.searchParams.get("callback")!;
    this.owner.guard(() => vm.runInContext(`${callback}(${JSON.stringify(body)})`, this.owner.realm));
  }

  /** Under JSONP every answer has the HTTP status 200. */
  answer(body: unknown): Promise<void> {
    if (this.pending) this.runCallback(body);
    return this.answerText("");
  }

  /** The text is no call: the script calls nothing, and its load event follows. A status of 400 or more is a failure. */
  answerText(_text: string, status = 200): Promise<void> {
    if (status >= 400) return this.fail();
    this.owner.guard(() => this.script.onload?.());
    return settle();
  }

  fail(): Promise<void> {
    this.owner.guard(() => this.script.onerror?.());
    return settle();
  }
}

/** The requests of an all.js page, with their script elements. */
export const jsonpRequests = (client: Client): readonly JsonpRequest[] =>
  client.requests as readonly JsonpRequest[];

/** Notes each script element that the page makes. */
export function jsonp(page: Page): ApiRequest[] {
  const requests: JsonpRequest[] = [];
  const { document } = page;
  const create = document.createElement.bind(document);
  document.createElement = (name: string) => {
    const element = create(name);
    if (name === "script") requests.push(new JsonpRequest(element, page));
    return element;
  };
  // HTML, "document.scripts": its named properties are scripts by their ids. linkedom has none.
  const scripts = new Proxy(
    {},
    { get: (_, id) => requests.find(({ script, pending }) => pending && script.id === id)?.script },
  );
  Object.defineProperty(document, "scripts", { value: scripts });
  return requests;
}
