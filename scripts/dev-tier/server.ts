/** The dev tier over HTTP: three neighbouring ports of the loopback interface. */
import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { CheckError } from "../cli.ts";
import { ALL_JS, DEV_HOST, DEV_PORT, INDEX_MJS, type Target } from "../config.ts";
import { createDevTier, type DevTier, type DevTierOptions, type Origins } from "./index.ts";
import { devSdk } from "./sdk.ts";

export interface ServerOptions extends Omit<DevTierOptions, "origins" | "sdk" | "module"> {
  /** The first of the three ports; 0 for any free three. 8700 unless given. */
  port?: number;
  /** The text of `/all.js` for these origins, asked for once. The project's own build unless given. */
  sdk?: (origins: Origins) => Promise<string> | string;
  /** The text of `/sdk/index.mjs`, likewise; asked for when a page first wants it. */
  module?: (origins: Origins) => Promise<string> | string;
  /** What an SDK built here calls its version; "dev" unless given. */
  buildNumber?: string;
}

export interface RunningTier extends Omit<DevTier, "close"> {
  /** The first of the three ports: not the one asked for when that, or a neighbour, was taken. */
  port: number;
  /** Stops listening and drops every open connection. */
  close(): Promise<void>;
}

const ROLES = ["site", "login", "api"] as const;
type RoleName = (typeof ROLES)[number];

/** How many bases are tried before giving up. */
const ATTEMPTS = 50;

/** The API role's answer, compressed as the real one always is, whatever the request accepts. */
function compressed(response: Response): Response {
  if (!response.body || response.headers.has("Content-Encoding")) return response;
  const headers = new Headers(response.headers);
  headers.set("Content-Encoding", "gzip");
  headers.delete("Content-Length");
  const body = response.body.pipeThrough(new CompressionStream("gzip"));
  return new Response(body, { status: response.status, headers });
}

/** The adapter's request as the platform's own class, which hono's limit on bodies makes another one of. */
function native({ url, method, headers, body }: Request): Request {
  return new Request(url, { method, headers: [...headers], body, ...(body ? { duplex: "half" } : {}) });
}

/** Listens on one port of the loopback interface. False when it is taken; throws CheckError when it cannot be had at all. */
function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "EADDRINUSE") return resolve(false);
      const hint = code === "EACCES" ? ". Ports from 1024 on need no permission" : "";
      reject(new CheckError(`the dev tier cannot listen on port ${port}: ${message}${hint}`));
    });
    server.listen(port, DEV_HOST, () => resolve(true));
  });
}

/** Also for a server that does not listen. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Listens on three neighbouring ports from `first` on, or on none of them. */
async function listenOnThree(servers: Server[], first: number): Promise<boolean> {
  let listening = false;
  try {
    for (const [index, server] of servers.entries()) {
      listening = await listen(server, first + index);
      if (!listening) break;
    }
    return listening;
  } finally {
    if (!listening) await Promise.all(servers.map(stop));
  }
}

function originsFrom(port: number): Origins {
  const [site, login, api] = ROLES.map((_, index) => `http://${DEV_HOST}:${port + index}`);
  return { site, login, api };
}

/**
 * The answer to a request by another name than the tier's. `localhost` is this machine as well, and is sent on; a module
 * script follows only with CORS. Any other name is refused: a foreign page's may resolve to this machine (DNS rebinding).
 */
function byAnotherName(address: URL, origin: string): Response {
  const alias = new URL(origin);
  alias.hostname = "localhost";
  if (address.origin !== alias.origin)
    return new Response(`This is ${origin} and answers to no other name.\n`, { status: 421 });
  const headers = {
    Location: origin + address.pathname + address.search,
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
  };
  return new Response(null, { status: 307, headers });
}

/**
 * Starts the tier on `port`, `port + 1` and `port + 2`, or on the next three neighbours that are free.
 *
 * Throws CheckError when none can be had, and whatever building the SDK throws.
 */
export async function startDevTier(options: ServerOptions = {}): Promise<RunningTier> {
  const { port: wanted = DEV_PORT, buildNumber = "dev", sdk, module, ...rest } = options;
  let tier: DevTier | undefined;

  const answer = async (role: RoleName, request: Request, { incoming }: HttpBindings): Promise<Response> => {
    if (!tier) return new Response("starting", { status: 503 });
    const address = new URL(request.url);
    if (address.origin !== tier.origins[role]) return byAnotherName(address, tier.origins[role]);
    // The one method that reaches a server and that no Request may have.
    if (request.method === "TRACE") return new Response("not allowed\n", { status: 405 });
    const response = await tier[role].fetch(native(request));
    if (response.type === "error") {
      incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    }
    return role === "api" ? compressed(response) : response;
  };

  const makeServer = (role: RoleName): Server =>
    createAdaptorServer({
      overrideGlobalObjects: false,
      fetch: (request, bindings) => answer(role, request, bindings as HttpBindings),
    }) as Server;

  for (let attempt = 0, port = wanted; attempt < ATTEMPTS; attempt++, port++) {
    // Below the range from which the system takes its own.
    if (!wanted) port = 10_000 + 3 * Math.floor(Math.random() * 7000);
    if (port + ROLES.length > 65_536) break;
    const servers = ROLES.map(makeServer);
    if (!(await listenOnThree(servers, port))) continue;

    const shutDown = async () => {
      tier?.close();
      await Promise.all(servers.map(stop));
    };
    try {
      const origins = originsFrom(port);
      const own = (target: Target) => (to: Origins) => devSdk(target, to, buildNumber);
      const script = await (sdk ?? own(ALL_JS))(origins);
      let moduleScript: Promise<string> | undefined;
      const makeModule = async () => (module ?? own(INDEX_MJS))(origins);
      tier = createDevTier({
        ...rest,
        origins,
        sdk: () => script,
        module: () => {
          moduleScript ??= makeModule();
          return moduleScript;
        },
      });
    } catch (error) {
      await shutDown();
      throw error;
    }
    return { ...tier, port, close: shutDown };
  }
  throw new CheckError(`no three free ports from ${wanted} on`);
}
