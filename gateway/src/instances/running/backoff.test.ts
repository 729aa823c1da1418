import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconnectDelay } from './backoff.ts';

describe('reconnect delay', () => {
  it('doubles from one second and stops at five minutes', () => {
    expect([1, 2, 3, 9, 10, 50].map((failures) => reconnectDelay(failures, 1))).toEqual([
      1_000, 2_000, 4_000, 256_000, 300_000, 300_000,
    ]);
  });

  it('never falls below half of its ceiling, so that no random number makes a storm', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, random) => {
          const ceiling = reconnectDelay(n, 1);
          const delay = reconnectDelay(n, random);
          expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
          expect(delay).toBeLessThanOrEqual(ceiling);
        },
      ),
    );
  });
});
