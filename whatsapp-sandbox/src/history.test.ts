import { proto } from 'baileys';
import { expect, test } from 'vitest';
import { testSandbox } from './testing/sandbox.ts';

const ANNA = '4915100000001';
const { HistorySyncType } = proto.HistorySync;

/** A stock companion of a phone with a past, and what it was told of that. */
async function linked(past: { chats: number; messages: number; [field: string]: number }, full: boolean) {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  await sandbox.post(`/phones/${ANNA}/history`, past);
  const client = await sandbox.link(ANNA, { syncFullHistory: full, shouldSyncHistoryMessage: () => true });
  const told = client.watch('messaging-history.set');
  const types = () => told.map(({ syncType }) => syncType);
  const messages = () => told.flatMap((chunk) => chunk.messages);
  return { sandbox, client, told, types, messages };
}

test('a stock companion gets every message once, in the chunks of a phone', async () => {
  const past = { chats: 10, messages: 400, chunk: 100, unread: 1 };
  const { client, told, types, messages } = await linked(past, true);
  await client.until('the whole history', () => messages().length === past.messages);

  expect(new Set(messages().map(({ key }) => key.id)).size).toBe(past.messages);
  expect(types()[0]).toBe(HistorySyncType.INITIAL_BOOTSTRAP);
  expect(types()).toContain(HistorySyncType.FULL);
  expect(told[0]?.chats).toHaveLength(past.chats);
});

test('one that does not ask for the whole history gets the recent part', async () => {
  const past = { chats: 4, messages: 400, chunk: 100 };
  const { client, types, messages } = await linked(past, false);
  await client.until('the recent messages', () => messages().length >= 200);
  expect(messages()).toHaveLength(4 * 3 + 2 * 100);
  expect(types()).not.toContain(HistorySyncType.FULL);
});

test('a companion that asks for more of a chat gets what is older', async () => {
  const { client, told, messages } = await linked({ chats: 1, messages: 400, chunk: 50 }, false);
  await client.until('the first messages', () => messages().length === 103);
  const [oldest] = messages().filter(({ message }) => message?.conversation === 'Chat 0, message 298');
  await client.socket.fetchMessageHistory(5, oldest!.key, 0);
  const answer = await client.until('the answer', () =>
    told.find(({ syncType }) => syncType === HistorySyncType.ON_DEMAND),
  );
  expect(answer.messages.map(({ message }) => message?.conversation)).toEqual(
    [297, 296, 295, 294, 293].map((n) => `Chat 0, message ${n}`),
  );
});

test('a past that makes no sense is refused', async () => {
  const sandbox = await testSandbox();
  await sandbox.phones(ANNA);
  for (const past of [{ chats: 0, messages: 5 }, { chats: 5, messages: 4 }, { chats: 5 }]) {
    expect((await sandbox.call('POST', `/phones/${ANNA}/history`, past)).status).toBe(400);
  }
});
