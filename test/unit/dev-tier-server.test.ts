import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, Server } from "node:http";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { type RunningTier, startDevTier } from "../../scripts/dev-tier/server.ts";
import { suite } from "../support/suite.ts";

const test = suite("dev tier: server");

const sdk = (origins: { login: string }) => `/* ${origins.login} */`;

async function withTier(options: object, use: (tier: RunningTier) => Promise<void>): Promise<void> {
  const tier = await startDevTier({ port: 0, sdk, ...options });
  try {
    await use(tier);
  } finally {
    await tier.close();
  }
}

const refused = async (address: string): Promise<boolean> => {
  try {
    await fetch(address);
    return false;
  } catch (error) {
    return (error as any).cause?.code === "ECONNREFUSED";
  }
};

test("three neighbouring ports of the loopback interface, and an SDK for them", async () => {
  await withTier({}, async ({ port, origins }) => {
    assert.equal(origins, {
      site: `http://127.0.0.1:${port}`,
      login: `http://127.0.0.1:${port + 1}`,
      api: `http://127.0.0.1:${port + 2}`,
    });
    assert.is(await (await fetch(`${origins.site}/all.js`)).text(), `/* ${origins.login} */`);
    assert.is((await fetch(`${origins.login}/oauth/dialog`)).status, 400);
    assert.is((await fetch(`${origins.api}/2.0/errors`)).status, 200);
  });
});

test("the API's answers are compressed, also for a client that did not ask", async () => {
  await withTier({}, async ({ origins }) => {
    const encoding = await new Promise((resolve, reject) => {
      request(`${origins.api}/2.0/errors`, (answer) => {
        answer.resume();
        resolve(answer.headers["content-encoding"]);
      })
        .on("error", reject)
        .end();
    });
    assert.is(encoding, "gzip");
  });
});

test("the tier builds its own SDK, which knows the tier's origins and no other", async () => {
  await withTier({ sdk: undefined, buildNumber: "4711" }, async ({ origins }) => {
    for (const path of ["/all.js", "/sdk/all.js", "/sdk/index.mjs"]) {
      const code = await (await fetch(origins.site + path)).text();
      assert.ok(code.includes(origins.login) && code.includes(origins.api) && code.includes("4711"), path);
      assert.not.match(code, /stackexchange\.com/, path);
    }
  });
});

test("a taken port: the next three that are free", async () => {
  await withTier({}, async (first) => {
    // The first port asked for is free, its second neighbour is not.
    await withTier({ port: first.port - 2 }, async (second) => {
      assert.ok(second.port > first.port + 2);
      assert.is((await fetch(`${second.origins.site}/blank`)).status, 200);
    });
  });
});

test("no ports left is an error that says so", async () => {
  let message = "";
  await startDevTier({ port: 65_534, sdk }).catch((error) => (message = error.message));
  assert.is(message, "no three free ports from 65534 on");
});

test("ports that may not be opened: an error that says so, and names the port", async () => {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server): Server {
    const refusal = Object.assign(new Error("listen EACCES: permission denied 127.0.0.1:80"), {
      code: "EACCES",
    });
    setImmediate(() => this.emit("error", refusal));
    return this;
  };
  try {
    const error: Error = await startDevTier({ port: 80, sdk }).then(
      () => assert.unreachable("it listens"),
      (thrown) => thrown,
    );
    assert.is(error.name, "CheckError");
    assert.match(error.message, /cannot listen on port 80: listen EACCES: permission denied .*from 1024 on/);
  } finally {
    Server.prototype.listen = listen;
  }
});

