import type { Clock } from '../clock.ts';

/** Waits for `promise`, but not longer than `ms`; then it just goes on. Rejections pass through. */
export async function deadline(clock: Clock, ms: number, promise: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  try {
    await Promise.race([promise, over]);
  } finally {
    cancel();
  }
}
