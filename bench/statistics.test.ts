import { describe, expect, it } from 'vitest';
import { median, percentile, significant, slope } from './statistics.ts';

describe('the statistics of the benchmarks', () => {
  it('take the median as the middle, in any order, and between the two middle values', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 100])).toBe(3);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('take a percentile that is a measured value, never one in between', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([3], 0.01)).toBe(3);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('find the slope of a line, and of points around it', () => {
    const line = [100, 300, 1000].map((x) => ({ x, y: 80 + 1.25 * x }));
    expect(slope(line)).toBeCloseTo(1.25, 10);
    expect(
      slope([
        { x: 0, y: 1 },
        { x: 0, y: -1 },
        { x: 2, y: 5 },
        { x: 2, y: 3 },
      ]),
    ).toBeCloseTo(2, 10);
    expect(slope([{ x: 1, y: 1 }])).toBeNaN();
  });

  it('keep three significant digits', () => {
    expect([1234.5, 0.012345, 2, 99.96].map(significant)).toEqual([1230, 0.0123, 2, 100]);
  });
});
