import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_IN_FLIGHT, MAX_RETRIES_IN_FLIGHT, planRuns, RUN_LENGTH, type Waiting } from './lanes.ts';

const row = (id: string, lane: string, busy = false): Waiting => ({ id, lane, busy });

describe('lanes', () => {
  test('a lane is one run in event order, lanes run side by side', () => {
    const first = [row('1', 'a'), row('2', 'b'), row('3', 'a'), row('4', 'c')];
    expect(planRuns(first, [])).toEqual([['1', '3'], ['2'], ['4']]);
  });

  test('a busy lane waits, its retries do not', () => {
    expect(planRuns([row('1', 'a', true), row('2', 'a'), row('3', 'b')], [row('0', 'a')])).toEqual([
      ['0'],
      ['3'],
    ]);
  });

  test('any plan keeps the bounds and the order', () => {
    const rows = fc
      .array(fc.record({ lane: fc.constantFrom(...'abcdefghijkl'), busy: fc.boolean() }), { maxLength: 80 })
      .map((list) => list.map((entry, index) => ({ ...entry, id: String(index) })));
    fc.assert(
      fc.property(rows, rows, (first, retryRows) => {
        const retries = retryRows.map((entry) => ({ ...entry, id: `r${entry.id}` }));
        const runs = planRuns(first, retries);
        const all = [...first, ...retries];
        const laneOf = (id: string) => all.find((entry) => entry.id === id)!.lane;
        const busyLanes = new Set(first.filter(({ busy }) => busy).map(({ lane }) => lane));
        const busyRetries = retries.filter(({ busy }) => busy).length;
        const firstRuns = runs.filter(([id]) => !id!.startsWith('r'));

        const inFlight = busyLanes.size + busyRetries;
        expect(runs.length).toBeLessThanOrEqual(Math.max(0, MAX_IN_FLIGHT - inFlight));
        expect(runs.length - firstRuns.length).toBeLessThanOrEqual(
          Math.max(0, MAX_RETRIES_IN_FLIGHT - busyRetries),
        );
        expect(new Set(runs.flat()).size).toBe(runs.flat().length);
        expect(runs.flat().some((id) => all.find((entry) => entry.id === id)!.busy)).toBe(false);
        const lanes = firstRuns.map(([id]) => laneOf(id!));
        expect(new Set(lanes).size).toBe(lanes.length);
        for (const run of firstRuns) {
          const lane = laneOf(run[0]!);
          expect(busyLanes.has(lane)).toBe(false);
          const expected = first.filter((entry) => entry.lane === lane).map(({ id }) => id);
          expect(run).toEqual(expected.slice(0, RUN_LENGTH));
        }
      }),
    );
  });
});
