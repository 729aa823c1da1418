import type { Clock } from '../clock.ts';

/** Waits for `work`, but not longer than `ms`; then rejects with what `expired` makes. The work itself is not stopped. */
export async function timeLimit<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  expired: () => Error,
): Promise<T> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => reject(expired()));
  try {
    return await Promise.race([work, end]);
  } finally {
    cancel();
  }
}
