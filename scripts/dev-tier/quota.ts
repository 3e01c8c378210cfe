/** How often a method of the API may be called. */
import { Refusal } from "./api-errors.ts";
import type { World } from "./world.ts";

const DAY = 86_400_000;

/** Counts one call, and gives the wrapper's fields about it. Refuses it when none is left, or before a backoff has passed. */
export function newQuota({ now: clock, quotaMax, faults }: World) {
  /** Calls left for each app and account, until when (ms since the epoch). */
  const quotas = new Map<string, { remaining: number; until: number }>();
  /** Until when a method may not be called again, by who called it (ms since the epoch). */
  const backoffs = new Map<string, number>();

  return function spend(who: string, method: string) {
    const now = clock();
    let quota = quotas.get(who);
    if (!quota || quota.until <= now) {
      quota = { remaining: quotaMax, until: now + DAY };
      quotas.set(who, quota);
    }
    const { apiBackoff } = faults.values;
    // A backoff ends with its fault, so that one test's does not reach into the next.
    const toldUntil = apiBackoff ? (backoffs.get(`${who} ${method}`) ?? 0) : 0;
    const blockedUntil = Math.max(quota.remaining > 0 ? 0 : quota.until, toldUntil);
    if (blockedUntil > now) {
      const seconds = Math.ceil((blockedUntil - now) / 1000);
      throw new Refusal(502, `too many requests from this IP, more requests available in ${seconds} seconds`);
    }
    backoffs.set(`${who} ${method}`, now + apiBackoff * 1000);
    const quota_remaining = --quota.remaining;
    return { quota_max: quotaMax, quota_remaining, ...(apiBackoff ? { backoff: apiBackoff } : {}) };
  };
}
