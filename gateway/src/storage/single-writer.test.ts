import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../test-clock.ts';
import { AlreadyServed, holdSingleWriter } from './single-writer.ts';
import { databases, type TestDatabase } from './testing.ts';

async function setup(open: TestDatabase['open']) {
  const { target, folder } = await open();
  const clock = new TestClock();
  const taken = Promise.withResolvers<void>();
  const hold = () => holdSingleWriter({ target, dataDir: folder, clock, onTaken: () => taken.resolve() });
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
    await expect
      .poll(() =>
        hold().then(
          (second) => second.release().then(() => 'free'),
          () => 'held',
        ),
      )
      .toBe('held');
    await first.release();
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

async function dropHolders(target: { dialect: string; url?: string }): Promise<void> {
  const client = new pg.Client({ connectionString: target.url });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'ryze-gateway single writer'`,
  );
  await client.end();
}
