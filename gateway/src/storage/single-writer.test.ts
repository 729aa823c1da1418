import { sql } from 'kysely';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createLog } from '../telemetry/log.ts';
import { TestClock } from '../testing/test-clock.ts';
import { openStorage } from './database.ts';
import { AlreadyServed, holdSingleWriter } from './single-writer.ts';
import { databases, type TestDatabase } from './testing/databases.ts';

async function setup(open: TestDatabase['open']) {
  const { target, folder } = await open();
  const clock = new TestClock();
  const taken = Promise.withResolvers<void>();
  const hold = (server = 'this one') =>
    holdSingleWriter({ target, server, dataDir: folder, clock, onTaken: () => taken.resolve() });
  return { target, clock, hold, taken: taken.promise };
}

describe.each(databases)('single writer on $name', ({ open }) => {
  it('refuses a second gateway on the same data, and lets it in when the first has ended', async () => {
    const { hold } = await setup(open);
    const first = await hold();
    await expect(hold()).rejects.toThrow(AlreadyServed);
    await first.release();
    const second = await hold();
    await second.release();
  });
});

describe.each(databases.filter(({ name }) => name === 'postgres'))('single writer on $name', ({ open }) => {
  it('takes its hold again after the database dropped the connection', async () => {
    const { target, clock, hold } = await setup(open);
    const first = await hold();
    await dropHolders(target);
    await expect.poll(() => clock.waiting).toBe(1);
    clock.advance(1_000);
    await expect.poll(() => holders(target)).toBe(1);
    await expect(hold()).rejects.toThrow(AlreadyServed);
    await first.release();
  });

  it('leaves nothing of a killed gateway behind: what it had under way is over before anybody reads', async () => {
    const { target, hold } = await setup(open);
    const [old, other] = [
      await openStorage(target, createLog('silent'), 'killed'),
      await openStorage(target, createLog('silent')),
    ];
    const ended: Promise<unknown>[] = [];
    for (const work of [sql`select pg_sleep(60)`, sql`insert into meta select 'left', pg_sleep(60)::text`]) {
      ended.push(work.execute(old.db).catch((error: Error) => error.message));
    }
    await expect.poll(() => sleeping(target)).toBe(2);
    const writer = await hold();
    expect(await sleeping(target)).toBe(0);
    expect(await Promise.all(ended)).toEqual([
      expect.stringMatching('terminat'),
      expect.stringMatching('terminat'),
    ]);
    expect(await other.db.selectFrom('meta').selectAll().where('key', '=', 'left').execute()).toEqual([]);
    await Promise.all([writer.release(), old.close(), other.close()]);
  });

  it('says so when another gateway took it meanwhile', async () => {
    const { target, clock, hold, taken } = await setup(open);
    const first = await hold();
    await dropHolders(target);
    await expect.poll(() => clock.waiting).toBe(1);
    const second = await hold();
    clock.advance(1_000);
    await taken;
    await Promise.all([first.release(), second.release()]);
  });
});

type Target = Awaited<ReturnType<TestDatabase['open']>>['target'];

async function dropHolders(target: Target): Promise<void> {
  await ask(
    target,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'ryze-gateway single writer'`,
  );
}

function sleeping(target: Target): Promise<number | null> {
  return ask(
    target,
    `select from pg_stat_activity where datname = current_database() and query like '%pg_sleep%' and state = 'active'
       and pid <> pg_backend_pid()`,
  );
}

/** How many hold it, without trying to. */
async function holders(target: Target): Promise<number | null> {
  const inThis = 'database = (select oid from pg_database where datname = current_database())';
  return ask(target, `select from pg_locks where locktype = 'advisory' and granted and ${inThis}`);
}

/** The number of rows. */
async function ask(target: Target, query: string): Promise<number | null> {
  if (target.dialect !== 'postgres') throw new Error('not PostgreSQL');
  const client = new pg.Client({ connectionString: target.url });
  await client.connect();
  const { rowCount } = await client.query(query);
  await client.end();
  return rowCount;
}
