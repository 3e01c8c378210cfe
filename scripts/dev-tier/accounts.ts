/** The people who can sign in, and the sites that each has an account on. */
import type { NetworkUser } from "../../src/types.ts";

export interface Account {
  /** What the dialog's form sends. */
  id: string;
  /** What the dialog shows. Up to the comma it is the user's display name. */
  name: string;
  accountId: number;
  sites: NetworkUser[];
}

/** A picture that needs no host. */
const PICTURE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#f48024" d="M0 8a4 4 0 1 1 8 0"/></svg>',
)}`;

/** The API's `user` that `account` is on `site`, such as "stackoverflow" or "stackoverflow.com"; none when it is not there. */
export function usersOn({ name, sites }: Account, site: string): object[] {
  return sites
    .filter(({ site_url }) => `${new URL(site_url).hostname}.`.startsWith(`${site}.`))
    .map(({ site_url, user_id, reputation, account_id }) => ({
      display_name: name.split(",")[0],
      profile_image: PICTURE,
      user_id,
      reputation,
      link: `${site_url}/users/${user_id}`,
      account_id,
    }));
}

const NAMED = ["Stack Overflow", "Server Fault", "Super User"];

/** `count` sites, always the same ones. The figures follow from the position only, so that a test can expect them. */
function sites(account_id: number, count: number): NetworkUser[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(3, "0");
    const name = NAMED[index];
    const reputation = Math.max(1, Math.round(48_211 / (index + 1) ** 1.4));
    const per = (points: number) => Math.floor(reputation / points);
    return {
      site_name: name ?? `Site ${number}`,
      site_url: name
        ? `http://${name.replace(" ", "").toLowerCase()}.com`
        : `http://site-${number}.stackexchange.com`,
      user_id: account_id * 1000 + index,
      reputation,
      account_id,
      creation_date: 1_220_000_000 + index * 86_400,
      last_access_date: 1_330_000_000 + index,
      badge_counts: { bronze: per(400), silver: per(1200), gold: per(9000) },
      answer_count: per(60),
      question_count: per(250),
    };
  });
}

/** The four that matter: one page with one item, one with some, three pages at 100 each, and none at all. */
export const exampleAccounts = (): Account[] => [
  { id: "three", name: "Ada, on three sites", accountId: 1003, sites: sites(1003, 3) },
  { id: "one", name: "Grace, on one site", accountId: 1001, sites: sites(1001, 1) },
  { id: "many", name: "Jon, on 250 sites", accountId: 1250, sites: sites(1250, 250) },
  { id: "none", name: "Noor, on no site yet", accountId: 1000, sites: [] },
];
