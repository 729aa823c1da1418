import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../testing/test-clock.ts';
import { TaskQueue, type TaskQueueOptions } from './task-queue.ts';

const healthy = async () => true;
const ignore = () => {};
const queueOf = (options: Partial<TaskQueueOptions> = {}) =>
  new TaskQueue({ clock: new TestClock(), healthy, onBlocked: ignore, onSetAside: ignore, ...options });

const outage = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Moves the clock until every task has run or was set aside, or so many seconds are over. */
async function run(clock: TestClock, queue: TaskQueue, seconds: number): Promise<void> {
  for (let second = 0; second < seconds && queue.length > 0; second++) {
    await nextTurn();
    clock.advance(1_000);
  }
  await nextTurn();
}

describe('task queue', () => {
  it('runs tasks in the order in which they were added, one at a time', async () => {
    const queue = queueOf();
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      queue.add(async () => {
        order.push(`${name} starts`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
    await queue.drained();
    expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'runs a task that is added %i ticks after the one before it ended',
    async (ticks) => {
      const queue = queueOf();
      const first = Promise.withResolvers<void>();
      queue.add(async () => first.resolve());
      await first.promise;
      for (let tick = 1; tick < ticks; tick++) await Promise.resolve();
      let ran = false;
      queue.add(async () => {
        ran = true;
      });
      await queue.drained();
      expect(ran).toBe(true);
    },
  );

  it('keeps a failing task at its place until it succeeds, so that nothing is lost or overtaken', async () => {
    const clock = new TestClock();
    const blocked: boolean[] = [];
    let failed = Promise.withResolvers<void>();
    const queue = queueOf({
      clock,
      onBlocked: (is) => {
        blocked.push(is);
        // The queue sets its timer right after this call.
        if (is) queueMicrotask(() => failed.resolve());
      },
    });
    const done: string[] = [];
    let attempts = 0;
    queue.add(async () => {
      if (++attempts < 3) throw new Error('the database is gone');
      done.push('first');
    });
    queue.add(async () => {
      done.push('second');
    });
    for (const wait of [500, 1_000]) {
      await failed.promise;
      failed = Promise.withResolvers<void>();
      expect(done).toEqual([]);
      clock.advance(wait);
    }
    await queue.drained();
    expect(done).toEqual(['first', 'second']);
    expect(blocked).toEqual([true, true, false]);
  });

  it('sets a task aside that a healthy database refuses again and again, and goes on in order', async () => {
    const clock = new TestClock();
    const setAside: unknown[] = [];
    const blocked: boolean[] = [];
    const queue = queueOf({
      clock,
      onBlocked: (is) => blocked.push(is),
      onSetAside: (error, total) => setAside.push([String(error), total]),
    });
    const done: string[] = [];
    let attempts = 0;
    const given: unknown[] = [];
    queue.add(
      async () => {
        attempts++;
        throw new Error('no such column');
      },
      (error) => given.push(String(error)),
    );
    queue.add(async () => void done.push('second'));
    queue.add(async () => void done.push('third'));
    await run(clock, queue, 60);
    expect(attempts).toBe(8);
    expect(done).toEqual(['second', 'third']);
    expect(setAside).toEqual([['Error: no such column', 1]]);
    expect(given).toEqual(['Error: no such column']);
    expect(blocked.at(-1)).toBe(false);
  });

  it.each<[string, () => Error, Partial<TaskQueueOptions>]>([
    ['cannot be reached', outage, {}],
    ['takes no writes', () => new Error('read-only transaction'), { healthy: async () => false }],
  ])('sets nothing aside while the database %s, however long that is', async (_, error, options) => {
    const clock = new TestClock();
    const setAside: unknown[] = [];
    const queue = queueOf({ clock, onSetAside: (cause) => setAside.push(cause), ...options });
    let trouble = true;
    let done = false;
    queue.add(async () => {
      if (trouble) throw error();
      done = true;
    });
    await run(clock, queue, 3_600);
    expect(queue.length).toBe(1);
    trouble = false;
    await run(clock, queue, 60);
    expect(done).toBe(true);
    expect(setAside).toEqual([]);
  });
});
