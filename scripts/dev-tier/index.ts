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

/**
 * Answers one request. A response whose `type` is "error" (`Response.error()`) stands for a connection that was
 * dropped: a server destroys the socket, a browser test aborts the request.
 */
export interface Role {
  fetch(request: Request): Promise<Response>;
}

export interface DevTier {
  origins: DevTierOptions["origins"];
  site: Role;
  login: Role;
  api: Role;
  faults: Faults;
  apps: World["apps"];
  accounts: World["accounts"];
  tokens: Tokens;
  /** Answers a request of whichever role its origin belongs to; undefined for a foreign origin. */
  route(request: Request): Promise<Response> | undefined;
  /** Ends every wait that a slow answer is in, and every answer that does not end. */
  close(): void;
}

export function createDevTier(options: DevTierOptions): DevTier {
  const { origins } = options;
  const now = options.now ?? Date.now;
  let close!: () => void;
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const world: World = {
    now,
    quotaMax: 10_000,
    redirects: "http",
    apps: exampleApps(new URL(origins.site).hostname),
    accounts: exampleAccounts(),
    ...options,
    tokens: new Tokens(now),
    faults: new Faults(),
    closed,
    async delay(ms) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        closed,
        new Promise((resolve) => {
          timer = setTimeout(resolve, ms);
        }),
      ]);
      clearTimeout(timer);
    },
  };
  const [site, login, api] = [createSite(world), createLogin(world), createApi(world)];
  const role = (app: { fetch(request: Request): Response | Promise<Response> }): Role => ({
    fetch: async (request) => app.fetch(request),
  });
  const tier: DevTier = {
    origins,
    site: role(site),
    login: role(login),
    api: {
      async fetch(request) {
        const response = await api.fetch(request);
        const isMethod = new URL(request.url).pathname.startsWith("/2.");
        return world.faults.values.apiDropped && isMethod ? Response.error() : response;
      },
    },
    faults: world.faults,
    apps: world.apps,
    accounts: world.accounts,
    tokens: world.tokens,
    route(request) {
      const { origin } = new URL(request.url);
      for (const name of ["site", "login", "api"] as const)
        if (origins[name] === origin) return tier[name].fetch(request);
    },
    close,
  };
  return tier;
}

export type { Account, NetworkUser } from "./accounts.ts";
export type { App } from "./apps.ts";
export { FAULTS, type Fault, type FaultName, type Faults, type FaultValues } from "./faults.ts";
export type { DevTierOptions, Origins } from "./world.ts";
