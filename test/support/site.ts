/** Origins of our own on this machine, for the pages that a test needs. */
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";

export interface Site {
  /** Scheme, host and port, without a slash at its end. */
  origin: string;
  close(): Promise<void>;
}

/** Serves `answer` on a free port of `host`, a name or an address of this machine. */
export async function openSite(
  answer: (request: Request) => Response | Promise<Response>,
  host: string = "127.0.0.1",
): Promise<Site> {
  const server = serve({ fetch: answer, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Browsers keep connections open; a request under way would hold the server, and the test, for ever.
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}

/** An HTML document. `body` is trusted. */
export function html(body: string, headers: Record<string, string> = {}): Response {
  return new Response(`<!doctype html><meta charset="utf-8"><title>test</title>${body}`, {
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
