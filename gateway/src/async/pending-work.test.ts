import { expect, test } from 'vitest';
import { PendingWork } from './pending-work.ts';

test('waits for all work that was added before, however it ends, and for none that is added later', async () => {
  const pending = new PendingWork();
  const [first, second, later] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  pending.add(first!.promise);
  pending.add(second!.promise);
  let settled = false;
  const waiting = pending.settled().then(() => {
    settled = true;
  });
  pending.add(later!.promise);
  second!.reject(new Error('it failed'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(settled).toBe(false);
  first!.resolve();
  await waiting;
  expect(settled).toBe(true);
});
