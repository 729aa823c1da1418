import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { isOutage } from './outage.ts';
import { probe } from './probe.ts';
import { databases } from './testing/databases.ts';

const sqlite = databases.filter(({ name }) => name === 'sqlite');

async function setup(open: (typeof databases)[number]['open']) {
  const { db, target } = await open();
  if (target.dialect !== 'sqlite') throw new Error('not SQLite');
  const other = new DatabaseSync(target.file);
  return {
    db,
    lock: () => other.exec('begin exclusive'),
    unlock: () => other.exec('commit'),
    write: (key: string) => db.insertInto('meta').values({ key, value: '' }).execute(),
    keys: async () => (await db.selectFrom('meta').select('key').execute()).map(({ key }) => key),
  };
}

it.each(sqlite)('waits for another process on $name without stopping this one', async ({ open }) => {
  const { lock, unlock, write, keys } = await setup(open);
  lock();
  const written = Promise.all(['a', 'b', 'c'].map(write));
  let turns = 0;
  await expect.poll(() => ++turns).toBeGreaterThan(5);
  unlock();
  await written;
  expect(await keys()).toEqual(['a', 'b', 'c']);
});

it.each(sqlite)('waits only once for a $name that stays locked, until it is free again', async ({ open }) => {
  const { lock, unlock, write, keys } = await setup(open);
  lock();
  const began = performance.now();
  await expect(write('a')).rejects.toThrow();
  const started = performance.now();
  for (const key of ['b', 'c', 'd', 'e', 'f']) await expect(write(key)).rejects.toThrow();
  // Five more waits would take five times as long as the first.
  expect(performance.now() - started).toBeLessThan(2 * (started - began));
  unlock();
  await write('g');
  lock();
  const locked = performance.now();
  const patient = write('h');
  await expect.poll(() => performance.now() - locked).toBeGreaterThan(600);
  unlock();
  await patient;
  expect(await keys()).toEqual(['g', 'h']);
});

it.each(sqlite)('gives up on a locked $name after one wait for all who asked', async ({ open }) => {
  const { db, lock, unlock, write, keys } = await setup(open);
  lock();
  const started = performance.now();
  const ends: number[] = [];
  const asked = [...['a', 'b', 'c'].map(write), probe(db, systemClock, 10_000)].map((work) =>
    work.finally(() => ends.push(performance.now() - started)),
  );
  const failed = await Promise.allSettled(asked);
  // One after the other, each would wait as long again as the first.
  expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(Math.min(...ends));
  expect(failed.slice(0, 3).map((end) => end.status === 'rejected' && isOutage(end.reason))).toEqual([
    true,
    true,
    true,
  ]);
  expect(failed[3]).toMatchObject({ value: expect.stringMatching(/^[a-z ]+$/) });
  unlock();
  await write('d');
  expect(await probe(db, systemClock)).toBeNull();
  expect(await keys()).toEqual(['d', 'probe']);
});
