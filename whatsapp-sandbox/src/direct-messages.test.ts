import { expect, test } from 'vitest';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const BERT = '4915100000002';

test('a stock client pairs by QR, logs in and learns both of its names', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  const client = await sandbox.link(ANNA);
  const { phones } = await sandbox.get('/phones');
  expect(phones[0].devices).toMatchObject([{ device: 1, connected: true }]);
  expect(client.account.creds.me?.id).toBe(phones[0].devices[0].jid);
  expect(client.account.creds.me?.lid).toBe(phones[0].devices[0].lid);
});

test('a text from a client is decrypted by the recipient and by the own phone', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  const sent = await client.socket.sendMessage(`${BERT}@s.whatsapp.net`, { text: 'good morning' });
  const [received] = await sandbox.inbox(BERT);
  expect(received).toMatchObject({ id: sent?.key.id, kind: 'text', text: 'good morning', fromMe: false });
  expect(received?.from).toBe(`${ANNA}@s.whatsapp.net`);
  const [copy] = await sandbox.inbox(ANNA);
  expect(copy).toMatchObject({ chat: `${BERT}@s.whatsapp.net`, text: 'good morning', fromMe: true });
});

test('a text from a phone is decrypted by the client, with both names of the sender', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA, BERT);
  const client = await sandbox.link(ANNA);
  const { lid } = await sandbox.post('/phones', { number: BERT });
  const { id } = await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'hello' });
  const message = await client.untilText('hello');
  expect(message.key).toMatchObject({
    id,
    remoteJid: lid,
    remoteJidAlt: `${BERT}@s.whatsapp.net`,
    fromMe: false,
  });
  await sandbox.post(`/phones/${BERT}/send`, { to: ANNA, text: 'again', addressing: 'pn' });
  const second = await client.untilText('again');
  expect(second.key).toMatchObject({ remoteJid: `${BERT}@s.whatsapp.net`, remoteJidAlt: lid });
});
