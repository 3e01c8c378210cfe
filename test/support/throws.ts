import * as assert from "uvu/assert";

/**
 * Asserts that `work` throws an Error whose message includes `text`. uvu's `throws(work, "text")` takes a text for the message of
 * its own failure, and compares nothing.
 */
export function throwsWith(work: () => unknown, text: string): void {
  assert.throws(work, (error: Error) => {
    assert.ok(error.message.includes(text), `"${error.message}" does not include "${text}"`);
    return true;
  });
}
