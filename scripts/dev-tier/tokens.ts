/** Access tokens: issued by the dialog, looked up by the API. Kept in memory. */
import type { Account } from "./accounts.ts";

export interface Grant {
  token: string;
  clientId: string;
  account: Account;
  scopes: string[];
  /** When it stops working, ms since the epoch; absent with `no_expiry`. */
  expiresAt?: number;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*(";

/** 24 characters of the real ones' alphabet, ending in `))`. 64 letters, so that a byte's low six bits choose evenly. */
function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22));
  return `${Array.from(bytes, (byte) => ALPHABET[byte & 63]).join("")}))`;
}

/** Whether `token` has the shape of one; says nothing about whether it was ever issued. */
export function looksLikeToken(token: string): boolean {
  return /^[A-Za-z0-9*(]{22}\)\)$/.test(token);
}

export class Tokens {
  readonly #grants = new Map<string, Grant>();
  readonly #now: () => number;

  /** @param now the clock, ms since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param lifetime seconds; undefined for one that never ends */
  issue(clientId: string, account: Account, scopes: string[], lifetime?: number): Grant {
    const expiresAt = lifetime === undefined ? undefined : this.#now() + lifetime * 1000;
    const grant = { token: newToken(), clientId, account, scopes, expiresAt };
    this.#grants.set(grant.token, grant);
    return grant;
  }

  /** The grant behind a token that still works, or undefined. */
  find(token: string): Grant | undefined {
    const grant = this.#grants.get(token);
    return grant && (grant.expiresAt ?? Number.POSITIVE_INFINITY) > this.#now() ? grant : undefined;
  }

  revoke(token: string): void {
    this.#grants.delete(token);
  }
}
