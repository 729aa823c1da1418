import { expect, test } from 'vitest';
import { batched } from './batched.ts';

test('what arrives during a write shares the next one, in order', async () => {
  const batches: number[][] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const write = batched(async (batch: number[]) => {
    const gate = gates[batches.push(batch) - 1];
    await gate?.promise;
  });
  const done: number[] = [];
  const all = [1, 2, 3].map((item) => write(item).then(() => done.push(item)));
  expect(batches).toEqual([[1]]);
  gates[0]?.resolve();
  await all[0];
  expect(batches).toEqual([[1], [2, 3]]);
  expect(done).toEqual([1]);
  gates[1]?.resolve();
  await Promise.all(all);
  expect(done).toEqual([1, 2, 3]);
});

test('a batch that fails rejects its own calls and no others', async () => {
  const write = batched(async (batch: number[]) => {
    if (batch.includes(2)) throw new Error('no');
  });
  const outcomes = Promise.allSettled([write(1), write(2), write(3)]);
  expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  await expect(write(4)).resolves.toBeUndefined();
});
