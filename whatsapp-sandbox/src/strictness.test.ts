import { makeNoiseHandler, NOISE_WA_HEADER, proto } from 'baileys';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { makeMessageId } from './phones/sending/submit.ts';
import type { TestClient } from './testing/client.ts';
import { testSandbox } from './testing/sandbox.ts';
import { generateKeyPair } from './wire/keys.ts';
import { bytesOf, child, children, type Stanza, stanza, uint } from './wire/stanza.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const CARL = '4915100000003';
const BERT_JID = `${BERT}@s.whatsapp.net`;
const SERVER = '@s.whatsapp.net';

async function annaOnline() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT, CARL);
  return { sandbox, client: await sandbox.link(ANNA) };
}

/** Sends a message stanza as it is and returns the server's ack. */
async function submit(
  client: TestClient,
  to: string,
  content: Stanza[],
  attrs = {},
): Promise<Stanza['attrs']> {
  const id = makeMessageId();
  const acked = client.socket.waitForMessage(id, 5000) as Promise<Stanza>;
  await client.socket.sendNode(stanza('message', { id, to, type: 'text', ...attrs }, content));
  return (await acked).attrs;
}

/** Really encrypts a text for the given devices. */
async function encrypted(client: TestClient, ...jids: string[]): Promise<Stanza[]> {
  await client.socket.assertSessions(jids, false);
  const { nodes } = await client.socket.createParticipantNodes(jids, { conversation: 'crafted' });
  return nodes;
}

function identityNode(client: TestClient): Stanza {
  const account = proto.ADVSignedDeviceIdentity.create(client.account.creds.account ?? {});
  return stanza('device-identity', {}, proto.ADVSignedDeviceIdentity.encode(account).finish());
}

test('a message that misses a device reaches the others, and the ack tells the current participant hash', async () => {
  const { sandbox, client } = await annaOnline();
  const participants = stanza('participants', {}, await encrypted(client, BERT_JID));
  const ack = await submit(client, BERT_JID, [participants, identityNode(client)]);
  expect(ack.error).toBeUndefined();
  expect(ack.phash).toMatch(/^2:[\w+/]{8}$/);
  expect((await sandbox.inbox(BERT))[0]).toMatchObject({ text: 'crafted' });
  expect((await sandbox.get('/stats')).messages.incompleteFanouts).toBe(1);
});

test('a message that covers every device gets an ack without a hash', async () => {
  const { client } = await annaOnline();
  const participants = stanza(
    'participants',
    {},
    await encrypted(client, BERT_JID, `${ANNA}@s.whatsapp.net`),
  );
  const ack = await submit(client, BERT_JID, [participants, identityNode(client)]);
  expect(ack).not.toHaveProperty('phash');
  expect(ack).not.toHaveProperty('error');
});

test("a message to somebody else's device is refused with 479 and reaches nobody", async () => {
  const { sandbox, client } = await annaOnline();
  const participants = stanza(
    'participants',
    {},
    await encrypted(client, BERT_JID, `${CARL}@s.whatsapp.net`),
  );
  const ack = await submit(client, BERT_JID, [participants, identityNode(client)]);
  expect(ack.error).toBe('479');
  expect(await sandbox.get(`/phones/${BERT}/inbox`)).toEqual({ messages: [] });
});

test('a message without any device of the recipient is refused with 479', async () => {
  const { client } = await annaOnline();
  const participants = stanza('participants', {}, await encrypted(client, `${ANNA}@s.whatsapp.net`));
  expect((await submit(client, BERT_JID, [participants, identityNode(client)])).error).toBe('479');
});

test('a pre-key message without a device identity is refused with 479', async () => {
  const { client } = await annaOnline();
  const participants = stanza('participants', {}, await encrypted(client, BERT_JID));
  expect((await submit(client, BERT_JID, [participants])).error).toBe('479');
});

test('a pre-key message with a forged device identity is not believed by the phone', async () => {
  const { sandbox, client } = await annaOnline();
  const account = proto.ADVSignedDeviceIdentity.create(client.account.creds.account ?? {});
  const forged = proto.ADVSignedDeviceIdentity.encode({
    ...account,
    deviceSignature: new Uint8Array(64),
  }).finish();
  const participants = stanza('participants', {}, await encrypted(client, BERT_JID));
  await submit(client, BERT_JID, [participants, stanza('device-identity', {}, forged)]);
  await sandbox.until('the phone to ask again', async () => (await sandbox.get('/stats')).retries === 1);
  expect(await sandbox.get(`/phones/${BERT}/inbox`)).toEqual({ messages: [] });
});

