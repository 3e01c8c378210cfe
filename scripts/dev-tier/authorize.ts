/** Who calls a method of the API, by the rules since June 2026. */
import type { Context } from "hono";
import { Refusal } from "./api-errors.ts";
import { type Grant, looksLikeToken } from "./tokens.ts";
import type { World } from "./world.ts";

/**
 * Refuses credentials in the address, for every method.
 *
 * That the API does so, with a message that explains, is from Meta Stack Exchange, question 417382. The error's number,
 * name and words are not published: these are inferred.
 */
export function refuseAddress(context: Context): void {
  const found = ["access_token", "key"].filter((name) => name in context.req.query());
  if (found.length === 0) return;
  const names = found.map((name) => `\`${name}\``).join(" and ");
  const advice = "send `Authorization: Bearer <token>`, with no key";
  throw new Refusal(400, `${names} not accepted in the address: ${advice}`);
}

/**
 * The grant behind the request's `Authorization: Bearer <token>`. Refuses in the order in which a server can know: header
 * there, header's shape, plain http, token's shape, token known.
 *
 * An app's key is a right bearer too, for methods that need no token; here it is as good as nothing: 401.
 */
export function authorize({ origins, tokens, apps }: World, context: Context): Grant {
  const header = context.req.header("Authorization");
  if (!header) throw new Refusal(401);
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (!token) throw new Refusal(402);
  // The dev tier itself speaks http, on loopback: there a token travels nowhere. Where the API's own origin is
  // https, as behind the production origins, http is refused as the real server does.
  if (origins.api.startsWith("https:") && context.req.url.startsWith("http:")) {
    tokens.revoke(token);
    throw new Refusal(406);
  }
  if (apps.some(({ key }) => key === token)) throw new Refusal(401);
  if (!looksLikeToken(token)) throw new Refusal(402);
  const grant = tokens.find(token);
  if (!grant) throw new Refusal(403);
  return grant;
}
