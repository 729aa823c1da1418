import { expect, test } from 'vitest';
import { TestClock } from '../testing/test-clock.ts';
import { delay } from './delay.ts';

test('ends after its time and not before', async () => {
  const clock = new TestClock();
  let ended = false;
  const waiting = delay(clock, 1_000).then(() => {
    ended = true;
  });
  clock.advance(999);
  await Promise.resolve();
  expect(ended).toBe(false);
  clock.advance(1);
  await waiting;
});

test('ends at once when its signal aborts, and leaves no timer', async () => {
  const clock = new TestClock();
  const stop = new AbortController();
  const waiting = delay(clock, 1_000, stop.signal);
  stop.abort();
  await waiting;
  await delay(clock, 1_000, stop.signal);
  expect(clock.waiting).toBe(0);
});
