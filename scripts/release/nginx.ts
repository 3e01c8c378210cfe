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
export const NGINX_PACKAGES = ["nginx-light", "libnginx-mod-http-brotli-static", "openssl"];

/** nginx, and the file of its module that serves `.br`; null when it is compiled in. */
export interface Nginx {
  program: string;
  brotliModule: string | null;
}

const runs = (program: string, ...args: string[]) =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;

/** The nginx at `NGINX`, in PATH, or where Debian puts it, with its brotli module; one sentence when something is missing. */
export function findNginx(): Nginx | string {
  const fix = `: install ${NGINX_PACKAGES.join(", ")} (Debian's names), or set NGINX to the program's path`;
  const candidates = [process.env.NGINX, "nginx", "/usr/sbin/nginx"];
  const program = candidates.find((name) => name && runs(name, "-v"));
  if (!program) return `there is no nginx${fix}`;
  if (!runs("openssl", "version")) return `there is no openssl to make a certificate with${fix}`;
  const { stderr: facts } = spawnSync(program, ["-V"], { encoding: "utf8" });
  if (/--add-module=\S*brotli/.test(facts)) return { program, brotliModule: null };
  const folder = /--modules-path=(\S+)/.exec(facts)?.[1] ?? "/usr/lib/nginx/modules";
  const brotliModule = join(folder, "ngx_http_brotli_static_module.so");
  if (existsSync(brotliModule)) return { program, brotliModule };
  return `nginx has no brotli_static module at ${brotliModule}${fix}`;
}

/**
 * The nginx of this machine, installed first where that is ours to do: as root, as in a container, or in CI. Not by a
 * developer's sudo, because Debian starts what it installs, on port 80.
 */
function requireNginx(): Nginx {
  let found = findNginx();
  if (typeof found === "string" && (process.getuid?.() === 0 || process.env.CI)) {
    aptInstall(NGINX_PACKAGES);
    found = findNginx();
  }
  if (typeof found === "string") throw new Error(`${found}. The CDN release is tested on a real one`);
  return found;
}

function makeCertificate(folder: string): void {
  const options = [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-keyout", "key.pem", "-out", "cert.pem"],
  ];
  execFileSync("openssl", options, { cwd: folder, stdio: "ignore" });
}

const configuration = (root: string, { brotliModule }: Nginx, http: number, https: number): string => `
${brotliModule ? `load_module "${brotliModule}";` : ""}
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
  const nginx = requireNginx();
  const folder = await mkdtemp(join(tmpdir(), "nginx-"));
  makeCertificate(folder);
  const [http, https] = [await freePort(), await freePort()];
  await writeFile(join(folder, "nginx.conf"), configuration(root, nginx, http, https));
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
