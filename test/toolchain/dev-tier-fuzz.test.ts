/** Whatever a request holds, the dev tier answers it: no 500, no word on the terminal, and it goes on to answer the next. */
import { connect } from "node:net";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { FAULTS, type Fault, type FaultValues } from "../../scripts/dev-tier/index.ts";
import { type RunningTier, startDevTier } from "../../scripts/dev-tier/server.ts";
import { suite } from "../support/suite.ts";

const test = suite("dev tier: fuzz");

const RUNS = 20_000;

const bytes = (min: number, max: number) =>
  fc.string({ unit: fc.integer({ min, max }).map((byte) => String.fromCharCode(byte)), maxLength: 12 });

const list = (text: string, separator: RegExp): string[] => text.trim().split(separator);

/** What attackers, scanners and broken clients send in the place of a word; nearly all of it gets past Node's parser. */
const WORDS = list(
  `% %zz %00 %0d%0aX:y %0A %1b[31m %9b %c0%80 %e0%a4 %ed%a0%80 %u0041 .. %2e%2e // \\ __proto__ constructor
   javascript:alert(1) http://[ %E2%80%A8 1 -1 1e9 999999999999 NaN true null three many approve no_expiry
   %F0%9F%92%A9 %F4%8F%BF%BF {} {"late":1} SITE%2F LANDING http`,
  /\s+/,
);
const hostile = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("", "a".repeat(5_000), ...WORDS) },
  { weight: 10, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }).map(encodeURIComponent) },
  { weight: 2, arbitrary: bytes(0x21, 0x7e) },
  { weight: 1, arbitrary: bytes(0, 0xff) },
);

const NAMES = list(
  `client_id redirect_uri state scope response_type assisted protocol proxy
   account decision pagesize page site access_token key *`,
  /\s+/,
);
const DIALOG = "client_id=1&redirect_uri=LANDING&account=three&decision=approve";

/** Method, target and body, with a gap `*` for each hostile word and `@` for a parameter. */
const REQUESTS = {
  site: `
    GET /*
    GET /all.js?@
    GET /sdk/index.mjs?@
    GET /blank/*
    GET /tier.json
    POST /dev/faults {"late":*}
    POST /dev/faults {"__proto__":1}
    POST /dev/faults *
    DELETE /dev/faults`,
  login: `
    GET /oauth/dialog?${DIALOG}&state=*&@
    POST /oauth/dialog ${DIALOG}&state=*&@
    POST /oauth/dialog client_id=1&redirect_uri=SITE%2F*&account=three&decision=approve&@
    POST /oauth/dialog LONG
    GET /oauth/dialog?@&@&@
    GET /oauth/login_success?assisted=1&protocol=http&proxy=SITE%2F*&@
    GET /oauth/%6cogin_success?@&@&@`,
  api: `
    GET /2.0/me/associated?@&@
    GET /2.3/me?site=*&@
    GET /2.1/errors?@
    GET /2.0/errors/*
    POST /2.2/access-tokens/*/invalidate @
    GET /oauth/login_success?@&@
    POST /2.0/errors LONG`,
};
const STRANGE = list("* /.. //oauth/dialog http://127.0.0.1:1/ http://[ evil.example:443 /%", / /);
const METHODS = list("HEAD PUT DELETE OPTIONS TRACE PATCH CONNECT get \u001b[2J", / /);

const HEADERS = list(
  `User-Agent: *; User-Agent: MSIE 9.; Authorization: Bearer *; Authorization: *; Cookie: *; Origin: *; Range: *;
   Content-Type: application/json; Content-Type: application/json; Content-Type: *; Accept-Encoding: *;
   Referer: *; X-Forwarded-Host: *; If-None-Match: *; Access-Control-Request-Headers: *`,
  /;\s+/,
);
/** They say how the message is to be read, and come seldom: with a wrong one, the parser alone has a say. */
const FRAMING = list(
  `Content-Length: *; Content-Length: 70000; Transfer-Encoding: chunked; Transfer-Encoding: *; Te: *;
   Expect: 100-continue; Upgrade: websocket; Host: localhost; Host: *; A B: *; : *`,
  /;\s+/,
);

