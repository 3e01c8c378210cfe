/** The people who can sign in, and the sites that each has an account on. */

/** `network_user` of API 2.0 with its default fields. Dates are Unix seconds. */
export interface NetworkUser {
  site_name: string;
  site_url: string;
  user_id: number;
  reputation: number;
  account_id: number;
  creation_date: number;
  last_access_date: number;
  badge_counts: { bronze: number; silver: number; gold: number };
  answer_count: number;
  question_count: number;
}

export interface Account {
  /** What the dialog's form sends. */
  id: string;
  /** What the dialog shows. Up to the comma it is the user's display name. */
  name: string;
  accountId: number;
  sites: NetworkUser[];
}

const NAMED: readonly (readonly [name: string, url: string])[] = [
  ["Stack Overflow", "http://stackoverflow.com"],
  ["Server Fault", "http://serverfault.com"],
  ["Super User", "http://superuser.com"],
];

/** `user` of the API, as far as an app needs it to greet someone. */
export interface User {
  display_name: string;
  profile_image: string;
  user_id: number;
  reputation: number;
  link: string;
  account_id: number;
}

/** A picture that needs no host. */
const PICTURE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#f48024" d="M0 8a4 4 0 1 1 8 0"/></svg>',
)}`;

/** The user that `account` is on `site`, such as "stackoverflow" or "stackoverflow.com"; none when it is not there. */
export function usersOn({ name, sites }: Account, site: string): User[] {
  return sites
    .filter(({ site_url }) => `${new URL(site_url).hostname}.`.startsWith(`${site}.`))
    .map(({ site_url, user_id, reputation, account_id }) => ({
      display_name: name.split(",")[0]!,
      profile_image: PICTURE,
      user_id,
      reputation,
      link: `${site_url}/users/${user_id}`,
      account_id,
    }));
}

/** `count` sites, always the same ones. The figures follow from the position only, so that a test can expect them. */
function sites(accountId: number, count: number): NetworkUser[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(3, "0");
    const [site_name, site_url] = NAMED[index] ?? [
      `Site ${number}`,
      `http://site-${number}.stackexchange.com`,
    ];
    const reputation = Math.max(1, Math.round(48_211 / (index + 1) ** 1.4));
    return {
      site_name,
      site_url,
      user_id: accountId * 1000 + index,
      reputation,
      account_id: accountId,
      creation_date: 1_220_000_000 + index * 86_400,
      last_access_date: 1_330_000_000 + index,
      badge_counts: {
        bronze: Math.floor(reputation / 400),
        silver: Math.floor(reputation / 1200),
        gold: Math.floor(reputation / 9000),
      },
      answer_count: Math.floor(reputation / 60),
      question_count: Math.floor(reputation / 250),
    };
  });
}

/** The four that matter: one page with one item, one with some, three pages at 100 each, and none at all. */
export function exampleAccounts(): Account[] {
  return [
    { id: "three", name: "Ada, on three sites", accountId: 1003, sites: sites(1003, 3) },
    { id: "one", name: "Grace, on one site", accountId: 1001, sites: sites(1001, 1) },
    { id: "many", name: "Jon, on 250 sites", accountId: 1250, sites: sites(1250, 250) },
    { id: "none", name: "Noor, on no site yet", accountId: 1000, sites: [] },
  ];
}
