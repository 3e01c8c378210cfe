/** Access tokens: issued by the dialog, looked up by the API. Kept in memory. */
import type { Account } from "./accounts.ts";

export interface Grant {
  token: string;
  clientId: string;
  account: Account;
  scopes: string[];
  /** When it stops working, ms since the epoch; Infinity with `no_expiry`. */
  expiresAt: number;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*(";

/** Whether `token` has the shape of one; says nothing about whether it was ever issued. */
export const looksLikeToken = (token: string): boolean => /^[A-Za-z0-9*(]{22}\)\)$/.test(token);

export class Tokens {
  readonly #grants = new Map<string, Grant>();

  /** `now`: the clock, ms since the epoch. */
  constructor(private readonly now: () => number) {}

  /** A new token: 24 characters of the real ones' alphabet, ending in `))`. */
  issue(grant: Omit<Grant, "token">): string {
    // 64 letters, so that a byte's low six bits choose evenly.
    const letters = Array.from(crypto.getRandomValues(new Uint8Array(22)), (byte) => ALPHABET[byte & 63]);
    const token = `${letters.join("")}))`;
    this.#grants.set(token, { token, ...grant });
    return token;
  }

  /** The grant behind a token that still works, or undefined. */
  find(token: string): Grant | undefined {
    const grant = this.#grants.get(token);
    return grant && grant.expiresAt > this.now() ? grant : undefined;
  }

  revoke(token: string): void {
    this.#grants.delete(token);
  }
}
