import { describe, expect, it } from 'vitest';
import { ascendingIds } from './ids.ts';

const SHAPE = /^[0-9A-HJKMNP-TV-Z]{26}$/;

describe('ids', () => {
  it('ascend while the clock stands still, goes on and goes back', () => {
    let now = 1_767_225_600_000;
    const next = ascendingIds(() => now);
    const ids: string[] = [];
    for (const step of [0, 0, 5, 0, -10_000, 0, 3, 20_000]) {
      now += step;
      ids.push(next());
    }
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(SHAPE);
  });

  it('stay above the newest stored one after a restart with a clock that is behind', () => {
    const stored = ascendingIds(() => 2_000_000_000_000)();
    const next = ascendingIds(() => 1_000_000_000_000, stored);
    const [first, second] = [next(), next()];
    expect(first > stored).toBe(true);
    expect(second > first).toBe(true);
  });

  it('of two processes in the same millisecond differ', () => {
    const make = () => ascendingIds(() => 1)();
    expect(new Set(Array.from({ length: 100 }, make)).size).toBe(100);
  });
});
