import { proto } from 'baileys';
import { expect, test } from 'vitest';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';
const BERT_JID = `${BERT}@s.whatsapp.net`;

async function annaOnline() {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  return { sandbox, client: await sandbox.link(ANNA) };
}

test('a stock client pairs by QR, logs in and learns both of its names', async () => {
  const { sandbox, client } = await annaOnline();
  const { phones } = await sandbox.get('/phones');
  expect(phones[0].devices).toMatchObject([{ device: 1, connected: true }]);
  expect(client.account.creds.me?.id).toBe(phones[0].devices[0].jid);
  expect(client.account.creds.me?.lid).toBe(phones[0].devices[0].lid);
});

test('a new companion gets the app-state key and its history from the phone', async () => {
  const { client } = await annaOnline();
  await client.until('the app-state key', () => client.account.creds.myAppStateKeyId);
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
});

test('a text from a client is decrypted by the recipient and by the own phone', async () => {
  const { sandbox, client } = await annaOnline();
  const sent = await client.socket.sendMessage(BERT_JID, { text: 'good morning' });
  const [received] = await sandbox.inbox(BERT);
  expect(received).toMatchObject({ id: sent?.key.id, kind: 'text', text: 'good morning', fromMe: false });
  expect(received?.from).toBe(`${ANNA}@s.whatsapp.net`);
  const [copy] = await sandbox.inbox(ANNA);
  expect(copy).toMatchObject({ chat: BERT_JID, text: 'good morning', fromMe: true });
});

test('a text from a phone is decrypted by the client, with both names of the sender', async () => {
  const { sandbox, client } = await annaOnline();
  const { lid } = await sandbox.post('/phones', { number: BERT });
  const { id } = await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'hello' });
  const message = await client.untilText('hello');
  expect(message.key).toMatchObject({ id, remoteJid: lid, remoteJidAlt: BERT_JID, fromMe: false });
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'again', addressing: 'pn' });
  const second = await client.untilText('again');
  expect(second.key).toMatchObject({ remoteJid: BERT_JID, remoteJidAlt: lid });
});

test('a conversation goes back and forth under either name', async () => {
  const { sandbox, client } = await annaOnline();
  const { lid } = await sandbox.post('/phones', { number: BERT });
  let after = 0;
  for (const [index, jid] of [BERT_JID, lid, BERT_JID, lid].entries()) {
    await client.socket.sendMessage(jid, { text: `to ${index}` });
    const [received] = await sandbox.inbox(BERT, after);
    expect(received?.text).toBe(`to ${index}`);
    after = received?.seq ?? after;
    await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: `back ${index}` });
    await client.untilText(`back ${index}`);
  }
});

test('what one companion sends reaches the other companion of the phone', async () => {
  const { sandbox, client } = await annaOnline();
  const other = await sandbox.link(ANNA);
  const sent = await client.socket.sendMessage(BERT_JID, { text: 'from the first' });
  const copy = await other.untilText('from the first');
  expect(copy.key).toMatchObject({ id: sent?.key.id, remoteJid: BERT_JID, fromMe: true });
});

test("what a phone sends reaches the phone's own companions as sent by it", async () => {
  const { sandbox, client } = await annaOnline();
  const { id } = await sandbox.post(`/phones/${ANNA}/send`, { to: BERT, text: 'from my phone' });
  const copy = await client.untilText('from my phone');
  expect(copy.key).toMatchObject({ id, fromMe: true, remoteJidAlt: BERT_JID });
});

test('an id that the caller chooses is the id of the message', async () => {
  const { sandbox, client } = await annaOnline();
  const answer = await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'mine', id: 'CHOSEN1' });
  expect(answer).toEqual({ id: 'CHOSEN1' });
  expect((await client.untilText('mine')).key.id).toBe('CHOSEN1');
});