test("an SDK that does not build frees the ports", async () => {
  const blocker = (port: number) =>
    new Promise<Server>((resolve, reject) => {
      const server = createServer().on("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(server));
    });
  let used = 0;
  const failing = (origins: { site: string }) => {
    used = Number(new URL(origins.site).port);
    throw new Error("will not build");
  };
  let message = "";
  await startDevTier({ port: 0, sdk: failing }).catch((error) => (message = error.message));
  assert.is(message, "will not build");
  (await blocker(used)).close();
});

test("close() ends open connections and slow answers, and frees the ports", async () => {
  const tier = await startDevTier({ port: 0, sdk });
  tier.faults.set({ apiSlow: 600_000 });
  // The server says "continue" when it has the request.
  const asking = request(`${tier.origins.api}/2.0/errors`, { headers: { Expect: "100-continue" } });
  const slow = new Promise((resolve) => {
    asking.on("response", () => resolve("answered")).on("error", () => resolve("ended"));
  });
  asking.flushHeaders();
  await once(asking, "continue");
  asking.end();
  await fetch(`${tier.origins.site}/blank`);
  await tier.close();
  assert.is(await slow, "ended");
  for (const origin of Object.values(tier.origins)) assert.ok(await refused(origin));
});

test("a body of unknown length, or none, is as good as any; a long one is refused before all of it has come", async () => {
  await withTier({}, async ({ origins }) => {
    const send = (chunks: number) =>
      new Promise<{ status: number | undefined; sent: number }>((resolve, reject) => {
        let sent = 0;
        const sending = request(
          `${origins.login}/oauth/dialog`,
          { method: "POST", headers: { "Transfer-Encoding": "chunked" } },
          (answer) => {
            answer.resume();
            resolve({ status: answer.statusCode, sent });
            sending.destroy();
          },
        );
        sending.on("error", reject);
        const next = () => {
          if (sent++ < chunks) sending.write(Buffer.alloc(16_384, "x"), next);
          else sending.end();
        };
        next();
      });
    assert.is((await send(0)).status, 400);
    assert.is((await send(2)).status, 400);
    const { status, sent } = await send(10_000);
    assert.is(status, 413);
    assert.ok(sent < 5_000, `${sent} chunks were sent`);
    assert.is((await fetch(`${origins.api}/2.0/errors/503`, { method: "POST" })).status, 400);
  });
});

test("a sender who breaks off in a body is no bug of the tier's", async () => {
  const { error } = console;
  const printed: unknown[] = [];
  console.error = (...words) => printed.push(...words);
  try {
    await withTier({}, async ({ origins, login }) => {
      let over = () => {};
      const answered = new Promise<void>((resolve) => {
        over = resolve;
      });
      const { fetch: answer } = login;
      login.fetch = (got) => answer(got).finally(over);
      const sending = request(`${origins.login}/oauth/dialog`, {
        method: "POST",
        headers: { "Content-Length": 100 },
      }).on("error", () => {});
      sending.write("client_id=1", () => sending.destroy());
      await answered;
    });
  } finally {
    console.error = error;
  }
  assert.equal(printed, []);
});

test("every method of HTTP has an answer that is no 500", async () => {
  await withTier({}, async ({ origins }) => {
    const ask = (address: string, method: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asking = request(address, { method }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asking.on("error", reject).end();
      });
    for (const origin of Object.values(origins))
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
        assert.ok((await ask(`${origin}/2.0/nothing`, method))! < 500, `${method} ${origin}`);
  });
});

test("apiEndless: the first bytes arrive, then nothing until close()", async () => {
  const tier = await startDevTier({ port: 0, sdk });
  tier.faults.set({ apiEndless: true });
  // Without a limit the test would wait for bytes that a compressor keeps.
  const signal = AbortSignal.timeout(5000);
  const reader = (await fetch(`${tier.origins.api}/2.0/errors`, { signal })).body!.getReader();
  const begun = await reader.read().catch(() => undefined);
  if (!begun) await tier.close();
  assert.is(new TextDecoder().decode(begun?.value), '{"items":[');
  const rest = reader.read().then(
    () => "ended",
    () => "ended",
  );
  // Another request comes and goes meanwhile.
  await (await fetch(`${tier.origins.site}/blank`)).text();
  assert.is(await Promise.race([rest, "waiting"]), "waiting");
  const begin = performance.now();
  await tier.close();
  assert.is(await rest, "ended");
  assert.ok(performance.now() - begin < 1000);
});

test("apiDropped: the connection ends without an answer", async () => {
  await withTier({}, async ({ origins, faults }) => {
    faults.set({ apiDropped: true });
    let code = "";
    await fetch(`${origins.api}/2.0/errors`).catch((error) => (code = error.cause.code));
    assert.is(code, "UND_ERR_SOCKET");
  });
});

/** Asks the server on `port` by the name `host`, and follows nothing. */
const askBy = (host: string, port: number, path: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, headers: { Host: host } }, (answer) => resolve(answer.resume()))
      .on("error", reject)
      .end();
  });

test("a request by another name is refused: a foreign page may resolve to this machine", async () => {
  await withTier({}, async ({ port }) => {
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "localhost.evil.example",
      `localhost:${port + 1}`,
    ])
      assert.is((await askBy(host, port, "/dev/faults")).statusCode, 421, host);
  });
});

test("localhost is sent on to the address that the tier answers to, for a module script too", async () => {
  await withTier({ module: () => "export {};" }, async ({ port, origins }) => {
    const page = await askBy(`localhost:${port}`, port, "/playground.html?app=1");
    assert.is(page.statusCode, 307);
    assert.is(page.headers.location, `${origins.site}/playground.html?app=1`);
    const dialog = await askBy(`LOCALHOST:${port + 1}`, port + 1, "//oauth/dialog?x=%0d");
    assert.is(dialog.headers.location, `${origins.login}//oauth/dialog?x=%0d`);
    // A redirect, too, must let other origins read it.
    const script = await askBy(`localhost:${port}`, port, "/sdk/index.mjs");
    assert.is(script.headers["access-control-allow-origin"], "*");
  });
});

test("the module is built for the tier's origins when a page first asks for it, once", async () => {
  const asked: string[] = [];
  const module = ({ api }: { api: string }) => {
    asked.push(api);
    return "export {};";
  };
  await withTier({ module }, async ({ origins }) => {
    assert.equal(asked, []);
    for (let visit = 0; visit < 2; visit++)
      assert.is(await (await fetch(`${origins.site}/sdk/index.mjs`)).text(), "export {};");
    assert.equal(asked, [origins.api]);
  });
});

test("npm start: builds, says where the page is, and Ctrl-C ends it without a word", async () => {
  await withTier({}, async (taken) => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "scripts/start.ts", "--port", String(taken.port)],
      {
        cwd: root,
        // The test runner asks for colours, and whoever asks wins.
        env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
      },
    );
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (out.includes("Ctrl-C stops.")) child.kill("SIGINT");
    });
    child.stderr.on("data", (chunk) => (err += chunk));
    const ended = await new Promise((resolve) =>
      child.on("close", (code, signal) => resolve([code, signal])),
    );
    assert.equal([ended, err], [[0, null], ""]);
    assert.match(out, /all\.js {2}\d+ B raw/);
    assert.match(out, new RegExp(`Port ${taken.port} .* is taken: using \\d+ to \\d+`));
    assert.match(out, /page {3}http:\/\/127\.0\.0\.1:\d+\//);
  });
});

test("npm start: a wrong argument is one line and exit 2", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  for (const wrong of [["--port", "x"], ["--port", "70000"], ["--nonsense"], ["nonsense"]]) {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "scripts/start.ts", ...wrong],
      {
        cwd: root,
        encoding: "utf8",
      },
    );
    assert.is(status, 2, wrong.join(" "));
    assert.is(stderr.trim().split("\n").length, 1);
  }
});

test.run();
