/** The steps that most unit tests share: a page with the artifact in it, an app, a login. */
import vm from "node:vm";
import { ALL_JS } from "../../scripts/config.ts";
import { artifactText } from "./artifact.ts";
import { Page, type PageOptions } from "./window-double.ts";

export const CLIENT_ID = 1;
export const KEY = "U4DMV*8nvpm3EOpvf69Rxw((";
export const CHANNEL = "https://app.example/blank";
export const TOKEN = "Zvq*8dTn3xW(Lh2pRk5c9y))";

let script: vm.Script | undefined;

/** A new page in which the minified artifact has run. */
export async function openPage(options?: PageOptions): Promise<Page> {
  script ??= new vm.Script(await artifactText(ALL_JS), { filename: "all.js" });
  return new Page(script, options);
}

export function init(page: Page, changes: object = {}): void {
  page.SE.init({ clientId: CLIENT_ID, key: KEY, channelUrl: CHANNEL, complete() {}, ...changes });
}

/** What the callbacks of one login were given, in order. */
export interface Heard {
  successes: any[];
  errors: any[];
  readonly calls: number;
}

/** Starts a login and listens to how it ends. */
export function authenticate(page: Page, options: object = {}): Heard {
  const heard: Heard = {
    successes: [],
    errors: [],
    get calls() {
      return this.successes.length + this.errors.length;
    },
  };
  page.SE.authenticate({
    success: (session: any) => heard.successes.push(session),
    error: (failure: any) => heard.errors.push(failure),
    ...options,
  });
  return heard;
}

/** A page after `init`, one login under way in it. */
export async function startLogin(
  options: object = {},
  pageOptions?: PageOptions,
): Promise<{ page: Page; heard: Heard }> {
  const page = await openPage(pageOptions);
  init(page);
  page.advance(1);
  return { page, heard: authenticate(page, options) };
}

/** `count` accounts as the API describes them. */
export function accounts(count: number, from = 0): object[] {
  return Array.from({ length: count }, (_, index) => ({
    site_name: `Site ${from + index}`,
    site_url: `https://site${from + index}.example`,
    user_id: from + index,
    account_id: 1,
    reputation: 101,
    badge_counts: { bronze: 1, silver: 0, gold: 0 },
  }));
}

/** `value` as a plain object of this realm, so that it can be compared deeply. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The names of the errors that a login ended in, each of which must carry a message. */
export function errorNames(heard: Heard): string[] {
  return heard.errors.map(({ errorName, errorMessage }) => {
    if (typeof errorMessage !== "string" || !errorMessage)
      throw new Error(`${errorName} came without a message`);
    return errorName;
  });
}
