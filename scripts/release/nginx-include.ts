import { HEADERS } from "./headers.ts";

/** What a build number may look like, as the release accepts it (`checkFolderName`). */
const BUILD = "[A-Za-z0-9][A-Za-z0-9._-]*";

/** Before the path of a script whose client refuses brotli; an address that nobody can ask for. */
const PLAIN = "/without-brotli";

/** nginx's condition for a path. */
const location = (path: string): string => `~ "^${path.replaceAll(".", "\\.").replace(":build", BUILD)}$"`;

const block = (condition: string, lines: readonly string[]): string =>
  `location ${condition} {\n${lines.map((line) => `  ${line}\n`).join("")}}`;

/** The blocks for one path; a script has a second one, for clients that refuse brotli. */
function blocks({ path, type, headers }: (typeof HEADERS)[number]): string[] {
  const lines = [
    "types { }",
    `default_type ${type};`,
    // nginx adds Vary itself, where a compressed form exists.
    ...headers
      .filter(([name]) => name !== "Vary")
      .map(([name, value]) => `add_header ${name} ${JSON.stringify(value)};`),
    // An empty value takes the header away. If-Modified-Since is still answered, from the file's time.
    'add_header Last-Modified "";',
  ];
  const usual = block(location(path), lines);
  if (!path.endsWith(".js")) return [usual];
  const own = ["internal;", `rewrite "^${PLAIN}(.*)$" $1 break;`, "brotli_static off;"];
  return [usual, block(location(PLAIN + path), [...own, ...lines])];
}

/**
 * The table as nginx's own configuration, to be included in a `server` block whose `root` is the public folder and that
 * serves nothing else. Needs the brotli_static module (Debian: libnginx-mod-http-brotli-static).
 */
export function renderNginx(): string {
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

# Names of codings and of their weight have no case (RFC 9110, 12.4.2); the brotli module takes "br;Q=0" for a yes.
if ($http_accept_encoding ~* "(^|,)[ \\t]*br[ \\t]*;[ \\t]*q[ \\t]*=[ \\t]*0(\\.0*)?[ \\t]*(,|$)") {
  rewrite "^/.*\\.js$" ${PLAIN}$uri;
}

${HEADERS.flatMap(blocks).join("\n\n")}

# No other address has anything: not the compressed files under their own names, not _headers, no folder (nginx would
# redirect to it, by the name that the request came with).
location / {
  return 404;
}

# What is not there says itself that no cache may keep it. An edge would keep a 404 for as long as it likes: longer than it
# takes to publish what was asked for too early.
error_page 403 404 405 @refused;
location @refused {
  internal;
  types { }
  default_type text/plain;
  add_header Cache-Control "no-store" always;
  return 200 "";
}
`;
}
