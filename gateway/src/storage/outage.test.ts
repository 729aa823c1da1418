import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { openStorage } from './database.ts';
import { isOutage } from './outage.ts';
import { databases } from './testing/databases.ts';

const errorOf = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => {
        throw new Error('did not fail');
      },
      (error: unknown) => error,
    );

it.each(databases)('a wrong query on $name is a defect, not an outage', async ({ open }) => {
  const { db } = await open();
  expect(isOutage(await errorOf(() => sql`select nothing from nowhere`.execute(db)))).toBe(false);
});

it('a database that cannot be reached is an outage', async () => {
  const target = { dialect: 'postgres', url: 'postgres://postgres@127.0.0.1:1/test' } as const;
  expect(isOutage(await errorOf(() => openStorage(target, createLog('silent'))))).toBe(true);
  const file = { dialect: 'sqlite', file: '/nowhere/at/all.db' } as const;
  expect(isOutage(await errorOf(() => openStorage(file, createLog('silent'))))).toBe(true);
});

it.each(databases.filter(({ name }) => name === 'postgres'))(
  'a connection cut by $name is an outage',
  async ({ open }) => {
    const { db, target } = await open();
    const sleeping = errorOf(() => sql`select pg_sleep(30)`.execute(db));
    if (target.dialect !== 'postgres') throw new Error('not PostgreSQL');
    const client = new pg.Client({ connectionString: target.url });
    await client.connect();
    const cut = () =>
      client
        .query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like $1',
          ['select pg_sleep%'],
        )
        .then(({ rowCount }) => rowCount);
    await expect.poll(cut).toBe(1);
    await client.end();
    expect(isOutage(await sleeping)).toBe(true);
  },
);

it.each(databases.filter(({ name }) => name === 'sqlite'))('a full $name is an outage', async ({ open }) => {
  const { db } = await open();
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(db);
  const value = 'x'.repeat(100_000);
  expect(isOutage(await errorOf(() => db.insertInto('meta').values({ key: 'big', value }).execute()))).toBe(
    true,
  );
});

it.each(databases.filter(({ name }) => name === 'sqlite'))(
  'a file that another process keeps locked is an outage on $name',
  async ({ open }) => {
    const { target } = await open();
    if (target.dialect !== 'sqlite') throw new Error('not SQLite');
    const [holder, waiter] = [new DatabaseSync(target.file), new DatabaseSync(target.file)];
    holder.exec('begin immediate');
    expect(isOutage(await errorOf(() => waiter.exec('begin immediate')))).toBe(true);
    holder.close();
    waiter.close();
  },
);
