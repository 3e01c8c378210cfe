/** Whose servers a build talks to, from the command's arguments. */
import { UsageError } from "../cli.ts";
import { SERVERS, type Server, TIERS, type Tier } from "../config.ts";

export type Servers = { tier: string } & Partial<Omit<Tier, "name">>;

/** `given` as it goes into the file. Throws UsageError unless it is an https address that a request can be built on. */
function checkAddress({ flag, example }: Server, given: string): string {
  const maySayPath = new URL(example).pathname !== "/";
  const url = URL.canParse(given) ? new URL(given) : null;
  const address = url && url.origin + (maySayPath ? url.pathname.replace(/\/$/, "") : "");
  if (url?.protocol !== "https:" || given.replace(/\/$/, "") !== address)
    throw new UsageError(`${flag} takes an address such as ${example}, not ${given}`);
  return address;
}

/** Throws UsageError when some of the servers are given and not all, or when one will not do. */
export function tierOf(options: Servers): Tier {
  const given = SERVERS.filter(({ key }) => options[key] !== undefined);
  if (given.length === 0) return TIERS[options.tier]!;
  const flags = SERVERS.map(({ flag }) => flag).join(" and ");
  if (options.tier !== "production")
    throw new UsageError(`--tier ${options.tier} has its own servers: leave out ${flags}`);
  if (given.length < SERVERS.length) throw new UsageError(`${flags} go together`);
  const addresses = SERVERS.map((server) => [server.key, checkAddress(server, options[server.key]!)]);
  return { ...Object.fromEntries(addresses), name: "custom" };
}