const fault = fc.constantFrom(
  ...Object.entries(FAULTS as Record<string, Fault>)
    // These wait, or answer with what is looked for here, because they are told to.
    .filter(([name]) => !["apiSlow", "apiEndless", "apiNoJson", "apiDropped"].includes(name))
    .flatMap(([name, { off, choices, sample = "three" }]) =>
      (choices ?? [typeof off === "boolean" ? true : sample]).map((on) => ({ [name]: on })),
    ),
);

const often = <T>(arbitrary: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: rare });

const fuzzed = fc
  .constantFrom("site" as const, "login" as const, "login" as const, "api" as const)
  .chain((role) =>
    fc.record({
      role: fc.constant(role),
      request: fc.constantFrom(...list(REQUESTS[role], /\n\s*/)),
      method: often(fc.constant(""), fc.constantFrom(...METHODS)),
      target: often(fc.constant(""), fc.constantFrom(...STRANGE)),
      headers: fc.array(often(fc.constantFrom(...HEADERS), fc.constantFrom(...FRAMING)), { maxLength: 2 }),
      names: fc.array(fc.constantFrom(...NAMES), { minLength: 3, maxLength: 3 }),
      words: fc.array(hostile, { minLength: 8, maxLength: 8 }),
      /** Without a length, what comes behind the head is another request. */
      lengthSaid: often(fc.constant(true), fc.constant(false)),
      faults: often(fc.constant({}), fault),
    }),
  );
type Fuzzed = typeof fuzzed extends fc.Arbitrary<infer T> ? T : never;

/** The bytes of a request, one character a byte. */
function bytesOf(one: Fuzzed, { origins }: RunningTier): string {
  const [names, words] = [[...one.names], [...one.words]];
  const fill = (text: string) =>
    text
      .replace(/@/g, () => `${names.pop()}=*`)
      .replace(/\*/g, () => words.pop() ?? "")
      .replaceAll("SITE", encodeURIComponent(origins.site))
      .replaceAll("LANDING", encodeURIComponent(`${origins.login}/oauth/login_success`))
      .replace("LONG", "x".repeat(70_000));
  const [method, target, body = ""] = one.request.split(" ") as [string, string, string?];
  const sent = fill(body);
  const lines = [
    `${one.method || method} ${one.target || fill(target)} HTTP/1.1`,
    `Host: ${new URL(origins[one.role]).host}`,
    "Connection: close",
    ...one.headers.map(fill),
    ...(one.lengthSaid ? [`Content-Length: ${sent.length}`] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${sent}`;
}

/** Everything that comes back until the connection ends. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("latin1").setTimeout(10_000, () => reject(new Error("no end of an answer in 10 s")));
    socket.on("data", (text) => {
      answer += text;
    });
    // A server that has heard enough of a long body closes while it is still being sent.
    socket.on("error", () => {});
    socket.on("close", () => {
      socket.setTimeout(0);
      resolve(answer);
    });
    socket.end(bytes, "latin1");
  });
}

test(`${RUNS} requests of any bytes: no 5xx, nothing on the terminal`, async () => {
  const tier = await startDevTier({ port: 0, sdk: () => "1" });
  const statuses: Record<string, number> = {};
  const property = fc.asyncProperty(fuzzed, async (one) => {
    tier.faults.reset();
    tier.faults.set(one.faults as Partial<FaultValues>);
    const answer = await exchange(Number(new URL(tier.origins[one.role]).port), bytesOf(one, tier));
    // A 100 or 103 may come first; a connection that asks for a tunnel is closed without a word.
    const status = /^(?:HTTP\/1\.1 1\d\d[\s\S]*?\r\n\r\n)*HTTP\/1\.1 (\d\d\d) /.exec(answer)?.[1] ?? "none";
    statuses[status] = (statuses[status] ?? 0) + 1;
    assert.not.match(status, /^5/, answer.slice(0, 500));
    if (status === "none") assert.is(answer, "");
  });
  let written = "";
  const streams = [process.stdout, process.stderr];
  const real = streams.map(({ write }) => write);
  for (const stream of streams)
    stream.write = (text: string | Uint8Array): boolean => {
      written += text;
      return true;
    };
  try {
    await fc.assert(property, { numRuns: RUNS, includeErrorInReport: true });
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = real[index]!;
    await tier.close();
  }
  assert.equal(written.split("\n").slice(0, 5), [""]);
  // It would pass as well if the parser refused each of them.
  for (const status of [200, 302, 400, 404, 413, 415, 421])
    assert.ok(statuses[status]! > 20, `${status}: ${statuses[status]}`);
});

test.run();
