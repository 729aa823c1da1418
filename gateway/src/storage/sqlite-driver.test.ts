import { describe, expect, it } from 'vitest';
import { query } from './prepared.ts';
import { databases } from './testing/databases.ts';

describe.each(databases)('the connection on $name', ({ open }) => {
  it('serves queries and transactions that are asked for at once, each whole', async () => {
    const { db } = await open();
    const increment = () =>
      db.transaction().execute(async (trx) => {
        await trx
          .insertInto('meta')
          .values({ key: 'n', value: '0' })
          .onConflict((conflict) => conflict.column('key').doUpdateSet((e) => ({ key: e.ref('meta.key') })))
          .execute();
        const { value } = await trx
          .selectFrom('meta')
          .select('value')
          .where('key', '=', 'n')
          .executeTakeFirstOrThrow();
        await trx
          .updateTable('meta')
          .set({ value: String(Number(value) + 1) })
          .where('key', '=', 'n')
          .execute();
      });
    const reads = () => db.selectFrom('meta').selectAll().execute();
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? increment() : reads())));
    expect(await reads()).toEqual([{ key: 'n', value: '10' }]);
  });

  it('goes on after a transaction that failed', async () => {
    const { db } = await open();
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto('meta').values({ key: 'a', value: '' }).execute();
      await trx.insertInto('meta').values({ key: 'a', value: '' }).execute();
    });
    const waiting = db.selectFrom('meta').selectAll().execute();
    await expect(failing).rejects.toThrow();
    await waiting;
    expect(await db.selectFrom('meta').selectAll().execute()).toEqual([]);
  });

  it('runs a prepared query with the values of each call, in their places', async () => {
    const { db } = await open();
    await db
      .insertInto('meta')
      .values([
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ])
      .execute();
    const find = query((db, { value, key }: { value: string; key: string }) =>
      db
        .selectFrom('meta')
        .selectAll()
        .where('key', '=', key)
        .where('value', '=', value)
        .where('key', '!=', 'z'),
    );
    const found = async (key: string, value: string) => (await find(db, { key, value })).rows;
    expect(await found('a', '1')).toEqual([{ key: 'a', value: '1' }]);
    expect(await found('b', '2')).toEqual([{ key: 'b', value: '2' }]);
    expect(await found('1', 'a')).toEqual([]);
  });
});
