/** The app that the tests play: its settings, a token of it, and accounts as the API describes them. */

export const CLIENT_ID = 1;
export const KEY = "U4DMV*8nvpm3EOpvf69Rxw((";
export const CHANNEL = "https://app.example/blank";
export const TOKEN = "Zvq*8dTn3xW(Lh2pRk5c9y))";

/** `count` accounts, numbered from `from`. */
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
