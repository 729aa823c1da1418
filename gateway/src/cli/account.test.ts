import { describe, expect, it } from 'vitest';
import { InstanceRecords } from '../instances/records.ts';
import { createSeal } from '../storage/seal.ts';
import { databases, type TestStorage } from '../storage/testing/databases.ts';
import { noAccessWatcher } from '../tenancy/access-watcher.ts';
import { Accounts } from '../tenancy/accounts.ts';
import { Directory } from '../tenancy/directory.ts';
import { isMintedToken, tokenLookup } from '../tenancy/tokens.ts';
import { TestClock } from '../testing/test-clock.ts';
import { accountCommand } from './account.ts';

const lookup = tokenLookup(Buffer.alloc(32, 1));
const clock = new TestClock();

/** Runs one command line; what it printed, and what it complained about. */
function commandLine({ db }: TestStorage) {
  const seal = createSeal(Buffer.alloc(32, 2));
  const records = new InstanceRecords({ db, seal, clock, lookup, watcher: noAccessWatcher });
  const accounts = new Accounts({
    db,
    clock,
    lookup,
    watcher: noAccessWatcher,
    rateLimitPerMinute: 100,
    removeInstance: (instance) => records.delete(instance),
  });
  const run = async (...words: string[]) => {
    const printed: string[] = [];
    const failed: string[] = [];
    const command = accountCommand(async () => ({ accounts, close: async () => {} }), {
      print: (line) => printed.push(line),
      fail: (line) => failed.push(line),
    });
    await command.parseAsync(words, { from: 'user' });
    return { printed, failed };
  };
  const directory = new Directory({ db, clock, lookup });
  const holder = async (token: string) => (await directory.principal(token, lookup(token), null))?.account.id;
  return { run, records, holder };
}

describe.each(databases)('the account command on $name', ({ open }) => {
  it('creates an account and prints one line of JSON with exactly four keys', async () => {
    const { run, holder } = commandLine(await open());
    const { printed } = await run('create', '--name', 'acme', '--max-instances', '5', '--json');
    expect(printed).toHaveLength(1);
    const made = JSON.parse(printed[0]!);
    expect(Object.keys(made)).toEqual(['id', 'name', 'token', 'maxInstances']);
    expect(made).toMatchObject({ name: 'acme', maxInstances: 5 });
    expect(printed[0]).not.toContain('\n');
    expect(isMintedToken('account', made.token)).toBe(true);
    expect(await holder(made.token)).toBe(made.id);
  });

  it('shows, changes, suspends, resumes, rotates and deletes', async () => {
    const { run, holder } = commandLine(await open());
    const { id, token } = JSON.parse((await run('create', '--name', 'acme', '--json')).printed[0]!);
    const json = async (...words: string[]) => JSON.parse((await run(...words, '--json')).printed[0]!);
    expect(await json('show', id)).toMatchObject({ id, name: 'acme', maxInstances: 10, instanceCount: 0 });
    const origin = 'https://app.example.com';
    const changes = [
      '--max-instances',
      'unlimited',
      '--rate-limit',
      '500',
      '--origin',
      origin,
      '--name',
      'Acme',
    ];
    const changed = { name: 'Acme', maxInstances: null, rateLimitPerMinute: 500, allowedOrigins: [origin] };
    expect(await json('update', id, ...changes)).toMatchObject(changed);
    expect(await json('suspend', id)).toMatchObject({ suspended: true });
    expect(await holder(token)).toBeUndefined();
    expect(await json('resume', id)).toMatchObject({ suspended: false });
    expect(await holder(token)).toBe(id);
    const rotated = await json('rotate', id, '--grace', '60');
    expect(rotated.previousTokenExpiresAt).toBe('2026-04-28T10:31:00Z');
    expect(await holder(rotated.token)).toBe(id);
    expect((await run('list')).printed[0]).toContain('Acme');
    expect(await json('delete', id)).toEqual({ status: 'deleted' });
    expect(await json('list')).toEqual([]);
  });

  it('keeps an account with instances unless it is forced', async () => {
    const { run, records } = commandLine(await open());
    const { id } = JSON.parse((await run('create', '--name', 'acme', '--json')).printed[0]!);
    await records.create(id, { name: 'a', token: undefined, settings: {}, proxy: null, s3: null });
    expect((await run('delete', id)).failed).toEqual(['Account still has instances']);
    expect((await run('delete', id, '--force')).printed).toEqual(['deleted']);
  });

  it.each([
    [['create', '--name', ''], 'Name is required'],
    [['create', '--name', 'x'.repeat(101)], 'Name must be 1 to 100 characters'],
    [['create', '--name', 'a', '--max-instances', '-1'], 'MaxInstances must be between 0 and 100000'],
    [['create', '--name', 'a', '--rate-limit', '0'], 'RateLimitPerMinute must be between 1 and 100000'],
    [['create', '--name', 'a', '--origin', 'app'], 'AllowedOrigins must be a list of at most 50 origins'],
    [['create', '--name', 'taken'], 'Account name already exists'],
    [['update', 'ID'], 'At least one field must be provided'],
    [['show', 'nobody'], 'Account not found'],
    [['rotate-token', 'nobody'], 'Account not found'],
    [['rotate-token', 'ID', '--grace', '86401'], 'GraceSeconds must be between 0 and 86400'],
    [['suspend', 'nobody'], 'Account not found'],
    [['delete', 'nobody'], 'Account not found'],
  ])('%j fails with: %s', async (words, text) => {
    const { run } = commandLine(await open());
    const { id } = JSON.parse((await run('create', '--name', 'taken', '--json')).printed[0]!);
    const { printed, failed } = await run(...words.map((word) => (word === 'ID' ? id : word)));
    expect(failed).toEqual([text]);
    expect(printed).toEqual([]);
  });
});
