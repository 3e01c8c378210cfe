/** Whose servers a build talks to, from the command's arguments. */
import { UsageError } from "../cli.ts";
import { devTier, PRODUCTION, type Tier } from "../config.ts";

export interface Servers {
  tier: string;
  loginOrigin?: string;
  apiUrl?: string;
}

/** `given` as it goes into the SDK. Throws UsageError unless it is an https address that a request can be built on. */
function checkAddress(option: string, given: string, example: string, maySayPath: boolean): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  const address = url && url.origin + (maySayPath ? url.pathname.replace(/\/$/, "") : "");
  if (url?.protocol !== "https:" || given.replace(/\/$/, "") !== address)
    throw new UsageError(`${option} takes an address such as ${example}, not ${given}`);
  return address;
}

/** Throws UsageError when only one of the two servers is given, or when one will not do. */
export function tierOf({ tier, loginOrigin, apiUrl }: Servers): Tier {
  if (loginOrigin === undefined && apiUrl === undefined) return tier === "dev" ? devTier() : PRODUCTION;
  if (tier === "dev")
    throw new UsageError("--tier dev has its own servers: leave out --login-origin and --api-url");
  if (loginOrigin === undefined || apiUrl === undefined)
    throw new UsageError("--login-origin and --api-url go together");
  return {
    name: "custom",
    loginOrigin: checkAddress("--login-origin", loginOrigin, "https://team.example", false),
    apiUrl: checkAddress("--api-url", apiUrl, "https://team.example/api/2.3", true),
  };
}
