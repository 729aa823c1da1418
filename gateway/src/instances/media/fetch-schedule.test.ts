import { expect, test } from 'vitest';
import { type FetchFailure, nextAttempt } from './fetch-schedule.ts';

const HOUR_MS = 3_600_000;
const middle = () => 0.5;

function delays(failure: FetchFailure): number[] {
  const all: number[] = [];
  for (let attempt = 1; ; attempt++) {
    const delay = nextAttempt(failure, attempt, middle);
    if (delay === null) return all;
    all.push(delay);
  }
}

test('what cannot be reached is tried for about a day, twice while its event waits', () => {
  const all = delays('unreachable');
  expect(all.slice(0, 2)).toEqual([2_000, 8_000]);
  expect(all.reduce((sum, delay) => sum + delay) / HOUR_MS).toBeCloseTo(22.2, 1);
});

test('who refuses is left alone for ten minutes, what is in doubt is tried once more, what is lost never', () => {
  expect(delays('refused').slice(0, 5)).toEqual([600_000, 600_000, 600_000, 600_000, HOUR_MS]);
  expect(delays('doubtful')).toEqual([2_000]);
  expect(delays('lost')).toEqual([]);
});

test('retries of many files spread over a fifth to either side', () => {
  expect([nextAttempt('unreachable', 1, () => 0), nextAttempt('unreachable', 1, () => 1)]).toEqual([
    1_600, 2_400,
  ]);
});
