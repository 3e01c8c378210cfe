/**
 * The one table of response headers, and the two files made from it: `_headers` and `nginx.conf`.
 *
 * Every line here is sent a million times a day, before a file of about a kilobyte: a header that does nothing for a
 * page is not sent, and every one that is says what it is for.
 *
 * Left out on purpose:
 * - `Cross-Origin-Opener-Policy`: it does nothing on a script, and on a page it would cut the popup off.
 * - `charset=utf-8`: the build refuses any byte above 0x7F, so the file reads the same in every encoding of a page but UTF-16.
 * - `Last-Modified`: `ETag` alone makes 304 work, and after a rollback a date would run backwards.
 * - `Accept-Ranges`: nobody resumes the download of one packet.
 * - `Strict-Transport-Security`: it is the host's to say, not one file's.
 */
import { PREFIX, SCRIPT } from "./folders.ts";

/** A build never changes, so it may be kept for a year, the longest that caches honour. */
const IMMUTABLE = "public, max-age=31536000, immutable";
/** Seconds that a page may use the alias without asking: how long a bad build lives on after a rollback. */
export const ALIAS_MAX_AGE = 300;
/** In the hour after that the old copy is used once more while the new one is fetched (RFC 5861, 3). */
const MOVING = `public, max-age=${ALIAS_MAX_AGE}, stale-while-revalidate=3600`;

/** `path` is one of the site; the segment `:build` stands for any build number. */
const rule = (path: string, type: string, caching: string) => ({
  path: `${PREFIX}/${path}`,
  type,
  headers: [
    // `public` makes caches keep it that keep nothing without the word.
    ["Cache-Control", caching],
    // A browser checks `integrity` on a script of another origin only when it was fetched with CORS.
    ["Access-Control-Allow-Origin", "*"],
    // Pages under `Cross-Origin-Embedder-Policy: require-corp` load it without `crossorigin`, too.
    ["Cross-Origin-Resource-Policy", "cross-origin"],
    // The type is what the header says, whatever the bytes look like (Fetch standard, 3.6).
    ["X-Content-Type-Options", "nosniff"],
    // A cache must not hand the brotli form to a client that asked for none.
    ["Vary", "Accept-Encoding"],
  ] as const,
});

/** `text/javascript` is the type's registered name (RFC 9239). */
const HEADERS = [
  rule(SCRIPT, "text/javascript", MOVING),
  rule(`:build/${SCRIPT}`, "text/javascript", IMMUTABLE),
  rule(":build/manifest.json", "application/json", IMMUTABLE),
];

/**
 * The table as a `_headers` file, which Netlify, Cloudflare Pages and others read from the folder they publish.
 *
 * They compress by themselves and say so, so the `.gz` and `.br` beside the script are not theirs to serve.
 */
export function renderStaticHeaders(): string {
  const rules = HEADERS.map(({ path, type, headers }) => {
    const lines = [["Content-Type", type] as const, ...headers].map(([name, value]) => `  ${name}: ${value}`);
    return [path, ...lines].join("\n");
  });
  return `# Made by npm run release from scripts/release/headers.ts: change it there.\n\n${rules.join("\n\n")}\n`;
}

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
