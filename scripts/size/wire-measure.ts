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

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Bytes of the response on the wire: status, headers, body, HTTP/2 frames and TLS records. */
  total: number;
}

type Answer = Omit<WireResponse, "total">;

const LIMIT_MS = 20_000;

const textsOf = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

async function askHttp1(agent: http.Agent, { path, headers }: Asked): Promise<Answer> {
  const request = http.get({ agent, host: "localhost", path, headers });
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  const body = Buffer.concat(await response.toArray());
  return { status: response.statusCode!, headers: textsOf(response.headers), body };
}

async function askHttp2(session: http2.ClientHttp2Session, { path, headers }: Asked): Promise<Answer> {
  const request = session.request({ ":path": path, ...headers });
  const [response] = (await once(request, "response")) as [http2.IncomingHttpHeaders];
  const body = Buffer.concat(await request.toArray());
  return { status: Number(response[":status"]), headers: textsOf(response), body };
}

/**
 * Asks twice on one connection, and counts what the network socket reads the second time. By then the server has sent what is the
 * connection's own: the handshake, session tickets, SETTINGS. Below TLS, TCP and IP headers are not counted.
 *
 * Over HTTP/2 a response takes a few bytes more or less by the moment: HPACK's Huffman code makes some dates longer.
 */
export async function measure(asked: Asked): Promise<WireResponse> {
  const socket = net.connect(asked.port, "127.0.0.1");
  const timer = setTimeout(
    () => socket.destroy(new Error(`no response to ${asked.path} within ${LIMIT_MS} ms`)),
    LIMIT_MS,
  );
  try {
    await once(socket, "connect");
    const protocol = asked.protocol === "HTTP/2" ? "h2" : "http/1.1";
    const secure = tls.connect({
      socket,
      servername: "localhost",
      ca: asked.certificate,
      minVersion: "TLSv1.3",
      ALPNProtocols: [protocol],
    });
    await once(secure, "secureConnect");
    if (secure.alpnProtocol !== protocol) throw new Error(`the server does not speak ${asked.protocol}`);
    const agent = Object.assign(new http.Agent({ keepAlive: true }), { createConnection: () => secure });
    const session =
      protocol === "h2" ? http2.connect("https://localhost", { createConnection: () => secure }) : null;
    const ask = (): Promise<Answer> => (session ? askHttp2(session, asked) : askHttp1(agent, asked));
    await ask();
    const before = socket.bytesRead;
    const answer = await ask();
    return { ...answer, total: socket.bytesRead - before };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
