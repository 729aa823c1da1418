import type { FetchErrorName } from '../../net/fetch-error.ts';
import { parseRetryAfter, retryDelay } from './retry-schedule.ts';

/** How an attempt ended: an answer, or none. */
export type AttemptResult =
  | { status: number; retryAfter: string | undefined }
  | { error: FetchErrorName | 'authorization_unreadable' };

/** What becomes of the delivery. Times are Unix milliseconds. */
export type Verdict =
  | { kind: 'delivered'; httpStatus: number }
  | { kind: 'retry'; httpStatus: number | null; error: string; at: number }
  | { kind: 'dead'; httpStatus: number | null; error: string };

const GONE = 410;

/** The receiver wants nothing more, ever: its webhook is to be disabled. */
export function isGone(result: AttemptResult): boolean {
  return 'status' in result && result.status === GONE;
}

/** Decides by the result of attempt number `attempts`, which ended at `now`. */
export function judge(result: AttemptResult, attempts: number, now: number, random: () => number): Verdict {
  if ('status' in result && result.status >= 200 && result.status < 300) {
    return { kind: 'delivered', httpStatus: result.status };
  }
  const failed = describeFailure(result);
  const asked = 'status' in result ? parseRetryAfter(result.retryAfter, now) : null;
  const delay = retryDelay(attempts, asked, random);
  return delay === null ? { kind: 'dead', ...failed } : { kind: 'retry', ...failed, at: now + delay };
}

export function describeFailure(result: AttemptResult): { httpStatus: number | null; error: string } {
  if ('error' in result) return { httpStatus: null, error: result.error };
  const isRedirect = result.status >= 300 && result.status < 400;
  return { httpStatus: result.status, error: isRedirect ? 'redirect' : 'http_status' };
}
