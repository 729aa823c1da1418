import { Kysely, sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { Relay } from '../testing/relay.ts';
import { isOutage } from './outage.ts';
import { postgresDialect } from './postgres.ts';
import { probe } from './probe.ts';
import type { Database } from './schema.ts';
import { holdSingleWriter } from './single-writer.ts';
import { databases, type TestDatabase } from './testing/databases.ts';

const POOL = 2;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setup(open: TestDatabase['open'], limits: Parameters<typeof postgresDialect>[2] = {}) {
  const storage = await open();
  if (storage.target.dialect !== 'postgres') throw new Error('not PostgreSQL');
  const url = new URL(storage.target.url);
  const relay = await Relay.to(url.hostname, Number(url.port || 5432));
  cleanups.push(() => relay.close());
  url.host = `127.0.0.1:${relay.port}`;
  const { dialect, pool } = postgresDialect(url.href, POOL, limits);
  pool.on('error', () => {}); // what an idle connection says when it is cut
  const db = new Kysely<Database>({ dialect });
  cleanups.push(() => db.destroy());
  return { storage, relay, db, url: url.href };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'succeeded',
    (error: unknown) => (isOutage(error) ? 'outage' : error),
  );

describe('an address at which no PostgreSQL listens', () => {
  it('is an outage, and reported at once', async () => {
    const { dialect } = postgresDialect('postgres://nobody@127.0.0.1:1/nothing', POOL);
    const db = new Kysely<Database>({ dialect });
    cleanups.push(() => db.destroy());
    expect(await failure(sql`select 1`.execute(db))).toBe('outage');
  });
});

describe.each(databases.filter(({ name }) => name === 'postgres'))('the line to $name', ({ open }) => {
  it('gives up on connections that went silent, and opens new ones', async () => {
    const { relay, db } = await setup(open, { query_timeout: 300 });
    const meta = () => db.selectFrom('meta').selectAll().execute();
    await Promise.all([meta(), meta()]);
    relay.silence();
    const transaction = db.transaction().execute((trx) => sql`select 1`.execute(trx));
    expect(await Promise.all([failure(meta()), failure(transaction)])).toEqual(['outage', 'outage']);
    relay.pass();
    expect(await Promise.all([meta(), meta(), meta()])).toHaveLength(3);
    expect(await probe(db, systemClock)).toBeNull();
  });

  it('fails at once while connections are refused, and goes on afterwards', async () => {
    const { relay, db } = await setup(open);
    relay.refuse();
    expect(await failure(sql`select 1`.execute(db))).toBe('outage');
    expect(await probe(db, systemClock)).toMatch(/^[a-z ]+$/);
    relay.pass();
    expect(await failure(sql`select 1`.execute(db))).toBe('succeeded');
  });

  it('frees what a vanished client has locked', async () => {
    const { storage, relay, db } = await setup(open, { idle_in_transaction_session_timeout: 200 });
    const locked = Promise.withResolvers<void>();
    const held = db.transaction().execute(async (trx) => {
      await trx.insertInto('meta').values({ key: 'a', value: 'theirs' }).execute();
      relay.silence();
      locked.resolve();
      await storage.db.insertInto('meta').values({ key: 'a', value: 'ours' }).execute();
    });
    await locked.promise;
    // The commit of the lost transaction is the one that waits in vain.
    relay.refuse();
    expect(await failure(held)).toBe('outage');
    expect(await storage.db.selectFrom('meta').selectAll().execute()).toEqual([{ key: 'a', value: 'ours' }]);
  });

  it('does not take its own lost connection for another gateway', async () => {
    const { storage, relay, url } = await setup(open);
    const taken = Promise.withResolvers<string>();
    const writer = await holdSingleWriter({
      target: { dialect: 'postgres', url },
      server: 'a test',
      dataDir: storage.folder,
      clock: systemClock,
      onTaken: () => taken.resolve('taken'),
    });
    cleanups.push(() => writer.release());
    const holder = () =>
      sql<{ pid: number }>`
      select pid from pg_locks where locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database())
    `.execute(storage.db);
    const { rows: before } = await holder();
    expect(before).toHaveLength(1);
    relay.refuse();
    relay.pass();
    const again = expect
      .poll(async () => (await holder()).rows)
      .toSatisfy((rows: typeof before) => rows.length === 1 && rows[0]?.pid !== before[0]?.pid);
    expect(await Promise.race([again.then(() => 'held again'), taken.promise])).toBe('held again');
  });
});
