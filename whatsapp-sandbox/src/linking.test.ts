import { expect, test } from 'vitest';
import { makeAccount, TestClient } from './testing/client.ts';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';

async function showQr(sandbox: Awaited<ReturnType<typeof testSandbox>>) {
  const client = sandbox.client();
  const qr = await client.until('a QR code', () => client.qr);
  return { client, qr };
}

/** Opens a socket that asks for a pairing code. */
async function askForCode(sandbox: Awaited<ReturnType<typeof testSandbox>>, code: string) {
  const { client } = await showQr(sandbox);
  await client.socket.requestPairingCode(ANNA, code);
  // The request is a stanza without an answer: a ping behind it shows that the server has read it.
  await client.socket.query({ tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'get', xmlns: 'w:p' } });
  return client;
}

test('a companion is linked by the pairing code that it shows', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const pairing = await askForCode(sandbox, 'ABCD2345');
  const linked = sandbox.post(`/phones/${ANNA}/link-code`, { code: 'abcd-2345' });
  expect(await pairing.untilClosed()).toBe(515);
  const client = sandbox.client(pairing.account);
  await client.untilOpen();
  expect(await linked).toMatchObject({ device: 1, connected: true });
  await client.socket.sendMessage(`${BERT}@s.whatsapp.net`, { text: 'by code' });
  expect((await sandbox.inbox(BERT))[0]).toMatchObject({ text: 'by code' });
});

test('a wrong pairing code links nothing', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  await askForCode(sandbox, 'ABCD2345');
  const answer = await sandbox.call('POST', `/phones/${ANNA}/link-code`, { code: 'ABCD2346' });
  expect(answer).toEqual({ status: 400, body: { error: 'the code is wrong' } });
  expect((await sandbox.get('/phones')).phones[0].devices).toEqual([]);
});

test('a code can be typed again after a mistake', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const pairing = await askForCode(sandbox, 'ABCD2345');
  await sandbox.call('POST', `/phones/${ANNA}/link-code`, { code: 'ABCD2346' });
  const linked = sandbox.post(`/phones/${ANNA}/link-code`, { code: 'ABCD2345' });
  expect(await pairing.untilClosed()).toBe(515);
  await sandbox.client(pairing.account).untilOpen();
  await linked;
});

test('typing a code fails at once when the device that asked for it goes away', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const pairing = await askForCode(sandbox, 'ABCD2345');
  await pairing.close();
  const answer = await sandbox.call('POST', `/phones/${ANNA}/link-code`, { code: 'ABCD2345' });
  expect(answer.status).toBe(400);
});

test('a code typed when no device asked for one is refused', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const answer = await sandbox.call('POST', `/phones/${ANNA}/link-code`, { code: 'ABCD2345' });
  expect(answer.status).toBe(400);
});

test('a client that trusts another root key refuses the certificate chain', async () => {
  const sandbox = await testSandbox();
  const client = new TestClient({ ...sandbox.sandbox.info, rootKey: '11'.repeat(32) }, makeAccount());
  await client.untilClosed();
  expect(client.open).toBe(false);
  expect(client.qr).toBeUndefined();
});

test('a QR code whose keys are not those of the waiting device is refused', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const { qr } = await showQr(sandbox);
  const [ref, noise, , secret] = qr.slice(qr.indexOf('#') + 1).split(',');
  const forged = [ref, noise, Buffer.alloc(32, 9).toString('base64'), secret].join(',');
  const answer = await sandbox.call('POST', `/phones/${ANNA}/scan`, { qr: forged });
  expect(answer.status).toBe(400);
  expect(answer.body.error).toContain('keys in the QR code');
});

test('a QR code with a wrong secret is refused by the companion itself', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const { client, qr } = await showQr(sandbox);
  const [ref, noise, identity] = qr.slice(qr.indexOf('#') + 1).split(',');
  const forged = [ref, noise, identity, Buffer.alloc(32, 9).toString('base64')].join(',');
  const answer = await sandbox.call('POST', `/phones/${ANNA}/scan`, { qr: forged });
  expect(answer.status).toBe(409);
  await client.untilClosed();
  expect((await sandbox.get('/phones')).phones[0].devices).toEqual([]);
});

test('a QR code is worth nothing once its connection is gone', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const { client, qr } = await showQr(sandbox);
  await client.close();
  const answer = await sandbox.call('POST', `/phones/${ANNA}/scan`, { qr });
  expect(answer.status).toBe(400);
  expect(answer.body.error).toContain('expired');
});

test('QR refs are replaced after a while, and the old ones are refused', async () => {
  const sandbox = await testSandbox({ refsTtlMs: 300 });
  await sandbox.phones(ANNA);
  const { client, qr } = await showQr(sandbox);
  const fresh = await client.until('a new QR code', () => client.qr !== qr && client.qr);
  const old = await sandbox.call('POST', `/phones/${ANNA}/scan`, { qr });
  expect(old.body.error).toContain('expired');
  const scan = sandbox.post(`/phones/${ANNA}/scan`, { qr: fresh });
  expect(await client.untilClosed()).toBe(515);
  await sandbox.client(client.account).untilOpen();
  await scan;
});

test('a phone links four companions and no fifth', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  for (const device of [1, 2, 3, 4]) {
    await sandbox.link(ANNA);
    expect((await sandbox.get('/phones')).phones[0].devices).toHaveLength(device);
  }
  const { qr } = await showQr(sandbox);
  const answer = await sandbox.call('POST', `/phones/${ANNA}/scan`, { qr });
  expect(answer).toMatchObject({ status: 400, body: { error: 'this phone has too many linked devices' } });
});

test('a companion that the phone unlinks gets 401, and 401 again when it tries to log in', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const client = await sandbox.link(ANNA);
  await sandbox.post(`/phones/${ANNA}/unlink`, { device: 1 });
  expect(await client.untilClosed()).toBe(401);
  const again = sandbox.client(client.account);
  expect(await again.untilClosed()).toBe(401);
});

test('a companion that logs out is gone from the phone', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const client = await sandbox.link(ANNA);
  await client.socket.logout();
  const again = sandbox.client(client.account);
  expect(await again.untilClosed()).toBe(401);
  expect((await sandbox.get('/phones')).phones[0].devices).toEqual([]);
});

test('a device that logs in a second time replaces its first connection', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const first = await sandbox.link(ANNA);
  const second = sandbox.client(first.account);
  await second.untilOpen();
  expect(await first.untilClosed()).toBe(440);
});

test('nobody logs in as a device without its Noise key', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const client = await sandbox.link(ANNA);
  await client.close();
  const thief = makeAccount();
  thief.creds.me = { ...client.account.creds.me, id: client.account.creds.me?.id ?? '' };
  expect(await sandbox.client(thief).untilClosed()).toBe(401);
});
