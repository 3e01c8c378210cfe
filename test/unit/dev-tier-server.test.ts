import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestOptions, request, Server } from "node:http";
import * as assert from "uvu/assert";
import { ROOT } from "../../scripts/config.ts";
import { type RunningTier, type ServerOptions, startDevTier } from "../../scripts/dev-tier/server.ts";
import { suite } from "../support/suite.ts";

const test = suite("dev tier: server");

/** What was built, and for which origins. */
const built: string[] = [];
const sdk: NonNullable<ServerOptions["sdk"]> = ({ name }, { login }) => {
  built.push(`${name} ${login}`);
  return `/* ${login} */`;
};

let tier: RunningTier;
test.before(async () => {
  tier = await startDevTier({ port: 0, sdk });
});
test.after(() => tier.close());

const textAt = async (address: string): Promise<string> => (await fetch(address)).text();

/** Asks by Node's own client, which follows nothing, decompresses nothing and takes any method and name. */
const ask = (address: string, options: RequestOptions = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(address, options, (answer) => resolve(answer.resume()))
      .on("error", reject)
      .end();
  });

/** What `startDevTier` fails with. */
const failure = (options: object): Promise<Error> =>
  startDevTier({ sdk, ...options }).then(
    () => assert.unreachable("it listens"),
    (error) => error,
  ) as Promise<Error>;

test("three neighbouring ports of the loopback interface, and its own build of the SDK for them", async () => {
  const { port, origins, close } = await startDevTier({ port: 0, buildNumber: "4711" });
  assert.equal(origins, {
    site: `http://127.0.0.1:${port}`,
    login: `http://127.0.0.1:${port + 1}`,
    api: `http://127.0.0.1:${port + 2}`,
  });
  for (const path of ["/all.js", "/sdk/all.js", "/sdk/index.mjs"]) {
    const code = await textAt(origins.site + path);
    assert.ok(code.includes(origins.login) && code.includes(origins.api) && code.includes("4711"), path);
    assert.not.match(code, /stackexchange\.com/, path);
  }
  await close();
});

test("each role answers; the API's answers are compressed, also for a client that did not ask", async () => {
  const { origins } = tier;
  assert.is((await ask(`${origins.login}/oauth/dialog`)).statusCode, 400);
  const { statusCode, headers } = await ask(`${origins.api}/2.0/errors`);
  assert.equal([statusCode, headers["content-encoding"]], [200, "gzip"]);
  assert.is((await ask(`${origins.api}/2.0/errors/503`, { method: "POST" })).statusCode, 400);
  // The one method that no Request may have.
  assert.is((await ask(origins.login, { method: "TRACE" })).statusCode, 405);
});

test("the script is built at once, the module when a page first asks for it, each once for the tier's origins", async () => {
  const { site, login } = tier.origins;
  assert.equal(built, [`all.js ${login}`]);
  for (const path of ["/sdk/index.mjs", "/sdk/index.mjs", "/all.js"])
    assert.is(await textAt(site + path), `/* ${login} */`);
  assert.equal(built, [`all.js ${login}`, `index.mjs ${login}`]);
});

test("a taken port: the next three that are free; none left: an error that says so", async () => {
  // The first port asked for is free, its second neighbour is not.
  const second = await startDevTier({ port: tier.port - 2, sdk });
  assert.ok(second.port > tier.port + 2);
  assert.is(await textAt(`${second.origins.site}/blank`), "");
  await second.close();
  assert.is((await failure({ port: 65_534 })).message, "no three free ports from 65534 on");
});

test("ports that may not be opened: an error that says so, and names the port", async () => {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server): Server {
    const refusal = Object.assign(new Error("listen EACCES: permission denied"), { code: "EACCES" });
    setImmediate(() => this.emit("error", refusal));
    return this;
  };
  try {
    const { name, message } = await failure({ port: 80 });
    assert.is(name, "CheckError");
    assert.match(message, /cannot listen on port 80: listen EACCES: permission denied.*from 1024 on/);
  } finally {
    Server.prototype.listen = listen;
  }
});

test("an SDK that does not build frees the ports", async () => {
  let used = 0;
  const failing: typeof sdk = (_, { site }) => {
    used = Number(new URL(site).port);
    throw new Error("will not build");
  };
  assert.is((await failure({ port: 0, sdk: failing })).message, "will not build");
  const blocker = createServer().listen(used, "127.0.0.1");
  await once(blocker, "listening");
  blocker.close();
});