test('a message to a number that is not registered is refused with 404', async () => {
  const { client } = await annaOnline();
  const participants = stanza('participants', {}, await encrypted(client, BERT_JID));
  const ack = await submit(client, '4915199999999@s.whatsapp.net', [participants, identityNode(client)]);
  expect(ack.error).toBe('404');
});

test('a ciphertext that is none makes the phone ask again, and nothing reaches its inbox', async () => {
  const { sandbox, client } = await annaOnline();
  const enc = stanza('enc', { v: '2', type: 'msg' }, Buffer.from('not a Signal message'));
  const participants = stanza('participants', {}, [stanza('to', { jid: BERT_JID }, [enc])]);
  await submit(client, BERT_JID, [participants]);
  await sandbox.until('the phone to ask again', async () => (await sandbox.get('/stats')).retries === 1);
  expect(await sandbox.get(`/phones/${BERT}/inbox`)).toEqual({ messages: [] });
});

test('keys whose signature is wrong are not stored', async () => {
  const { sandbox, client } = await annaOnline();
  const { creds } = client.account;
  const skey = stanza('skey', {}, [
    stanza('id', {}, uint(7, 3)),
    stanza('value', {}, generateKeyPair().public),
    stanza('signature', {}, creds.signedPreKey.signature),
  ]);
  const before = (await sandbox.get('/phones')).phones[0].devices[0].preKeys;
  const set = { to: SERVER, type: 'set', xmlns: 'encrypt' };
  await expect(client.socket.query(stanza('iq', set, [stanza('rotate', {}, [skey])]))).rejects.toThrow(
    'not-acceptable',
  );
  const upload = [
    stanza('registration', {}, uint(creds.registrationId, 4)),
    stanza('identity', {}, creds.signedIdentityKey.public),
    stanza('list', {}, [
      stanza('key', {}, [stanza('id', {}, uint(9000, 3)), stanza('value', {}, generateKeyPair().public)]),
    ]),
    skey,
  ];
  await expect(client.socket.query(stanza('iq', set, upload))).rejects.toThrow('not-acceptable');
  expect((await sandbox.get('/phones')).phones[0].devices[0].preKeys).toBe(before);
});

test('a rotated signed pre-key is what others get from then on', async () => {
  const { client, sandbox } = await annaOnline();
  await client.socket.rotateSignedPreKey();
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'with the new key' });
  await client.untilText('with the new key');
});

test('each one-time pre-key is handed out once, and bundles without one when all are gone', async () => {
  const { sandbox, client } = await annaOnline();
  const reader = await sandbox.link(BERT);
  await sandbox.post('/faults', { fault: 'slow', ms: 600_000, phone: ANNA });
  const jid = client.account.creds.me?.id ?? '';
  const total = (await sandbox.get('/phones')).phones[0].devices[0].preKeys;
  const ask = (count: number) =>
    reader.socket.query(
      stanza('iq', { to: SERVER, type: 'get', xmlns: 'encrypt' }, [
        stanza(
          'key',
          {},
          Array.from({ length: count }, () => stanza('user', { jid })),
        ),
      ]),
    );
  const users = children(child(await ask(total + 3), 'list'));
  const ids = users.flatMap((user) => bytesOf(child(child(user, 'key'), 'id')) ?? []);
  expect(new Set(ids.map((id) => Buffer.from(id).toString('hex'))).size).toBe(total);
  expect(users.slice(total).map((user) => child(user, 'key'))).toEqual([undefined, undefined, undefined]);
  expect(users.every((user) => child(user, 'skey'))).toBe(true);
});

test('a phone still writes to a client whose one-time pre-keys are gone', async () => {
  const { sandbox, client } = await annaOnline();
  // Away, the client cannot bring new keys before the phone asks for one.
  await client.close();
  await sandbox.post('/faults', { fault: 'pre-keys-low', phone: ANNA });
  await sandbox.post(`/phones/${CARL}/send`, { to: ANNA, text: 'without a one-time key' });
  expect((await sandbox.get('/phones')).phones[0].devices[0].preKeys).toBe(0);
  await sandbox.client(client.account).untilText('without a one-time key');
});

