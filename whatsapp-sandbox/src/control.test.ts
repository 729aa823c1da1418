import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';

test('a phone is made once, with a number, a JID and a LID that stay the same', async () => {
  const sandbox = await testSandbox();
  const made = await sandbox.post('/phones', { number: `+${ANNA}`, name: 'Anna' });
  expect(made).toEqual({
    number: ANNA,
    jid: `${ANNA}@s.whatsapp.net`,
    lid: expect.stringMatching(/^2\d{14}@lid$/),
    name: 'Anna',
  });
  expect(await sandbox.post('/phones', { number: ANNA })).toEqual(made);
  const other = await testSandbox();
  expect((await other.post('/phones', { number: ANNA })).lid).toBe(made.lid);
});

test('a phone without a number gets a free one', async () => {
  const sandbox = await testSandbox();
  const [one, two] = [await sandbox.post('/phones'), await sandbox.post('/phones')];
  expect(one.number).toMatch(/^\d{13}$/);
  expect(one.number).not.toBe(two.number);
});

test.each([
  ['POST', '/phones', '{"number": "abc"}', 400],
  ['POST', '/phones', 'not json', 400],
  ['POST', '/phones', '[]', 400],
  ['POST', '/phones', `{"name": "${'x'.repeat(1024 * 1024)}"}`, 413],
  ['POST', '/phones', '{"business": "yes"}', 400],
  ['POST', `/phones/${BERT}/send`, `{"to": "${ANNA}", "text": "x"}`, 404],
  ['POST', `/phones/${ANNA}/send`, '{"to": "4915199999999", "text": "x"}', 404],
  ['POST', `/phones/${ANNA}/send`, `{"to": "${ANNA}"}`, 400],
  ['POST', `/phones/${ANNA}/send`, `{"to": "${ANNA}", "text": "x", "quote": "none"}`, 404],
  ['POST', `/phones/${ANNA}/scan`, '{"qr": "hello"}', 400],
  ['POST', `/phones/${ANNA}/scan`, '{}', 400],
  ['POST', `/phones/${ANNA}/unlink`, '{}', 400],
  ['POST', `/phones/${ANNA}/unlink`, '{"device": 3}', 404],
  ['POST', `/phones/${ANNA}/act`, '{"action": "dance"}', 400],
  ['POST', `/phones/${ANNA}/act`, '{"action": "constructor"}', 400],
  ['POST', `/phones/${ANNA}/act`, '{"action": "read", "id": "none"}', 404],
  ['POST', `/phones/${ANNA}/act`, '{"action": "edit", "id": "none", "text": "x"}', 404],
  ['POST', '/faults', '{"fault": "earthquake"}', 400],
  ['POST', '/faults', '{"fault": "slow"}', 400],
  ['POST', '/faults', '{"fault": "ack-error", "code": "463"}', 400],
  ['POST', '/traffic', `{"to": "${ANNA}", "kind": "direct", "messages": 0}`, 400],
  ['POST', '/groups', `{"owner": "${BERT}", "subject": "Choir"}`, 404],
  ['POST', '/groups', `{"owner": "${ANNA}"}`, 400],
  ['POST', '/groups', `{"owner": "${ANNA}", "subject": "Choir", "participants": "${BERT}"}`, 400],
  ['POST', '/groups', `{"owner": "${ANNA}", "subject": "Choir", "participants": ["${BERT}"]}`, 404],
  ['POST', '/groups/120363000000000000@g.us/participants', '{"add": []}', 404],
  ['POST', `/phones/${ANNA}/send`, '{"to": "120363000000000000@g.us", "text": "x"}', 404],
  ['GET', `/phones/${ANNA}/inbox?after=x`, undefined, 400],
  ['GET', `/phones/${ANNA}/inbox?wait=9999999`, undefined, 400],
  ['GET', '/phones/%zz/inbox', undefined, 400],
  ['GET', '/traffic/none', undefined, 404],
  ['GET', `/phones/${ANNA}/sent/none`, undefined, 404],
  ['GET', '/nothing', undefined, 404],
  ['DELETE', '/phones', undefined, 405],
])('%s %s with %.60s is refused with %i and a reason', async (method, path, body, status) => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const answer = await sandbox.call(method, path, body);
  expect(answer).toEqual({ status, body: { error: expect.stringMatching(/.+/) } });
});

test('an inbox call without anything new is held until something comes', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const held = sandbox.inbox(BERT);
  await sandbox.post(`/phones/${ANNA}/send`, { to: BERT, text: 'there it is' });
  const [message] = await held;
  expect(message).toMatchObject({ seq: 1, text: 'there it is', from: `${ANNA}@s.whatsapp.net` });
  expect(await sandbox.get(`/phones/${BERT}/inbox?after=1&wait=1`)).toEqual({ messages: [] });
});

test('the control API is reached from this machine only', async () => {
  const sandbox = await testSandbox();
  expect(new URL(sandbox.sandbox.info.control).hostname).toBe('127.0.0.1');
  expect(await sandbox.get('/info')).toEqual(sandbox.sandbox.info);
});

test('a web page that a browser was lured to cannot steer the sandbox', async () => {
  const sandbox = await testSandbox();
  const { port } = new URL(sandbox.sandbox.info.control);
  for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }]) {
    const lured = request({ port, host: '127.0.0.1', path: '/control/info', headers }).end();
    const [response] = await once(lured, 'response');
    response.resume();
    expect(response.statusCode).toBe(403);
  }
});

test('a phone changes its name and its messages carry the new one', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  await sandbox.post(`/phones/${BERT}/act`, { action: 'name', name: 'Bertha' });
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'guess who' });
  expect((await client.untilText('guess who')).pushName).toBe('Bertha');
});

test('load is sent by as many phones as asked for, and its receipts are counted', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const client = await sandbox.link(ANNA);
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  await client.socket.sendPresenceUpdate('available');
  const plan = { to: ANNA, kind: 'direct', senders: 5, messages: 40, bytes: 200 };
  const { id, sent } = await sandbox.post('/traffic', plan);
  expect(sent).toBe(40);
  await sandbox.until('all receipts', async () => (await sandbox.get(`/traffic/${id}`)).receipts === 40);
  expect(new Set(client.messages.map((each) => each.key.remoteJid)).size).toBe(6);
  expect(await sandbox.get(`/traffic/${id}`)).toMatchObject({ sent: 40, failed: 0, done: true });
});

test('load keeps to its rate', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const plan = { to: ANNA, kind: 'direct', senders: 2, messages: 20, ratePerSecond: 50 };
  const { seconds } = await sandbox.post('/traffic', plan);
  expect(seconds).toBeGreaterThan(0.35);
});
