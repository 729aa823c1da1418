const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Between two attempts: quick while an event waits for the file, then longer, for about a day. */
const DELAYS_MS = [
  2 * SECOND_MS,
  8 * SECOND_MS,
  MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
];

/** A server that refuses will refuse again for a while. */
const REFUSED_MS = 10 * MINUTE_MS;

/** Bytes may be damaged on the way, and a phone may get the message later than we do; a third attempt changes nothing. */
const ATTEMPTS_IN_DOUBT = 2;

const JITTER = 0.2;

/** How an attempt failed. `doubtful`: it looks final and may not be. `lost`: it is tried no more. */
export type FetchFailure = 'unreachable' | 'refused' | 'doubtful' | 'lost';

/**
 * Milliseconds until the attempt after number `attempts` (from 1), each within 20 % of the schedule; null when that
 * was the last one, after about a day. `random` is uniform in [0, 1).
 */
export function nextAttempt(failure: FetchFailure, attempts: number, random: () => number): number | null {
  const delay = DELAYS_MS[attempts - 1];
  if (delay === undefined || failure === 'lost') return null;
  if (failure === 'doubtful' && attempts >= ATTEMPTS_IN_DOUBT) return null;
  const base = failure === 'refused' ? Math.max(delay, REFUSED_MS) : delay;
  return Math.round(base * (1 - JITTER + 2 * JITTER * random()));
}