test('everything that a stock client asks at log-in and while sending is answered', async () => {
  const { sandbox, client } = await annaOnline();
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  await client.socket.sendMessage(BERT_JID, { text: 'hi' });
  await client.socket.fetchAccountReachoutTimelock();
  await client.socket.fetchNewChatMessageCap();
  expect(await client.socket.onWhatsApp(BERT, '4915199999999')).toEqual([{ jid: BERT_JID, exists: true }]);
  await client.socket.readMessages([{ remoteJid: BERT_JID, id: 'X', fromMe: false }]);
  expect((await sandbox.get('/stats')).unknownQueries).toEqual({});
});

test('what an account says about itself is what others are told', async () => {
  const { sandbox, client } = await annaOnline();
  const bert = await sandbox.link(BERT);
  await client.socket.updateProfileStatus('busy');
  await client.socket.updateDefaultDisappearingMode(86_400);
  await client.socket.updateReadReceiptsPrivacy('none');
  const anna = `${ANNA}@s.whatsapp.net`;
  expect(await bert.socket.fetchStatus(anna)).toMatchObject([{ id: anna, status: { status: 'busy' } }]);
  const [disappearing] = (await bert.socket.fetchDisappearingDuration(anna)) ?? [];
  expect(disappearing).toMatchObject({ disappearing_mode: { duration: 86_400 } });
  expect((await client.socket.fetchPrivacySettings(true)).readreceipts).toBe('none');
});

test('a Brazilian number is found with and without its ninth digit', async () => {
  const { sandbox, client } = await annaOnline();
  await sandbox.phones('551187654321');
  const found = [{ jid: '551187654321@s.whatsapp.net', exists: true }];
  expect(await client.socket.onWhatsApp('5511987654321')).toEqual(found);
  expect(await client.socket.onWhatsApp('551187654321')).toEqual(found);
});

test('a query that nobody knows is refused with 501 and counted', async () => {
  const { sandbox, client } = await annaOnline();
  const query = client.socket.query(
    stanza('iq', { to: SERVER, type: 'get', xmlns: 'w:unheard' }, [stanza('of')]),
  );
  await expect(query).rejects.toThrow('feature-not-implemented');
  expect((await sandbox.get('/stats')).unknownQueries).toEqual({ 'w:unheard/of': 1 });
});

test('a device list change is told to companions and contacts', async () => {
  const { sandbox, client } = await annaOnline();
  await client.socket.sendMessage(BERT_JID, { text: 'before' });
  await sandbox.link(BERT);
  await client.socket.sendMessage(BERT_JID, { text: 'after' });
  await sandbox.inboxOf(BERT, 2);
  expect((await sandbox.get('/stats')).messages.incompleteFanouts).toBe(0);
});

/** Opens a socket, sends bytes and waits for the server to hang up. */
async function hangUp(url: string, ...chunks: Uint8Array[]): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const chunk of chunks) socket.send(chunk);
  await closed;
}

test.each([
  ['is not WhatsApp at all', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['is larger than a frame may be', Buffer.concat([NOISE_WA_HEADER, Buffer.from([0xff, 0xff, 0xff])])],
  ['has a hello that is not a handshake', Buffer.concat([NOISE_WA_HEADER, Buffer.from([0, 0, 2, 1, 2])])],
])('a stream that %s is cut off', async (_what, bytes) => {
  const sandbox = await testSandbox();
  await hangUp(sandbox.sandbox.info.url, bytes);
  expect((await sandbox.get('/stats')).connections).toMatchObject({ open: 0, refused: 1 });
});

test('a client finish that was not sealed with the handshake keys is cut off', async () => {
  const sandbox = await testSandbox();
  const ephemeral = generateKeyPair();
  const noise = makeNoiseHandler({
    keyPair: ephemeral as never,
    NOISE_HEADER: NOISE_WA_HEADER,
    logger: pino({ level: 'silent' }) as never,
  });
  const hello = proto.HandshakeMessage.encode({ clientHello: { ephemeral: ephemeral.public } }).finish();
  const finish = proto.HandshakeMessage.encode({
    clientFinish: { static: new Uint8Array(48), payload: new Uint8Array(48) },
  }).finish();
  await hangUp(sandbox.sandbox.info.url, noise.encodeFrame(hello), noise.encodeFrame(finish));
  expect((await sandbox.get('/stats')).connections.refused).toBe(1);
});
