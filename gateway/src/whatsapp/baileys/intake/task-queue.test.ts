import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../testing/test-clock.ts';
import { TaskQueue } from './task-queue.ts';

describe('task line', () => {
  it('runs tasks in the order in which they were added, one at a time', async () => {
    const line = new TaskQueue({ clock: new TestClock(), onBlocked: () => {} });
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      line.add(async () => {
        order.push(`${name} starts`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
    await line.drained();
    expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'runs a task that is added %i ticks after the one before it ended',
    async (ticks) => {
      const line = new TaskQueue({ clock: new TestClock(), onBlocked: () => {} });
      const first = Promise.withResolvers<void>();
      line.add(async () => first.resolve());
      await first.promise;
      for (let tick = 1; tick < ticks; tick++) await Promise.resolve();
      let ran = false;
      line.add(async () => {
        ran = true;
      });
      await line.drained();
      expect(ran).toBe(true);
    },
  );

  it('keeps a failing task at its place until it succeeds, so that nothing is lost or overtaken', async () => {
    const clock = new TestClock();
    const blocked: boolean[] = [];
    let failed = Promise.withResolvers<void>();
    const line = new TaskQueue({
      clock,
      onBlocked: (is) => {
        blocked.push(is);
        // The line sets its timer right after this call.
        if (is) queueMicrotask(() => failed.resolve());
      },
    });
    const done: string[] = [];
    let attempts = 0;
    line.add(async () => {
      if (++attempts < 3) throw new Error('the database is gone');
      done.push('first');
    });
    line.add(async () => {
      done.push('second');
    });
    for (const wait of [500, 1_000]) {
      await failed.promise;
      failed = Promise.withResolvers<void>();
      expect(done).toEqual([]);
      clock.advance(wait);
    }
    await line.drained();
    expect(done).toEqual(['first', 'second']);
    expect(blocked).toEqual([true, true, false]);
  });
});
