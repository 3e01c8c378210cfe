/**
 * Percent-encoding as .NET's `HttpUtility.UrlEncode` does it, which is what the real answers look like: UTF-8,
 * lower-case hex, a space as `+`, and only letters, digits and `- _ . ! * ( )` left alone.
 */
const dotNetEncode = (value: string): string =>
  encodeURIComponent(value)
    .replace(/['~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replace(/%20/g, "+")
    .replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());

/** `name=value&...` of the fields that have a value, in the order given. */
export const encodeHash = (fields: Record<string, string | undefined>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${dotNetEncode(value)}`))
    .join("&");
