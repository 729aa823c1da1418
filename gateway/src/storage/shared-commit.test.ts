import { DatabaseSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import type { DatabaseTransaction } from './queries.ts';
import type { Database } from './schema.ts';
import { databases } from './testing/databases.ts';

const sqlite = databases.filter(({ name }) => name === 'sqlite');

async function setup(open: (typeof databases)[number]['open']) {
  const { db, target } = await open();
  if (target.dialect !== 'sqlite') throw new Error('not SQLite');
  const other = new DatabaseSync(target.file);
  const keys = (from: Kysely<Database>) =>
    from
      .selectFrom('meta')
      .select('key')
      .orderBy('key')
      .execute()
      .then((rows) => rows.map(({ key }) => key));
  return {
    db,
    keys: () => keys(db),
    /** What another process sees. */
    committed: () =>
      other
        .prepare('select key from meta order by key')
        .all()
        .map(({ key }) => key),
    /** Another number after every commit of another process. */
    version: () => other.prepare('pragma data_version').get()?.data_version,
    put: (key: string, work: (trx: DatabaseTransaction) => unknown = () => {}) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('meta').values({ key, value: '' }).execute();
        return work(trx);
      }),
  };
}

const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'did not fail',
    (error: Error) => error.message,
  );

it.each(sqlite)('transactions that wait for each other share a commit, sixteen at most', async ({ open }) => {
  const { put, version, committed } = await setup(open);
  const seen: unknown[] = [];
  const names = Array.from({ length: 40 }, (_, i) => `k${i + 10}`);
  await Promise.all(names.map((name) => put(name, () => seen.push(version()))));
  const sizes = [...new Set(seen)].map((each) => seen.filter((other) => other === each).length);
  expect(sizes).toEqual([16, 16, 8]);
  expect(committed()).toEqual(names);
});

it.each(sqlite)('a transaction is over only once another process sees it', async ({ open }) => {
  const { put, committed } = await setup(open);
  const during: unknown[] = [];
  const first = put('a').then(() => during.push(committed()));
  await Promise.all([first, put('b', () => during.push(committed())), put('c')]);
  expect(during).toEqual([[], ['a', 'b', 'c']]);
});

it.each(sqlite)('a transaction that fails takes nothing along that shares its commit', async ({ open }) => {
  const { put, committed } = await setup(open);
  const failing = (key: string) =>
    reasonOf(put(key, () => Promise.reject(new Error(`${key} was not to be`))));
  const ends = await Promise.all([failing('a'), put('b'), failing('c'), put('d'), put('d').catch(String)]);
  expect(ends[0]).toBe('a was not to be');
  expect(ends[2]).toBe('c was not to be');
  expect(ends[4]).toMatch(/UNIQUE/);
  expect(committed()).toEqual(['b', 'd']);
});

it.each(sqlite)('a query between transactions sees what is committed, and nothing else', async ({ open }) => {
  const { put, keys, committed } = await setup(open);
  const [, read] = await Promise.all([
    put('a'),
    keys().then((seen) => ({ seen, committed: committed() })),
    put('b'),
  ]);
  expect(read).toEqual({ seen: ['a'], committed: ['a'] });
});

it.each(sqlite)('all that share a commit fail with it, and the next ones go on', async ({ open }) => {
  const { put, keys } = await setup(open);
  const orphan = async (trx: DatabaseTransaction) => {
    await sql`pragma defer_foreign_keys = on`.execute(trx);
    const creds = { instance_id: 'nobody', creds_sealed: Buffer.alloc(1), updated_at: 0 };
    await trx.insertInto('session_creds').values(creds).execute();
  };
  expect(await Promise.all([reasonOf(put('a')), reasonOf(put('b', orphan))])).toEqual([
    expect.stringMatching(/FOREIGN KEY/),
    expect.stringMatching(/FOREIGN KEY/),
  ]);
  await put('c');
  expect(await keys()).toEqual(['c']);
});

it.each(sqlite)(
  'a transaction that cannot be undone alone is not committed with the others',
  async ({ open }) => {
    const { put, committed } = await setup(open);
    const withoutSavepoint = async (trx: DatabaseTransaction) => {
      await sql`release joined`.execute(trx);
      throw new Error('stop');
    };
    expect(await Promise.all([reasonOf(put('a')), reasonOf(put('b', withoutSavepoint))])).toEqual([
      expect.stringMatching(/no such savepoint/),
      expect.stringMatching(/no such savepoint/),
    ]);
    await put('c');
    expect(committed()).toEqual(['c']);
  },
);

it.each(sqlite)('a full disk takes nothing that was reported as done', async ({ open }) => {
  const { db, put, committed } = await setup(open);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(db);
  const huge = (trx: DatabaseTransaction) =>
    trx
      .insertInto('meta')
      .values({ key: 'huge', value: 'x'.repeat(200_000) })
      .execute();
  const names = ['a', 'b', 'c'];
  const ends = await Promise.all(names.map((key) => reasonOf(put(key, key === 'b' ? huge : undefined))));
  expect(ends[1]).toMatch(/full/);
  expect(committed()).toEqual(names.filter((_, at) => ends[at] === 'did not fail'));
  await put('d');
  expect(committed()).toContain('d');
});
