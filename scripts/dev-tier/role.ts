/** How all three roles answer an oversized request, and a bug of the tier. */
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

/** No form and no fault is longer. Bytes. */
const maxSize = 64 * 1024;

const limitBody = bodyLimit({
  maxSize,
  onError: (context) => context.text(`a body of at most ${maxSize} bytes, please\n`, 413),
});

/** Prints a bug. Its message may quote the request, whose control characters must not reach the terminal. */
export function printBug(thrown: unknown): void {
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  console.error(text.replace(/[^\n\x20-\x7e]/gu, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`));
}

/** The answer to a request that met a bug, or whose sender broke off in its body and hears nothing any more. */
function failed(thrown: Error, context: Context): Response {
  if ((thrown as NodeJS.ErrnoException).code === "ECONNRESET") return context.text("broken off\n", 400);
  printBug(thrown);
  return context.text("the dev tier met a bug: its terminal says which\n", 500);
}

/** An app without routes; `first` sees a request before its body is limited. */
export const newRole = (...first: MiddlewareHandler[]): Hono =>
  new Hono().onError(failed).use(...first, limitBody);
