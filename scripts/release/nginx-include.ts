import { PREFIX } from "./folders.ts";
import type { HeaderRule } from "./headers.ts";

/** What a build number may look like, as the release accepts it (`checkFolderName`). */
const BUILD = "[A-Za-z0-9][A-Za-z0-9._-]*";

const quote = (value: string) => JSON.stringify(value);
const escapeRegExp = (path: string) => path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** nginx's condition for a path: an exact one, or a pattern when it names a build. */
function location(path: string): string {
  if (!path.includes(":build")) return `= ${path}`;
  return `~ "^${path.split(":build").map(escapeRegExp).join(BUILD)}$"`;
}

function block({ path, type, headers }: HeaderRule): string {
  const lines = [
    "types { }",
    `default_type ${type};`,
    // nginx adds Vary itself, where a compressed form exists.
    ...headers
      .filter(([name]) => name !== "Vary")
      .map(([name, value]) => `add_header ${name} ${quote(value)};`),
    // An empty value takes the header away. If-Modified-Since is still answered, from the file's time.
    'add_header Last-Modified "";',
  ];
  return `location ${location(path)} {\n${lines.map((line) => `  ${line}\n`).join("")}}`;
}

/**
 * The table as nginx's own configuration, to be included in a `server` block whose `root` is the public folder.
 * Needs the brotli_static module (Debian: libnginx-mod-http-brotli-static).
 */
export function renderNginx(table: readonly HeaderRule[]): string {
  return `# Made by npm run release from scripts/release/headers.ts: change it there.
#
#   server {
#     listen 443 ssl http2;
#     root /path/of/the/release/public;
#     include /path/of/the/release/nginx.conf;
#   }

# The compressed forms lie beside the script; nothing is compressed while a page waits.
brotli_static on;
gzip_static on;
gzip_vary on;
# A CDN's edge adds "Via", and may speak HTTP/1.0: without these two it would get the uncompressed form.
gzip_proxied any;
gzip_http_version 1.0;

# ETag makes 304 work. Times are compared for equality only: a rollback goes back in time.
etag on;
if_modified_since exact;

# Bytes that say nothing: the server's version, and ranges of a file that fits in one packet.
server_tokens off;
max_ranges 0;

${table.map(block).join("\n\n")}

# The compressed files under their own names, listings and whatever else: no.
location ${PREFIX}/ {
  return 404;
}
`;
}
