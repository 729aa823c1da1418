import { expect, test } from 'vitest';
import { TestClock } from '../testing/test-clock.ts';
import { delay } from './delay.ts';

test('resolves when the time of the clock has passed, and not before', async () => {
  const clock = new TestClock();
  let over = false;
  const waiting = delay(clock, 1_000).then(() => {
    over = true;
  });
  clock.advance(999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(over).toBe(false);
  clock.advance(1);
  await waiting;
});
