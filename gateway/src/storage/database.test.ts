import { describe, expect, it } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { openStorage } from './database.ts';
import { databases } from './testing/databases.ts';

const account = {
  id: 'a',
  name: 'Acme',
  max_instances: null,
  rate_limit_per_minute: 100,
  allowed_origins: '[]',
  token_hash: 'h',
  previous_token_hash: null,
  previous_token_expires_at: null,
  created_at: 1_767_225_600_123,
  updated_at: 1_767_225_600_123,
};

describe.each(databases)('storage on $name', ({ open }) => {
  it('gives back numbers as numbers and nothing as null', async () => {
    const { db } = await open();
    await db
      .insertInto('accounts')
      .values(Object.assign({ suspended: 0 }, account))
      .execute();
    const row = await db.selectFrom('accounts').selectAll().executeTakeFirstOrThrow();
    expect({ ...row }).toEqual({ ...account, suspended: 0 });
    const { count } = await db
      .selectFrom('accounts')
      .select((e) => e.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(1);
  });

  it('is migrated once when several processes open it at the same time', async () => {
    const { db, target } = await open();
    await db.insertInto('meta').values({ key: 'kept', value: 'yes' }).execute();
    const others = await Promise.all([1, 2, 3].map(() => openStorage(target, createLog('silent'))));
    for (const other of others) {
      const row = await other.db.selectFrom('meta').selectAll().where('key', '=', 'kept').executeTakeFirst();
      expect(row?.value).toBe('yes');
      await other.close();
    }
  });

  it('lets nothing of a transaction stay when it fails', async () => {
    const { db } = await open();
    const work = db.transaction().execute(async (trx) => {
      await trx.insertInto('meta').values({ key: 'half', value: 'done' }).execute();
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await db.selectFrom('meta').select('key').where('key', '=', 'half').execute()).toEqual([]);
  });
});
