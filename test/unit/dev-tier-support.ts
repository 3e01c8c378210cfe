/** What the dev tier's tests share: a tier without a socket, and short ways to ask it something. */
import { createDevTier, type DevTier, type DevTierOptions } from "../../scripts/dev-tier/index.ts";

export const ORIGINS = {
  site: "https://app.example",
  login: "https://login.example",
  api: "https://api.login.example",
};
export const CHANNEL = `${ORIGINS.site}/blank`;
export const LANDING = `${ORIGINS.login}/oauth/login_success?assisted=1&protocol=https&proxy=${encodeURIComponent(CHANNEL)}`;
export const ASSOCIATED = "/2.0/me/associated";

export const newTier = (options: Partial<DevTierOptions> = {}): DevTier =>
  createDevTier({ origins: ORIGINS, ...options });

export type Query = Record<string, string | undefined>;

/** A good request of the dialog with some changes; `undefined` takes a parameter away. */
function query(changes: Query): URLSearchParams {
  const all = { redirect_uri: LANDING, client_id: "1", state: "41", ...changes };
  return new URLSearchParams(
    Object.entries(all).filter((entry) => entry[1] !== undefined) as [string, string][],
  );
}

export const openDialog = async (tier: DevTier, changes: Query = {}): Promise<Response> =>
  tier.login.fetch(new Request(`${ORIGINS.login}/oauth/dialog?${query(changes)}`));

/** Presses Approve in the dialog, or does what `changes` say. */
export const decide = async (tier: DevTier, changes: Query = {}): Promise<Response> =>
  tier.login.fetch(
    new Request(`${ORIGINS.login}/oauth/dialog`, {
      method: "POST",
      body: query({ account: "three", decision: "approve", ...changes }),
    }),
  );

/** Where a redirect leads, with "T" for the token. */
export const leadsTo = (response: Response): string =>
  (response.headers.get("Location") ?? "").replace(/access_token=[A-Za-z0-9*(]{22}\)\)/, "access_token=T");

/** Approves, and gives the token. */
export async function tokenFor(tier: DevTier, account = "three", changes: Query = {}): Promise<string> {
  const { hash } = new URL((await decide(tier, { account, ...changes })).headers.get("Location")!);
  return new URLSearchParams(hash.slice(1)).get("access_token")!;
}

/** Calls the API with `authorization`; a token alone is sent as a bearer. */
export async function call(
  tier: DevTier,
  path: string,
  authorization = "",
  init: RequestInit = {},
): Promise<Response> {
  const header = /^\S{22}\)\)$/.test(authorization) ? `Bearer ${authorization}` : authorization;
  const headers: Record<string, string> = header ? { Authorization: header } : {};
  return tier.api.fetch(new Request(new URL(path, ORIGINS.api), { headers, ...init }));
}

/** Calls the API and reads its wrapper. */
export const callJson = async (...args: Parameters<typeof call>): Promise<any> =>
  (await call(...args)).json();
