/** A real nginx on loopback that serves a release folder with the release's own headers. Needs no rights, leaves nothing. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { aptInstall } from "../apt.ts";
import { freePort, start, stop } from "../children.ts";
import { layout } from "./folders.ts";

/** What Debian calls the parts; `openssl` makes the certificate. */
const PACKAGES = ["nginx-light", "libnginx-mod-http-brotli-static", "openssl"];

const runs = (program: string, ...args: string[]) =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;

/** The nginx at `NGINX`, in PATH, or where Debian puts it, and what loads its module for `.br`; null when something is missing. */
function findNginx() {
  const program = [process.env.NGINX, "nginx", "/usr/sbin/nginx"].find((name) => name && runs(name, "-v"));
  if (!program || !runs("openssl", "version")) return null;
  const { stderr: facts } = spawnSync(program, ["-V"], { encoding: "utf8" });
  if (/--add-module=\S*brotli/.test(facts)) return { program, loadBrotli: "" };
  const folder = /--modules-path=(\S+)/.exec(facts)?.[1] ?? "/usr/lib/nginx/modules";
  const brotli = join(folder, "ngx_http_brotli_static_module.so");
  return existsSync(brotli) ? { program, loadBrotli: `load_module "${brotli}";` } : null;
}

/**
 * The packages to install first, where that is ours to do: as root, as in a container, or in CI. Not by a developer's sudo,
 * because Debian starts what it installs, on port 80.
 */
export const missingNginx = (): string[] =>
  !findNginx() && (process.getuid?.() === 0 || process.env.CI) ? PACKAGES : [];

const configuration = (root: string, loadBrotli: string, http: number, https: number): string => `
${loadBrotli}
daemon off;
# One process, with the rights of whoever started it: a temporary folder is closed to anybody else.
master_process off;
pid nginx.pid;
error_log error.log notice;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path client_body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${http};
    listen 127.0.0.1:${https} ssl http2;
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
    ssl_protocols TLSv1.3;
    root "${layout(root).publicRoot}";
    include "${layout(root).nginx}";
  }
}
`;

export type RunningNginx = Awaited<ReturnType<typeof serveRelease>>;

/** Serves release folder `root` until `stop()`. Throws an Error with nginx's own words when it does not start. */
export async function serveRelease(root: string) {
  aptInstall(missingNginx());
  const nginx = findNginx();
  if (!nginx)
    throw new Error(
      `the CDN release is tested on a real nginx, and it or its brotli_static module is missing: install ` +
        `${PACKAGES.join(", ")} (Debian's names), or set NGINX to the program's path`,
    );
  const folder = await mkdtemp(join(tmpdir(), "nginx-"));
  const options = [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-keyout", "key.pem", "-out", "cert.pem"],
  ];
  execFileSync("openssl", options, { cwd: folder, stdio: "ignore" });
  const [http, https] = [await freePort(), await freePort()];
  await writeFile(join(folder, "nginx.conf"), configuration(root, nginx.loadBrotli, http, https));
  const child = await start(nginx.program, ["-p", folder, "-c", "nginx.conf", "-e", "error.log"]);
  const server = {
    /** An origin without a slash at the end. */
    http: `http://127.0.0.1:${http}`,
    httpsPort: https,
    /** Of the https server, PEM; it signs itself. */
    certificate: await readFile(join(folder, "cert.pem"), "utf8"),
    async stop() {
      await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  const deadline = Date.now() + 10_000;
  while (!(await fetch(server.http).catch(() => null))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      const words = await readFile(join(folder, "error.log"), "utf8");
      await server.stop();
      throw new Error(`nginx did not start: ${words}`);
    }
    await setTimeout(20);
  }
  return server;
}
