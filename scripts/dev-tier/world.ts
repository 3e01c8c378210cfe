import type { Account } from "./accounts.ts";
import type { App } from "./apps.ts";
import type { Faults } from "./faults.ts";
import type { Tokens } from "./tokens.ts";

/** The three roles' origins, without a slash at the end. */
export interface Origins {
  /** The app's own site: the page, `/all.js`, `/blank`; and `/sdk/`, for apps on other ports. */
  site: string;
  /** `/oauth/dialog` and `/oauth/login_success`. */
  login: string;
  /** `/2.0/...`, as every 2.x. */
  api: string;
}

/** One file of the site. */
export interface SitePage {
  type: string;
  body: string;
  /** 200 unless given. */
  status?: 404;
  headers?: Record<string, string>;
}

/** What the three roles share. */
export interface World {
  origins: Origins;
  /** The clock, ms since the epoch. */
  now: () => number;
  /** The text of `/sdk/all.js` or `/sdk/index.mjs`, called for every request. Without it, both are 404. */
  sdk?: (name: string) => Promise<string> | string;
  /** The site's files beside the SDK and `/blank`, by name: "index.html" is "/". Without it they are 404. */
  pages?: (name: string, origins: Origins) => Promise<SitePage | undefined>;
  /** `exampleApps` on the site's host unless given. */
  apps: App[];
  /** `exampleAccounts` unless given. The first is chosen in the dialog. */
  accounts: Account[];
  /** Calls a day for one app and account; 10,000 unless given. */
  quotaMax: number;
  tokens: Tokens;
  faults: Faults;
  /** Resolves when the tier is closed. */
  closed: Promise<void>;
}

export type DevTierOptions = Pick<World, "origins"> & Partial<Omit<World, "tokens" | "faults" | "closed">>;
