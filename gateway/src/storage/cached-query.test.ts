import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { cachedQuery } from './cached-query.ts';
import { openStorage } from './database.ts';
import type { Queries } from './queries.ts';
import { databases } from './testing/databases.ts';

/** A cached query that counts how often the database was asked. */
function watched(db: Queries) {
  let asked = 0;
  const read = cachedQuery(db, (key: string) => {
    asked++;
    return db.selectFrom('meta').select('value').where('key', '=', key).execute();
  });
  return { value: async () => (await read('k'))[0]?.value, asked: () => asked };
}

const write = (db: Queries, value: string) =>
  db
    .insertInto('meta')
    .values({ key: 'k', value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();

describe.each(databases)('a cached query on $name', ({ name, open }) => {
  it('follows every write of this process, transactions and RETURNING included', async () => {
    const { db } = await open();
    const { value } = watched(db);
    expect(await value()).toBeUndefined();
    await write(db, '1');
    expect(await value()).toBe('1');
    await db.transaction().execute((trx) => write(trx, '2'));
    expect(await value()).toBe('2');
    await db.updateTable('meta').set({ value: '3' }).where('key', '=', 'k').returningAll().execute();
    expect(await value()).toBe('3');
    await db.deleteFrom('meta').where('key', '=', 'k').execute();
    expect(await value()).toBeUndefined();
  });

  it('follows every write of another process by the next turn of the event loop', async () => {
    const { db, target } = await open();
    const { value } = watched(db);
    const other = await openStorage(target, createLog('silent'));
    for (const next of ['1', '2', '3']) {
      await write(other.db, next);
      await nextTurn();
      expect(await value()).toBe(next);
    }
    await other.close();
  });

  it('never is older than a write that ran beside the query', async () => {
    const { db } = await open();
    const { value } = watched(db);
    for (let i = 0; i < 50; i++) {
      await Promise.all([value(), write(db, String(i)), value()]);
      expect(await value()).toBe(String(i));
    }
  });

  it('saves the query while nothing is written, where the database can report it', async () => {
    const { db } = await open();
    const { value, asked } = watched(db);
    await write(db, '1');
    for (let i = 0; i < 5; i++) expect(await value()).toBe('1');
    expect(asked()).toBe(name === 'sqlite' ? 1 : 5);
  });
});
