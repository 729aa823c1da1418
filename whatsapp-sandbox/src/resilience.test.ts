import { expect, test } from 'vitest';
import { makeMessageId } from './phones/sending/submit.ts';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const BERT_JID = `${BERT}@s.whatsapp.net`;

async function annaOnline() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  const say = (text: string) => sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text });
  return { sandbox, client, say };
}

test('what arrives while a client is away waits for it, in order and marked as offline', async () => {
  const { sandbox, client, say } = await annaOnline();
  await client.close();
  const texts = Array.from({ length: 250 }, (_, index) => `while away ${index}`);
  for (const text of texts) await say(text);
  const back = sandbox.client(client.account);
  await back.untilText('while away 249');
  expect(back.messages.flatMap((each) => each.message?.conversation ?? [])).toEqual(texts);
  expect(back.upsertTypes).toEqual(new Set(['append']));
  await sandbox.until('nothing waits', async () => {
    const { undelivered } = await sandbox.get('/stats');
    return Object.keys(undelivered).length === 0;
  });
});

test('a message that the client did not acknowledge is delivered again at the next log-in', async () => {
  const { sandbox, client, say } = await annaOnline();
  // Baileys' receipts go through this socket: without it the server hears nothing of the delivery.
  const raw = (client.socket.ws as unknown as { socket: { send: unknown } }).socket;
  raw.send = (_data: unknown, sent?: () => void) => sent?.();
  const { id } = await say('crashed before the receipt');
  await client.untilText('crashed before the receipt');
  await sandbox.post('/faults', { fault: 'disconnect' });
  await client.untilClosed();
  const back = sandbox.client(client.account);
  await back.untilDelivered(id, 1);
});

test('a message that was corrupted on its way is asked for again and arrives', async () => {
  const { sandbox, client, say } = await annaOnline();
  await sandbox.post('/faults', { fault: 'corrupt', phone: ANNA });
  const { id } = await say('through the noise');
  const message = await client.untilText('through the noise');
  expect(message.key.id).toBe(id);
  expect((await sandbox.get('/stats')).retries).toBe(1);
});

test('a client that lost its session gets the message through a fresh one', async () => {
  const { sandbox, client, say } = await annaOnline();
  await say('first');
  await client.untilText('first');
  await client.socket.sendMessage(BERT_JID, { text: 'answered' });
  await sandbox.inbox(BERT);
  const { lid } = await sandbox.post('/phones', { number: BERT });
  await client.account.keys.set({ session: { [`${lid.split('@')[0]}_1.0`]: null } });
  await say('after the loss');
  await client.untilText('after the loss');
  expect((await sandbox.get('/stats')).retries).toBe(2);
});

test('a phone asks a client again for what it cannot decrypt, and gets it once', async () => {
  const { sandbox, client } = await annaOnline();
  await sandbox.post('/faults', { fault: 'corrupt', phone: BERT, device: 0, count: 1 });
  const sent = await client.socket.sendMessage(BERT_JID, { text: 'say again' });
  const [received] = await sandbox.inbox(BERT);
  expect(received).toMatchObject({ id: sent?.key.id, text: 'say again' });
  expect((await sandbox.get('/stats')).retries).toBe(1);
});

test('disconnect cuts the socket and the client can come back', async () => {
  const { sandbox, client } = await annaOnline();
  expect(await sandbox.post('/faults', { fault: 'disconnect', phone: ANNA })).toEqual({ struck: 1 });
  expect(await client.untilClosed()).toBe(428);
  await sandbox.client(client.account).untilOpen();
});

test.each([503, 515, 500, 440])('stream-error ends the stream with code %i', async (code) => {
  const { sandbox, client } = await annaOnline();
  await sandbox.post('/faults', { fault: 'stream-error', code });
  expect(await client.untilClosed()).toBe(code);
});

test('a deaf socket stays open and hears nothing; a new connection gets what waited', async () => {
  const { sandbox, client, say } = await annaOnline();
  await sandbox.post('/faults', { fault: 'deaf', phone: ANNA });
  await say('into the void');
  const ping = { tag: 'iq', attrs: { to: '@s.whatsapp.net', type: 'get', xmlns: 'w:p' } };
  await expect(client.socket.query(ping, 200)).rejects.toThrow('Timed Out');
  expect(client.messages.some((each) => each.message?.conversation === 'into the void')).toBe(false);
  expect(client.closedWith).toBeUndefined();
  await client.close();
  await sandbox.client(client.account).untilText('into the void');
});

