import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DELAYS_MS, MAX_ATTEMPTS, parseRetryAfter, retryDelay } from './retry-schedule.ts';

describe('retry schedule', () => {
  test('ten attempts over 75 h 35 min 5 s', () => {
    expect(MAX_ATTEMPTS).toBe(10);
    expect(DELAYS_MS.reduce((sum, delay) => sum + delay)).toBe(((75 * 60 + 35) * 60 + 5) * 1000);
    expect(retryDelay(1, null, () => 0.5)).toBe(5_000);
    expect(retryDelay(9, null, () => 0.5)).toBe(24 * 3_600_000);
    expect(retryDelay(10, null, () => 0.5)).toBeNull();
  });

  test('jitter stays within a fifth, what the receiver asks within the base and twice the base', () => {
    const attempts = fc.integer({ min: 1, max: 9 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const asked = fc.option(fc.oneof(fc.integer(), fc.constant(Number.POSITIVE_INFINITY)));
    fc.assert(
      fc.property(attempts, random, asked, (n, value, retryAfter) => {
        const base = DELAYS_MS[n]!;
        const delay = retryDelay(n, retryAfter, () => value)!;
        const [least, most] = retryAfter === null ? [base * 0.8, base * 1.2] : [base, base * 2];
        expect(delay).toBeGreaterThanOrEqual(least);
        expect(delay).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('Retry-After is seconds or an HTTP date', () => {
    const now = Date.parse('2026-04-28T10:30:00Z');
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Tue, 28 Apr 2026 10:30:30 GMT', now)).toBe(30_000);
    for (const nothing of [undefined, '', 'soon', '-5', '1.5', '2026-04-28']) {
      expect(parseRetryAfter(nothing, now)).toBeNull();
    }
  });
});
