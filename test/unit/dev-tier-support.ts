/** What the dev tier's tests share: a tier without a socket, and short ways to ask it something. */
import { createDevTier, type DevTier, type DevTierOptions } from "../../scripts/dev-tier/index.ts";

export const ORIGINS = {
  site: "https://app.example",
  login: "https://login.example",
  api: "https://api.login.example",
};
export const CHANNEL = `${ORIGINS.site}/blank`;
export const LANDING = `${ORIGINS.login}/oauth/login_success?assisted=1&protocol=https&proxy=${encodeURIComponent(CHANNEL)}`;

export const newTier = (options: Partial<DevTierOptions> = {}): DevTier =>
  createDevTier({ origins: ORIGINS, ...options });

type Query = Record<string, string | undefined>;

function query(defaults: Query, changes: Query): URLSearchParams {
  const entries = Object.entries({ ...defaults, ...changes });
  return new URLSearchParams(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const DIALOG: Query = { redirect_uri: LANDING, client_id: "1", state: "41" };

/** Opens the dialog; `undefined` takes a parameter away. */
export function openDialog(tier: DevTier, changes: Query = {}): Promise<Response> {
  return tier.login.fetch(new Request(`${ORIGINS.login}/oauth/dialog?${query(DIALOG, changes)}`));
}

/** Presses one of the dialog's buttons. */
export function decide(
  tier: DevTier,
  decision: "approve" | "reject",
  changes: Query = {},
): Promise<Response> {
  return tier.login.fetch(
    new Request(`${ORIGINS.login}/oauth/dialog`, {
      method: "POST",
      body: query({ ...DIALOG, account: "three", decision }, changes),
    }),
  );
}

/** The address that a redirect leads to, cut at its hash, and the hash's raw fields in order. */
export function redirected(response: Response): { to: string; fields: [string, string][]; hash: string } {
  const [to, hash] = (response.headers.get("Location") ?? "").split("#") as [string, string];
  return { to, hash, fields: hash.split("&").map((field) => field.split("=") as [string, string]) };
}

/** Approves, and gives the token. */
export async function tokenFor(tier: DevTier, account = "three", changes: Query = {}): Promise<string> {
  const { hash } = redirected(await decide(tier, "approve", { account, ...changes }));
  return new URLSearchParams(hash).get("access_token")!;
}

export const keyOf = (tier: DevTier, clientId = "1"): string =>
  tier.apps.find((app) => app.clientId === clientId)!.key;

/** What goes into a call of the API beside its path. */
export interface Call {
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  /** The whole header, in the place of a token. */
  authorization?: string;
  query?: Query;
  origin?: string;
  method?: string;
}

/** Calls the API; a path without a version is one of 2.0. */
export function call(tier: DevTier, path: string, options: Call = {}): Promise<Response> {
  const { token, authorization = token && `Bearer ${token}`, origin = ORIGINS.api, method = "GET" } = options;
  const versioned = /^\/\d/.test(path) ? path : `/2.0${path}`;
  const headers: Record<string, string> = authorization ? { Authorization: authorization } : {};
  return tier.api.fetch(
    new Request(`${origin}${versioned}?${query({}, options.query ?? {})}`, { method, headers }),
  );
}

/** Calls the API and reads its wrapper. */
export async function callJson(tier: DevTier, path: string, options: Call = {}): Promise<any> {
  return (await call(tier, path, options)).json();
}