test('a phone quotes what it received', async () => {
  const { sandbox, client } = await annaOnline();
  const sent = await client.socket.sendMessage(BERT_JID, { text: 'question' });
  await sandbox.inbox(BERT);
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'answer', quote: sent?.key.id });
  const { message } = await client.untilText('answer');
  expect(message?.extendedTextMessage?.contextInfo).toMatchObject({
    stanzaId: sent?.key.id,
    quotedMessage: { extendedTextMessage: { text: 'question' } },
  });
});

test('a phone edits and revokes what it sent', async () => {
  const { sandbox, client } = await annaOnline();
  const { id } = await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'frist' });
  await client.untilText('frist');
  await sandbox.post(`/phones/${BERT}/act`, { action: 'edit', id, text: 'first' });
  await client.update(id, (update) => update.message?.editedMessage?.message?.conversation === 'first');
  await sandbox.post(`/phones/${BERT}/act`, { action: 'revoke', id });
  await client.update(id, (update) => update.message === null);
});

test("a client's edit and revocation arrive at the phone with the message they are about", async () => {
  const { sandbox, client } = await annaOnline();
  const sent = await client.socket.sendMessage(BERT_JID, { text: 'frist' });
  const key = sent?.key ?? {};
  await client.socket.sendMessage(BERT_JID, { text: 'first', edit: key });
  await client.socket.sendMessage(BERT_JID, { delete: key });
  const [, edit, revoke] = await sandbox.inboxOf(BERT, 3);
  expect(edit).toMatchObject({ kind: 'edit', target: key.id, text: 'first' });
  expect(revoke).toMatchObject({ kind: 'revoke', target: key.id });
});

test('the server acknowledges a message, and the recipient tells of delivery and reading', async () => {
  const { sandbox, client } = await annaOnline();
  const sent = await client.socket.sendMessage(BERT_JID, { text: 'ticks' });
  const id = sent?.key.id ?? '';
  await client.until('two ticks', () => client.statusOf(id) === proto.WebMessageInfo.Status.DELIVERY_ACK);
  await sandbox.post(`/phones/${BERT}/act`, { action: 'read', id });
  await client.until('blue ticks', () => client.statusOf(id) === proto.WebMessageInfo.Status.READ);
});

test('the phone that wrote a message is told when a client in use gets and reads it', async () => {
  const { sandbox, client } = await annaOnline();
  await client.until('the end of the first sync', () => client.account.creds.accountSyncCounter > 0);
  await client.socket.sendPresenceUpdate('available');
  const { id } = await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'seen?' });
  const { key } = await client.untilText('seen?');
  const receiptIs = (status: string) => async () =>
    (await sandbox.get(`/phones/${BERT}/sent/${id}`)).receipts[ANNA] === status;
  await sandbox.until('delivery', receiptIs('delivered'));
  await client.socket.readMessages([key]);
  await sandbox.until('reading', receiptIs('read'));
});

test('two clients of different phones talk, and both phones follow', async () => {
  const { sandbox, client: anna } = await annaOnline();
  const bert = await sandbox.link(BERT);
  await anna.socket.sendMessage(BERT_JID, { text: 'from client' });
  const { key } = await bert.untilText('from client');
  await bert.socket.sendMessage(key.remoteJid ?? '', { text: 'to client' });
  await anna.untilText('to client');
  for (const number of [ANNA, BERT]) {
    expect((await sandbox.inboxOf(number, 2)).map((each) => each.text)).toEqual(['from client', 'to client']);
  }
  const { retries, messages } = await sandbox.get('/stats');
  expect({ retries, incomplete: messages.incompleteFanouts }).toEqual({ retries: 0, incomplete: 0 });
});

test('a blocked sender is acknowledged and not heard', async () => {
  const { sandbox, client } = await annaOnline();
  await client.socket.updateBlockStatus(BERT_JID, 'block');
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'unheard' });
  await client.socket.updateBlockStatus(BERT_JID, 'unblock');
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'heard' });
  await client.untilText('heard');
  expect(client.messages.some((each) => each.message?.conversation === 'unheard')).toBe(false);
});
