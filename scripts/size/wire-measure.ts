/** One request on a fresh TLS 1.3 connection, and every byte of its response. */
import { once } from "node:events";
import http2 from "node:http2";
import net from "node:net";
import { Duplex } from "node:stream";
import tls from "node:tls";
import { responseOf, worstMoment } from "./wire-http2.ts";
import { applicationData, type WireRecord } from "./wire-records.ts";

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
  /** TLS records that carry it. */
  records: number;
}

const LIMIT_MS = 5_000;

/** A TLS connection of which every byte from the server is kept. */
async function connect({ port, certificate, protocol }: Asked) {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  const received: Buffer[] = [];
  const tap = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    received.push(chunk);
    tap.push(chunk);
  });
  socket.on("end", () => tap.push(null));
  socket.on("error", (error) => tap.destroy(error));

  const secure = tls.connect({
    socket: tap,
    host: "localhost",
    servername: "localhost",
    ca: certificate,
    minVersion: "TLSv1.3",
    ALPNProtocols: [protocol === "HTTP/2" ? "h2" : "http/1.1"],
  });
  let secret = "";
  secure.on("keylog", (line: Buffer) => {
    const [label, , value] = line.toString().trim().split(" ");
    if (label === "SERVER_TRAFFIC_SECRET_0") secret = value!;
  });
  await once(secure, "secureConnect");
  const wanted = protocol === "HTTP/2" ? "h2" : "http/1.1";
  if (secure.alpnProtocol !== wanted) throw new Error(`the server does not speak ${protocol}`);
  return {
    secure,
    records: (): WireRecord[] =>
      applicationData(Buffer.concat(received), secure.getCipher().standardName, Buffer.from(secret, "hex")),
  };
}

/** Sends the request by hand: a browser's other headers do not change the response. */
async function askHttp1(secure: tls.TLSSocket, { path, headers }: Asked) {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    ...Object.entries(headers).map((h) => h.join(": ")),
  ];
  secure.write(`${lines.join("\r\n")}\r\n\r\n`);
  let got = Buffer.alloc(0);
  for await (const chunk of secure.iterator({ destroyOnReturn: false })) {
    got = Buffer.concat([got, chunk as Buffer]);
    const end = got.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const [first, ...rest] = got.subarray(0, end).toString("latin1").split("\r\n");
    const answer = Object.fromEntries(
      rest.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
    );
    const body = got.subarray(end + 4);
    if (body.length < Number(answer["content-length"] ?? 0)) continue;
    return { status: Number(first!.split(" ")[1]), headers: answer, body };
  }
  throw new Error("the server closed the connection in the middle of its response");
}

async function askHttp2(secure: tls.TLSSocket, { path, headers }: Asked) {
  const session = http2.connect("https://localhost", { createConnection: () => secure });
  try {
    const request = session.request({ ":path": path, ...headers });
    const [answer] = (await once(request, "response")) as [http2.IncomingHttpHeaders];
    const body = Buffer.concat(await request.toArray());
    const plain = Object.entries(answer).map(([name, value]) => [name, String(value)]);
    return { status: answer[":status"] as unknown as number, headers: Object.fromEntries(plain), body };
  } finally {
    session.destroy();
  }
}

/**
 * Asks, and counts.
 *
 * The total holds what the server sends for this response and nothing else: session tickets are told apart by what the
 * decrypted record says it is, HTTP/2's own SETTINGS and WINDOW_UPDATE by their stream. Not in it, because a kept-alive
 * connection does not pay it again: the handshake; and below TLS: TCP and IP headers.
 */
export async function measure(asked: Asked): Promise<WireResponse> {
  const { secure, records } = await connect(asked);
  const timer = setTimeout(
    () => secure.destroy(new Error(`no response to ${asked.path} within ${LIMIT_MS} ms`)),
    LIMIT_MS,
  );
  try {
    const answer = await (asked.protocol === "HTTP/2" ? askHttp2 : askHttp1)(secure, asked);
    const seen = records();
    if (asked.protocol === "HTTP/1.1") {
      const total = seen.reduce((sum, { wire }) => sum + wire, 0);
      return { ...answer, total, records: seen.length };
    }
    const { total, records: carriers } = responseOf(seen);
    const worst = worstMoment(answer.headers.date!, answer.headers.etag);
    return { ...answer, total: total + worst, records: carriers };
  } finally {
    clearTimeout(timer);
    secure.destroy();
  }
}
