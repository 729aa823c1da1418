import type { Clock } from '../clock.ts';

/** Resolves after `ms` milliseconds of the clock. */
export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}
