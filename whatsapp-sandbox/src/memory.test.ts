import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSandbox } from './index.ts';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';

const stateFile = () => join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'state.json');

test('phones, companions and their sessions survive a restart, and so does what waits', async () => {
  const state = stateFile();
  const first = await testSandbox({ state });
  await first.phones(ANNA, BERT);
  const client = await first.link(ANNA);
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  await client.socket.sendMessage(`${BERT}@s.whatsapp.net`, { text: 'before' });
  await first.inbox(BERT);
  await client.close();
  await first.post(`/phones/${BERT}/send`, { to: ANNA, text: 'waiting' });
  await first.close();

  const second = await testSandbox({ state });
  expect(second.sandbox.info.rootKey).toBe(first.sandbox.info.rootKey);
  const back = second.client(client.account);
  await back.untilText('waiting');
  await back.socket.sendMessage(`${BERT}@s.whatsapp.net`, { text: 'after' });
  expect((await second.inbox(BERT))[0]).toMatchObject({ text: 'after' });
  await second.post(`/phones/${BERT}/send`, { to: ANNA, text: 'and back' });
  await back.untilText('and back');
  expect((await second.get('/stats')).retries).toBe(0);
});

test('groups and their sender keys survive a restart', async () => {
  const state = stateFile();
  const first = await testSandbox({ state });
  await first.phones(ANNA, BERT);
  const client = await first.link(ANNA);
  const made = { owner: BERT, subject: 'Choir', participants: [ANNA] };
  const { jid } = await first.post('/groups', made);
  await client.socket.sendMessage(jid, { text: 'before' });
  await first.inbox(BERT);
  await first.post(`/phones/${BERT}/send`, { to: jid, text: 'also before' });
  await client.untilText('also before');
  const { groups } = await first.get('/groups');
  await client.close();
  await first.close();

  const second = await testSandbox({ state });
  expect(await second.get('/groups')).toEqual({ groups });
  const back = second.client(client.account);
  await back.untilOpen();
  await back.socket.sendMessage(jid, { text: 'after' });
  expect((await second.inbox(BERT))[0]).toMatchObject({ chat: jid, text: 'after' });
  await second.post(`/phones/${BERT}/send`, { to: jid, text: 'and back' });
  await back.untilText('and back');
  expect((await second.get('/stats')).retries).toBe(0);
});

test('the state file is readable by its owner only and never half written', async () => {
  const state = stateFile();
  const sandbox = await testSandbox({ state });
  await sandbox.phones(ANNA);
  await sandbox.close();
  expect(statSync(state).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(state, 'utf8')).phones).toHaveLength(1);
});

test('a state file that cannot be used stops the start instead of being overwritten', async () => {
  const state = stateFile();
  writeFileSync(state, '{"version":0}');
  await expect(startSandbox({ state })).rejects.toThrow('state file');
  expect(readFileSync(state, 'utf8')).toBe('{"version":0}');
});
