const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Delay before attempt 1 to 10, from the end of the attempt before: the example of Standard Webhooks. */
export const DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

export const MAX_ATTEMPTS = DELAYS_MS.length;

/** Spreads the retries of many deliveries that failed together. */
const JITTER = 0.2;

/**
 * Milliseconds to wait after attempt number `attempts` has failed; null when it was the last one. What the receiver
 * asks for counts between the schedule's delay and twice that, so that it can neither hurry us nor park a delivery
 * for ever. `random` is uniform in [0, 1).
 */
export function retryDelay(
  attempts: number,
  retryAfterMs: number | null,
  random: () => number,
): number | null {
  const base = DELAYS_MS[attempts];
  if (base === undefined) return null;
  if (retryAfterMs !== null) return Math.min(Math.max(retryAfterMs, base), 2 * base);
  return Math.round(base * (1 - JITTER + 2 * JITTER * random()));
}

/** A `Retry-After` header in milliseconds from `now`; null when there is none or it says nothing. */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header)) return Number(header) * SECOND;
  const date = header.endsWith('GMT') ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : date - now;
}
