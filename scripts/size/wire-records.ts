/**
 * The TLS 1.3 records that a server sent, opened with the keys of our own connection (RFC 8446, 5.2 and 7.3).
 *
 * Outside, every protected record looks the same. Inside, one byte says whether it carries the response or the
 * connection's own business (session tickets): only so can the one be counted without the other.
 */
import { createDecipheriv, createHmac } from "node:crypto";

/** Of every record: type, version, length. */
const HEADER = 5;
const TAG = 16;
const APPLICATION_DATA = 23;

export interface WireRecord {
  /** Bytes of the record on the wire, its header and its authentication tag included. */
  wire: number;
  plaintext: Buffer;
}

interface CipherSuite {
  cipher: "aes-128-gcm" | "aes-256-gcm" | "chacha20-poly1305";
  hash: "sha256" | "sha384";
  keyLength: number;
}

const SUITES: Record<string, CipherSuite> = {
  TLS_AES_128_GCM_SHA256: { cipher: "aes-128-gcm", hash: "sha256", keyLength: 16 },
  TLS_AES_256_GCM_SHA384: { cipher: "aes-256-gcm", hash: "sha384", keyLength: 32 },
  TLS_CHACHA20_POLY1305_SHA256: { cipher: "chacha20-poly1305", hash: "sha256", keyLength: 32 },
};

/** HKDF-Expand-Label with an empty context, for outputs no longer than one hash (RFC 8446, 7.1). */
function expandLabel(hash: CipherSuite["hash"], secret: Buffer, name: string, length: number): Buffer {
  const label = Buffer.from(`tls13 ${name}`);
  const info = Buffer.concat([Buffer.from([0, length, label.length]), label, Buffer.from([0, 1])]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}

/** The nonce of record `sequence`: the connection's, with the number folded into its end (RFC 8446, 5.3). */
function nonceOf(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  return nonce;
}

function split(stream: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = at + HEADER + stream.readUInt16BE(at + 3);
    if (end > stream.length) throw new Error("the server's last TLS record is cut off");
    records.push(stream.subarray(at, end));
    at = end;
  }
  return records;
}

/**
 * The application data among the records of `stream`, everything that the server sent on a connection.
 *
 * @param suite the cipher suite's standard name
 * @param secret SERVER_TRAFFIC_SECRET_0, as the key log has it
 * Throws an Error for a suite it does not know, and when a record after the first opened one does not open.
 */
export function applicationData(stream: Buffer, suite: string, secret: Buffer): WireRecord[] {
  const found = SUITES[suite];
  if (!found) throw new Error(`${suite} is no cipher suite of TLS 1.3 that can be read here`);
  const { cipher, hash, keyLength } = found;
  const key = expandLabel(hash, secret, "key", keyLength);
  const iv = expandLabel(hash, secret, "iv", 12);

  let sequence = 0;
  const records: WireRecord[] = [];
  for (const record of split(stream)) {
    if (record[0] !== APPLICATION_DATA) continue;
    let opened: Buffer;
    try {
      const decipher = createDecipheriv(cipher as "aes-128-gcm", key, nonceOf(iv, sequence), {
        authTagLength: TAG,
      });
      decipher.setAAD(record.subarray(0, HEADER));
      decipher.setAuthTag(record.subarray(-TAG));
      opened = Buffer.concat([decipher.update(record.subarray(HEADER, -TAG)), decipher.final()]);
    } catch (error) {
      // The handshake's own records come first, under other keys.
      if (sequence === 0) continue;
      throw error;
    }
    sequence++;
    // Padding, if any, is zeros after the byte that names the content.
    let end = opened.length - 1;
    while (opened[end] === 0) end--;
    if (opened[end] === APPLICATION_DATA) {
      records.push({ wire: record.length, plaintext: opened.subarray(0, end) });
    }
  }
  return records;
}
