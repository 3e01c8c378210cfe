/** The dev tier over HTTP: three neighbouring ports of the loopback interface. */
import { once } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { prepare } from "../build/index.ts";
import { stamp } from "../build/stamp.ts";
import { CheckError } from "../cli.ts";
import { ALL_JS, DEV_HOST, DEV_PORT, localTier, TARGETS, type Target } from "../config.ts";
import { createDevTier, type DevTier, type DevTierOptions, type Origins, ROLES } from "./index.ts";

export interface ServerOptions extends Omit<DevTierOptions, "origins" | "sdk"> {
  /** The first of the three ports; 0 for any free three. 8700 unless given. */
  port?: number;
  /** The text of all.js or index.mjs for these origins, asked for once each. The project's own build unless given. */
  sdk?: (target: Target, origins: Origins) => Promise<string> | string;
  /** What an SDK built here calls its version; "dev" unless given. */
  buildNumber?: string;
}

export interface RunningTier extends Omit<DevTier, "close"> {
  /** The first of the three ports: not the one asked for when that, or a neighbour, was taken. */
  port: number;
  /** Stops listening and drops every open connection. */
  close(): Promise<void>;
}

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

/** Also for a server that does not listen. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Listens on neighbouring ports of the loopback interface. False when one is taken; throws CheckError when one cannot be had at all. */
async function listen(servers: Server[], first: number): Promise<boolean> {
  const listening = servers.map((server, index) => once(server.listen(first + index, DEV_HOST), "listening"));
  const failed = (await Promise.allSettled(listening)).find((result) => result.status === "rejected");
  if (!failed) return true;
  await Promise.all(servers.map(stop));
  const { code, message } = failed.reason as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return false;
  const hint = code === "EACCES" ? ". Ports from 1024 on need no permission" : "";
  throw new CheckError(`the dev tier cannot listen on port ${first}: ${message}${hint}`);
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

/** The server of one role. */
function serve(tier: DevTier, role: (typeof ROLES)[number]): Server {
  async function answer(request: Request, { incoming }: HttpBindings): Promise<Response> {
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
  }
  return createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: (request, bindings) => answer(request, bindings as HttpBindings),
  }) as Server;
}

/**
 * Starts the tier on `port`, `port + 1` and `port + 2`, or on the next three neighbours that are free.
 *
 * Throws CheckError when none can be had, and whatever building the SDK throws.
 */
export async function startDevTier(options: ServerOptions = {}): Promise<RunningTier> {
  const { port: wanted = DEV_PORT, buildNumber = "dev", ...rest } = options;
  const make =
    options.sdk ??
    (async (target, { login, api }) =>
      stamp(await prepare(target, { tier: localTier(login, api) }), buildNumber).code);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Any: below the range from which the system takes its own.
    const port = wanted ? wanted + attempt : 10_000 + 3 * Math.floor(Math.random() * 7000);
    if (port + ROLES.length > 65_536) break;
    const at = (index: number) => `http://${DEV_HOST}:${port + index}`;
    const origins = { site: at(0), login: at(1), api: at(2) };
    const made = new Map<string, Promise<string> | string>();
    const sdk = (name: string) => {
      const target = TARGETS.find((each) => each.name === name)!;
      if (!made.has(name)) made.set(name, make(target, origins));
      return made.get(name)!;
    };
    const tier = createDevTier({ ...rest, origins, sdk });
    const servers = ROLES.map((role) => serve(tier, role));
    if (!(await listen(servers, port))) continue;
    const close = async () => {
      tier.close();
      await Promise.all(servers.map(stop));
    };
    try {
      await sdk(ALL_JS.name);
    } catch (error) {
      await close();
      throw error;
    }
    return { ...tier, port, close };
  }
  throw new CheckError(`no three free ports from ${wanted} on`);
}
