/**
 * The dev tier: the other half of the protocol, on three origins. Web-standard handlers, no socket: the same code
 * answers `npm start`, the production origins inside a browser test, and a unit test.
 */
import { exampleAccounts } from "./accounts.ts";
import { createApi } from "./api.ts";
import { exampleApps } from "./apps.ts";
import { Faults } from "./faults.ts";
import { createLogin } from "./login.ts";
import { createSite } from "./site-role.ts";
import { Tokens } from "./tokens.ts";
import type { DevTierOptions, World } from "./world.ts";

export const ROLES = ["site", "login", "api"] as const;
export type RoleName = (typeof ROLES)[number];

/**
 * Answers one request. A response whose `type` is "error" (`Response.error()`) stands for a connection that was
 * dropped: a server destroys the socket, a browser test aborts the request.
 */
export interface Role {
  fetch(request: Request): Promise<Response>;
}

export interface DevTier extends World, Record<RoleName, Role> {
  /** Answers a request of whichever role its origin belongs to; undefined for a foreign origin. */
  route(request: Request): Promise<Response> | undefined;
  /** Ends every wait that a slow answer is in, and every answer that does not end. */
  close(): void;
}

export function createDevTier(options: DevTierOptions): DevTier {
  const { origins, now = Date.now } = options;
  let close!: () => void;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const world: World = {
    now,
    quotaMax: 10_000,
    apps: exampleApps(new URL(origins.site).hostname),
    accounts: exampleAccounts(),
    ...options,
    tokens: new Tokens(now),
    faults: new Faults(),
    closed,
  };
  const [site, login, api] = [createSite(world), createLogin(world), createApi(world)];
  const tier: DevTier = {
    ...world,
    site: { fetch: async (request) => site.fetch(request) },
    login: { fetch: async (request) => login.fetch(request) },
    api: {
      async fetch(request) {
        const response = await api.fetch(request);
        const isMethod = new URL(request.url).pathname.startsWith("/2.");
        return world.faults.values.apiDropped && isMethod ? Response.error() : response;
      },
    },
    route(request) {
      const { origin } = new URL(request.url);
      const role = ROLES.find((name) => origins[name] === origin);
      return role && tier[role].fetch(request);
    },
    close,
  };
  return tier;
}

export { FAULTS, type Fault, type FaultName, type FaultValues } from "./faults.ts";
export type { DevTierOptions, Origins } from "./world.ts";