test("close() ends slow and endless answers, whose first bytes arrive, and frees the ports", async () => {
  const { origins, faults, close } = await startDevTier({ port: 0, sdk });
  const errors = `${origins.api}/2.0/errors`;
  faults.set({ apiEndless: true });
  // Without a limit the test would wait for bytes that a compressor keeps.
  const reader = (await fetch(errors, { signal: AbortSignal.timeout(5000) })).body!.getReader();
  const begun = await reader.read().catch(() => undefined);
  if (!begun) await close();
  assert.is(new TextDecoder().decode(begun?.value), '{"items":[');
  const endless = reader.read().then(
    () => "ended",
    () => "ended",
  );
  faults.set({ apiSlow: 600_000 });
  // The server says "continue" when it has the request.
  const asking = request(errors, { headers: { Expect: "100-continue" } });
  const slow = new Promise((resolve) => {
    asking.on("response", () => resolve("answered")).on("error", () => resolve("ended"));
  });
  asking.flushHeaders();
  await once(asking, "continue");
  asking.end();
  // Another request comes and goes meanwhile.
  await textAt(`${origins.site}/blank`);
  assert.is(await Promise.race([endless, slow, "waiting"]), "waiting");
  await close();
  assert.equal([await endless, await slow], ["ended", "ended"]);
  for (const origin of Object.values(origins)) {
    const error = await ask(origin).catch((refused) => refused);
    assert.is(error.code, "ECONNREFUSED");
  }
});

test("apiDropped: the connection ends without an answer", async () => {
  tier.faults.set({ apiDropped: true });
  const error = await fetch(`${tier.origins.api}/2.0/errors`).catch((dropped) => dropped);
  tier.faults.reset();
  assert.is(error.cause.code, "UND_ERR_SOCKET");
});

test("a body of unknown length, or none, is as good as any; a long one is refused before all of it has come", async () => {
  const send = async (chunks: number) => {
    let sent = 0;
    const headers = { "Transfer-Encoding": "chunked" };
    const sending = request(`${tier.origins.login}/oauth/dialog`, { method: "POST", headers });
    const next = () => {
      if (sent++ < chunks) sending.write(Buffer.alloc(16_384, "x"), next);
      else sending.end();
    };
    next();
    const [answer] = await once(sending, "response");
    sending.destroy();
    return { status: answer.statusCode, sent };
  };
  assert.is((await send(0)).status, 400);
  assert.is((await send(2)).status, 400);
  const { status, sent } = await send(10_000);
  assert.is(status, 413);
  assert.ok(sent < 5_000, `${sent} chunks were sent`);
});

test("a sender who breaks off in a body is no bug of the tier's", async () => {
  const { login, origins } = tier;
  const { error } = console;
  const printed: unknown[] = [];
  console.error = (...words) => printed.push(...words);
  try {
    const { fetch: answer } = login;
    const answered = new Promise<void>((over) => {
      login.fetch = (got) => answer(got).finally(over);
    });
    const headers = { "Content-Length": 100 };
    const sending = request(`${origins.login}/oauth/dialog`, { method: "POST", headers });
    sending.on("error", () => {}).write("client_id=1", () => sending.destroy());
    await answered;
    login.fetch = answer;
  } finally {
    console.error = error;
  }
  assert.equal(printed, []);
});

test("localhost is sent on to the tier's own address, for a module script too; any other name is refused", async () => {
  const { port, origins } = tier;
  const askBy = (host: string, at: number, path: string) =>
    ask("http://127.0.0.1", { port: at, path, headers: { Host: host } });
  // A foreign page's name may resolve to this machine.
  const foreign = ["evil.example", `evil.example:${port}`, "localhost.evil.example", `localhost:${port + 1}`];
  for (const host of foreign) assert.is((await askBy(host, port, "/dev/faults")).statusCode, 421, host);

  const page = await askBy(`localhost:${port}`, port, "/playground.html?app=1");
  assert.is(page.statusCode, 307);
  assert.is(page.headers.location, `${origins.site}/playground.html?app=1`);
  // A redirect, too, must let other origins read it.
  assert.is(page.headers["access-control-allow-origin"], "*");
  const dialog = await askBy(`LOCALHOST:${port + 1}`, port + 1, "//oauth/dialog?x=%0d");
  assert.is(dialog.headers.location, `${origins.login}//oauth/dialog?x=%0d`);
});

test("npm start: builds, says where the page is, and Ctrl-C ends it without a word", async () => {
  // The test runner asks for colours, and whoever asks wins.
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  const start = ["--import", "tsx", "scripts/start.ts", "--port", String(tier.port)];
  const child = spawn(process.execPath, start, { cwd: ROOT, env });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
    if (out.includes("Ctrl-C stops.")) child.kill("SIGINT");
  });
  child.stderr.on("data", (chunk) => (err += chunk));
  assert.equal([await once(child, "close"), err], [[0, null], ""]);
  assert.match(out, /all\.js {2}\d+ B raw/);
  assert.match(out, new RegExp(`Port ${tier.port} .* is taken: using \\d+ to \\d+`));
  assert.match(out, /page {3}http:\/\/127\.0\.0\.1:\d+\//);
});

test.run();
