import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_IN_FLIGHT,
  MAX_REPEATS_IN_FLIGHT,
  planRuns,
  RUN_LENGTH,
  type Waiting,
  type WaitingDeliveries,
} from './lanes.ts';

const row = (id: string, lane: string, busy = false): Waiting => ({ id, lane, busy });

const plan = (waiting: Partial<WaitingDeliveries>) =>
  planRuns({ first: [], retries: [], replays: [], ...waiting });

describe('lanes', () => {
  test('a lane is one run in event order, lanes run side by side', () => {
    const first = [row('1', 'a'), row('2', 'b'), row('3', 'a'), row('4', 'c')];
    expect(plan({ first })).toEqual([['1', '3'], ['2'], ['4']]);
  });

  test('a busy lane waits, its retries do not', () => {
    const first = [row('1', 'a', true), row('2', 'a'), row('3', 'b')];
    expect(plan({ first, retries: [row('0', 'a')] })).toEqual([['0'], ['3']]);
  });

  test('replays of a lane go out in order, in the room that first attempts leave', () => {
    const lanes = [...'abcdefgh'];
    const replays = [row('1', 'a'), row('2', 'b'), row('3', 'a')];
    expect(plan({ first: [row('9', 'a')], replays })).toEqual([['9'], ['1', '3'], ['2']]);
    const first = lanes.map((lane) => row(`9${lane}`, lane));
    expect(plan({ first, replays })).toEqual(first.map(({ id }) => [id]));
    expect(plan({ replays: lanes.map((lane) => row(lane, lane)) })).toHaveLength(MAX_REPEATS_IN_FLIGHT);
    expect(plan({ replays: [row('1', 'a', true), row('2', 'a'), row('3', 'b')] })).toEqual([['3']]);
  });

  test('any plan keeps the bounds and the order', () => {
    const rows = fc
      .array(fc.record({ lane: fc.constantFrom(...'abcdefghijkl'), busy: fc.boolean() }), { maxLength: 80 })
      .map((list) => list.map((entry, index) => ({ ...entry, id: String(index) })));
    fc.assert(
      fc.property(rows, rows, rows, (first, retryRows, replayRows) => {
        const retries = retryRows.map((entry) => ({ ...entry, id: `r${entry.id}` }));
        const replays = replayRows.map((entry) => ({ ...entry, id: `p${entry.id}` }));
        const runs = planRuns({ first, retries, replays });
        const all = new Map([...first, ...retries, ...replays].map((entry) => [entry.id, entry]));
        const busyLanes = (list: Waiting[]) =>
          new Set(list.filter(({ busy }) => busy).map(({ lane }) => lane));
        const repeatsBusy = retries.filter(({ busy }) => busy).length + busyLanes(replays).size;
        const of = (kind: RegExp) => runs.filter(([id]) => kind.test(id!));

        const inFlight = busyLanes(first).size + repeatsBusy;
        expect(runs.length).toBeLessThanOrEqual(Math.max(0, MAX_IN_FLIGHT - inFlight));
        expect(of(/^[rp]/).length).toBeLessThanOrEqual(Math.max(0, MAX_REPEATS_IN_FLIGHT - repeatsBusy));
        expect(new Set(runs.flat()).size).toBe(runs.flat().length);
        expect(runs.flat().some((id) => all.get(id)!.busy)).toBe(false);
        for (const [ordered, rowsOfKind] of [
          [of(/^\d/), first],
          [of(/^p/), replays],
        ] as const) {
          const lanes = ordered.map(([id]) => all.get(id!)!.lane);
          expect(new Set(lanes).size).toBe(lanes.length);
          for (const [index, run] of ordered.entries()) {
            expect(busyLanes(rowsOfKind).has(lanes[index]!)).toBe(false);
            const expected = rowsOfKind.filter(({ lane }) => lane === lanes[index]).map(({ id }) => id);
            expect(run).toEqual(expected.slice(0, RUN_LENGTH));
          }
        }
      }),
    );
  });
});
