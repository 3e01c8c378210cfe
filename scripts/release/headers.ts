/**
 * The one table of response headers. `_headers` and `nginx.conf` are both made from it.
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
export const HEADERS = [
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
