import { expect, test } from 'vitest';
import { PasskeyCompanion } from './testing/passkey-companion.ts';
import { type TestSandbox, testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';

/** A sandbox whose phone asks for a passkey, and a companion whose QR code it has scanned. */
async function scanned(fields: object = {}) {
  const sandbox = await testSandbox();
  await sandbox.post('/phones', { number: ANNA, passkey: 'required', ...fields });
  const client = sandbox.client();
  const qr = await client.until('a QR code', () => client.qr);
  const companion = new PasskeyCompanion(client);
  const answer = await sandbox.post(`/phones/${ANNA}/scan`, { qr });
  return { sandbox, client, companion, answer };
}

async function assertion(sandbox: TestSandbox, companion: PasskeyCompanion, wrong: object = {}) {
  return sandbox.post(`/phones/${ANNA}/assert`, { options: await companion.options(), ...wrong });
}

const ceremony = async (sandbox: TestSandbox) => (await sandbox.get(`/phones/${ANNA}/passkey`)).ceremony;

const isLinked = (sandbox: TestSandbox) =>
  sandbox.until('the linking to end', async () => (await ceremony(sandbox)).stage === 'linked');

test('a scan of a phone that asks for a passkey is answered once the companion was asked', async () => {
  const { companion, answer } = await scanned();
  expect(answer).toEqual({ passkey: { stage: 'requested' } });
  const options = await companion.options();
  expect(options).toMatchObject({ timeout: 600_000, rpId: 'whatsapp.com', userVerification: 'required' });
  expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
});

test('a companion that proves that it showed the code is linked without a comparison of codes', async () => {
  const { sandbox, client, companion } = await scanned();
  await companion.sendPrologue({ assertion: await assertion(sandbox, companion), handoff: true });
  const { primary } = await companion.sendNonce();
  expect(await ceremony(sandbox)).toEqual({ stage: 'finishing' });
  await companion.sendRequest(primary);
  expect(await client.untilClosed()).toBe(515);
  await sandbox.client(client.account).untilOpen();
  await isLinked(sandbox);
});

test('without that proof the phone waits until its user has compared the codes', async () => {
  const { sandbox, client, companion } = await scanned();
  await companion.sendPrologue({ assertion: await assertion(sandbox, companion), handoff: false });
  const { code, primary } = await companion.sendNonce();
  expect(await ceremony(sandbox)).toEqual({ stage: 'comparing', code });
  await companion.sendRequest(primary);
  expect((await sandbox.call('POST', `/phones/${ANNA}/confirm`, { code: 'AAAA-AAAA' })).status).toBe(400);
  expect((await sandbox.get('/phones')).phones[0].devices).toEqual([]);
  await sandbox.post(`/phones/${ANNA}/confirm`, { code });
  expect(await client.untilClosed()).toBe(515);
  await sandbox.client(client.account).untilOpen();
  await isLinked(sandbox);
});

test('a user who sees two different codes links nothing', async () => {
  const { sandbox, companion } = await scanned();
  await companion.sendPrologue({ assertion: await assertion(sandbox, companion), handoff: false });
  await companion.sendNonce();
  const denied = await sandbox.post(`/phones/${ANNA}/deny`);
  expect(denied).toEqual({ stage: 'failed', reason: 'the codes were not the same' });
  expect((await sandbox.get('/phones')).phones[0].devices).toEqual([]);
});

test('a typed pairing code leads to the same ceremony', async () => {
  const sandbox = await testSandbox();
  await sandbox.post('/phones', { number: ANNA, passkey: 'required' });
  const client = sandbox.client();
  await client.until('a QR code', () => client.qr);
  const companion = new PasskeyCompanion(client);
  await client.socket.requestPairingCode(ANNA, 'ABCD2345');
  await client.socket.query({ tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'get', xmlns: 'w:p' } });
  const answer = await sandbox.post(`/phones/${ANNA}/link-code`, { code: 'ABCD2345' });
  expect(answer).toEqual({ passkey: { stage: 'requested' } });
  companion.takeSecret();
  await companion.sendPrologue({ assertion: await assertion(sandbox, companion), handoff: true });
  const { primary } = await companion.sendNonce();
  await companion.sendRequest(primary);
  expect(await client.untilClosed()).toBe(515);
  await sandbox.client(client.account).untilOpen();
  await isLinked(sandbox);
});

test.each([
  ['another origin', { origin: 'https://example.com' }, 'another origin'],
  ['another relying party', { rpId: 'example.com' }, 'another relying party'],
  ['a user who was not verified', { flags: 0x01 }, 'the user was not verified'],
])('an assertion with %s gets a result and then silence', async (_, wrong, reason) => {
  const { sandbox, companion } = await scanned();
  await companion.sendPrologue({ assertion: await assertion(sandbox, companion, wrong), handoff: true });
  expect(await ceremony(sandbox)).toEqual({ stage: 'refused', reason });
  expect(companion.notifications.map(({ attrs }) => attrs.type)).toEqual(['passkey_prologue_request']);
});
