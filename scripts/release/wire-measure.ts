/** One request on a TLS 1.3 connection that is open already, and the bytes of its response. */
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import tls from "node:tls";

export type Protocol = "HTTP/1.1" | "HTTP/2";

export interface Asked {
  port: number;
  /** The server's certificate, PEM: the only one that is trusted. */
  certificate: string;
  protocol: Protocol;
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
}

const LIMIT_MS = 20_000;

/**
 * Asks twice on one connection, and counts what the network socket reads the second time. By then the server has sent what is the
 * connection's own: the handshake, session tickets, SETTINGS. So `total` is status, headers, body, HTTP/2 frames and TLS records; TCP and
 * IP headers are not counted.
 *
 * Over HTTP/2 a response takes a few bytes more or less by the moment: HPACK's Huffman code makes some dates longer.
 */
export async function measure({ port, certificate, protocol, path, headers }: Asked) {
  const socket = net.connect(port, "127.0.0.1");
  const late = new Error(`no response to ${path} within ${LIMIT_MS} ms`);
  const timer = setTimeout(() => socket.destroy(late), LIMIT_MS);
  try {
    await once(socket, "connect");
    const spoken = protocol === "HTTP/2" ? "h2" : "http/1.1";
    const secure = tls.connect({
      socket,
      servername: "localhost",
      ca: certificate,
      minVersion: "TLSv1.3",
      ALPNProtocols: [spoken],
    });
    await once(secure, "secureConnect");
    if (secure.alpnProtocol !== spoken) throw new Error(`the server does not speak ${protocol}`);
    const createConnection = () => secure;
    const agent = Object.assign(new http.Agent({ keepAlive: true }), { createConnection });
    const session = spoken === "h2" ? http2.connect("https://localhost", { createConnection }) : null;
    const ask = async () => {
      if (session) {
        const request = session.request({ ":path": path, ...headers });
        const [received] = (await once(request, "response")) as [http2.IncomingHttpHeaders];
        const body = Buffer.concat(await request.toArray());
        return { status: Number(received[":status"]), headers: received, body };
      }
      const request = http.get({ agent, host: "localhost", path, headers });
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      const body = Buffer.concat(await response.toArray());
      return { status: response.statusCode!, headers: response.headers, body };
    };
    await ask();
    const before = socket.bytesRead;
    const answer = await ask();
    return { ...answer, total: socket.bytesRead - before };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