test('slow delays what the client gets and keeps its order', async () => {
  const { sandbox, client, say } = await annaOnline();
  await sandbox.post('/faults', { fault: 'slow', ms: 300 });
  const began = performance.now();
  await say('one');
  await say('two');
  await client.untilText('two');
  expect(performance.now() - began).toBeGreaterThan(290);
  const texts = client.messages.flatMap((each) => each.message?.conversation ?? []);
  expect(texts).toEqual(['one', 'two']);
});

test('drop-acks delivers a message and never acknowledges it', async () => {
  const { sandbox, client } = await annaOnline();
  await sandbox.post('/faults', { fault: 'drop-acks' });
  const id = makeMessageId();
  const acked = client.socket.waitForMessage(id, 300);
  await client.socket.sendMessage(BERT_JID, { text: 'unacknowledged' }, { messageId: id });
  expect((await sandbox.inbox(BERT))[0]).toMatchObject({ id, text: 'unacknowledged' });
  const answer = (await acked) as { tag: string } | undefined;
  expect(answer?.tag).not.toBe('ack');
});

test('ack-error refuses a message with the code, and nobody gets it', async () => {
  const { sandbox, client } = await annaOnline();
  await sandbox.post('/faults', { fault: 'ack-error', code: 463, count: 1 });
  const refused = await client.socket.sendMessage(BERT_JID, { text: 'refused' });
  await client.until('the refusal', () => client.wasRefused(refused?.key.id ?? ''));
  await client.socket.sendMessage(BERT_JID, { text: 'accepted' });
  expect((await sandbox.inbox(BERT)).map((each) => each.text)).toEqual(['accepted']);
});

test('reject-login refuses with its reason until it is cleared', async () => {
  const { sandbox, client } = await annaOnline();
  await client.close();
  await sandbox.post('/faults', { fault: 'reject-login', reason: 503 });
  expect(await sandbox.client(client.account).untilClosed()).toBe(503);
  await sandbox.call('DELETE', '/faults');
  await sandbox.client(client.account).untilOpen();
});

test('duplicate delivers every message twice', async () => {
  const { sandbox, client, say } = await annaOnline();
  await sandbox.post('/faults', { fault: 'duplicate' });
  const { id } = await say('twice');
  await client.untilDelivered(id, 2);
  await client.untilText('twice');
});

test('time-skew moves the times that the client is told', async () => {
  const { sandbox, client, say } = await annaOnline();
  await sandbox.post('/faults', { fault: 'time-skew', seconds: 86_400 });
  await say('from tomorrow');
  const { messageTimestamp } = await client.untilText('from tomorrow');
  expect(Number(messageTimestamp)).toBeGreaterThan(Date.now() / 1000 + 86_000);
});

test('pre-keys-low makes the client upload keys', async () => {
  const { sandbox, client } = await annaOnline();
  const before = client.account.creds.nextPreKeyId;
  await sandbox.post('/faults', { fault: 'pre-keys-low', phone: ANNA });
  await sandbox.until(
    'new keys',
    async () => (await sandbox.get('/phones')).phones[0].devices[0].preKeys > 0,
  );
  expect(client.account.creds.nextPreKeyId).toBeGreaterThan(before);
});

test('typing and presence are seen on both sides', async () => {
  const { sandbox, client } = await annaOnline();
  await client.socket.sendPresenceUpdate('available');
  await client.socket.presenceSubscribe(BERT_JID);
  await client.until('presence', () =>
    client.presences.find((each) => each.presences[BERT_JID]?.lastKnownPresence === 'available'),
  );
  await sandbox.post(`/phones/${BERT}/act`, { action: 'typing', to: ANNA, addressing: 'pn' });
  await client.until('typing', () =>
    client.presences.find((each) => each.presences[BERT_JID]?.lastKnownPresence === 'composing'),
  );
  await sandbox.post(`/phones/${BERT}/act`, { action: 'presence', available: false });
  await client.until('absence', () =>
    client.presences.find((each) => each.presences[BERT_JID]?.lastKnownPresence === 'unavailable'),
  );
  await sandbox.post(`/phones/${BERT}/act`, { action: 'presence', available: true });
  await client.socket.sendPresenceUpdate('recording', BERT_JID);
  await sandbox.until('the phone to see it', async () => {
    const { phones } = await sandbox.get('/phones');
    return phones[1].chatStates[ANNA] === 'recording';
  });
});
