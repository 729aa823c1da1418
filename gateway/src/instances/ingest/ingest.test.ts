import { describe, expect, test } from 'vitest';
import { databases } from '../../storage/testing/databases.ts';
import { proto } from '../../whatsapp/proto.ts';
import { GROUP, ingestBench, JOAO, SELF, waMessage } from './testing/ingest.ts';

const { StubType } = proto.WebMessageInfo;
const undecryptable = (text: string, values: Parameters<typeof waMessage>[0] = {}) =>
  waMessage({
    message: null,
    messageStubType: StubType.CIPHERTEXT,
    messageStubParameters: [text],
    ...values,
  });

const joaoChat = { ...JOAO, name: 'João Silva', type: 'private' };

describe.each(databases)('what comes in ($name)', (database) => {
  const bench = (...options: Parameters<typeof ingestBench> extends [unknown, ...infer R] ? R : never) =>
    ingestBench(database, ...options);

  test('a message that the server or the journal repeats is one event and one record', async () => {
    const { received, events, rows } = await bench();
    await received(waMessage());
    await received(waMessage());
    await received(waMessage({ key: { remoteJid: JOAO.lid, remoteJidAlt: JOAO.jid } }));
    expect(await events('message.exchange')).toHaveLength(1);
    expect(await rows('messages')).toHaveLength(1);
  });

  test('the same id in another chat, or sent by us, is another message', async () => {
    const { received, events } = await bench();
    await received(waMessage());
    await received(waMessage({ key: { fromMe: true } }));
    await received(waMessage({ key: { remoteJid: GROUP, participant: JOAO.jid } }));
    expect(await events('message.exchange')).toHaveLength(3);
  });

  test('a message that cannot be decrypted is reported with its reason, and resolved when a retry brings it', async () => {
    const { received, events, rows } = await bench();
    await received(undecryptable('No session record'));
    await received(undecryptable('Bad MAC'));
    await received(waMessage());
    const reported = await events();
    expect(reported.map(({ kind }) => kind)).toEqual([
      'contact.identity',
      'message.undecryptable',
      'message.exchange',
      'message.update',
    ]);
    expect(reported[1]!.data).toMatchObject({
      id: '3EB0C1D2E3F405162738',
      reason: 'no_session',
      message: { type: 'undecryptable', content: '', edit: null, event: null },
    });
    expect(reported[2]!.data).toMatchObject({
      id: '3EB0C1D2E3F405162738',
      message: { type: 'text', content: 'Hello' },
    });
    expect(reported[3]!.data).toMatchObject({
      messageId: '3EB0C1D2E3F405162738',
      change: 'decrypted',
      chat: joaoChat,
    });
    expect(await rows('messages')).toMatchObject([{ type: 'text', content: 'Hello' }]);
  });

  test.each([
    ['No session record', 'no_session'],
    ['Bad MAC', 'bad_mac'],
    ['Invalid signature', 'bad_mac'],
    ['Key used already or never filled', 'missing_keys'],
    ['No SenderKeyRecord found for decryption', 'missing_keys'],
    ['Invalid PreKey ID', 'missing_keys'],
    ['Message absent from node', 'unavailable'],
    ['something else', 'unknown'],
  ])('"%s" is reported as %s', async (text, reason) => {
    const { received, events } = await bench();
    await received(undecryptable(text));
    expect((await events('message.undecryptable'))[0]?.data.reason).toBe(reason);
  });

  test('a view-once message that linked devices do not get is reported as unavailable', async () => {
    const { received, events } = await bench();
    await received(waMessage({ key: { isViewOnce: true }, message: null }));
    expect((await events('message.undecryptable'))[0]?.data.reason).toBe('unavailable');
  });

  test('a pair of addresses is reported once, and again when it changes', async () => {
    const { ingest, received, events } = await bench();
    await received(waMessage());
    await ingest.identity(JOAO);
    await ingest.identity({ jid: JOAO.jid, lid: '100000000000077@lid' });
    expect((await events('contact.identity')).map(({ data }) => data)).toEqual([
      {
        ...JOAO,
        name: 'João Silva',
        previousJid: null,
        previousLid: null,
        origin: 'message',
        timestamp: '2026-04-28T10:30:00Z',
      },
      {
        jid: JOAO.jid,
        lid: '100000000000077@lid',
        name: 'João Silva',
        previousJid: null,
        previousLid: JOAO.lid,
        origin: 'notification',
        timestamp: '2026-04-28T10:30:00Z',
      },
    ]);
  });

  test('a person who was known under two addresses becomes one, with all messages of both', async () => {
    const { ingest, received, rows, events } = await bench();
    const strangers = { remoteJidAlt: '' };
    await received(waMessage({ key: { ...strangers, id: 'A' } }));
    await received(waMessage({ key: { ...strangers, id: 'B', remoteJid: JOAO.lid }, pushName: 'João' }));
    await received(waMessage({ key: { ...strangers, id: 'A', remoteJid: JOAO.lid }, pushName: 'João' }));
    await ingest.identity(JOAO);
    await received(waMessage({ key: { id: 'B' } }));
    expect(await rows('contacts')).toMatchObject([JOAO]);
    const messages = await rows('messages');
    expect(messages).toHaveLength(2);
    expect(new Set(messages.map((row) => 'chat' in row && row.chat))).toHaveLength(1);
    expect(await events('message.exchange')).toHaveLength(3);
  });

  test('the other address on a message of our own is not taken for the other side', async () => {
    const { received, rows } = await bench();
    await received(waMessage({ key: { fromMe: true, remoteJidAlt: SELF.lid } }));
    expect(await rows('contacts')).toMatchObject([{ jid: JOAO.jid, lid: null }]);
  });

  test('names follow the rules of the contract', async () => {
    const { received, events } = await bench();
    await received(waMessage({ pushName: null, verifiedBizName: 'Silva Ltd' }));
    await received(waMessage({ key: { id: 'B' }, pushName: 'João\0 S.' }));
    await received(waMessage({ key: { id: 'C' }, pushName: null }));
    const [first, ...later] = await events('message.exchange');
    expect(first?.data).toMatchObject({ chat: { name: '' }, sender: { name: 'Silva Ltd' } });
    expect(later).toHaveLength(2);
    for (const { data } of later) {
      expect(data).toMatchObject({ chat: { name: 'João S.' }, sender: { name: 'João S.' } });
    }
  });

  test('what a database could refuse does not stop the messages behind it', async () => {
    const { received, events, rows } = await bench();
    await received(waMessage({ pushName: 'a\0b', message: { conversation: 'x\0y\ud800' } }));
    await received(waMessage({ key: { id: 'B' }, messageTimestamp: Number.NaN }));
    await received(waMessage({ key: { id: 'C'.repeat(5_000) } }));
    await received(waMessage({ key: { id: 'D', remoteJid: `${'9'.repeat(5_000)}@s.whatsapp.net` } }));
    await received(waMessage({ key: { id: 'E', remoteJid: 'nowhere' } }));
    await received(waMessage({ key: { id: 'F' } }));
    expect((await events('message.exchange')).map(({ data }) => data.id)).toEqual([
      '3EB0C1D2E3F405162738',
      'B',
      'F',
    ]);
    expect(await rows('messages')).toMatchObject([
      { content: 'xy\ufffd' },
      { content: 'Hello' },
      { content: 'Hello' },
    ]);
  });

  test('a storage error reaches the session, and nothing half-written stays', async () => {
    const { received, db, rows } = await bench();
    await db.schema.dropTable('deliveries').execute();
    await db.schema.dropTable('events').execute();
    await expect(received(waMessage())).rejects.toThrow();
    expect(await rows('messages')).toEqual([]);
    expect(await rows('contacts')).toEqual([]);
  });

  test('messages for an instance that is gone are passed over', async () => {
    const { received, db, events } = await bench();
    await db.deleteFrom('instances').execute();
    await received(waMessage());
    expect(await events()).toEqual([]);
  });

  test('with autoReadMessages new messages of others are marked read, as they were addressed', async () => {
    const marked: unknown[] = [];
    const markRead = async (keys: unknown[]) => void marked.push(...keys);
    const { received, db } = await bench({ autoReadMessages: true }, { markRead });
    await received(waMessage({ key: { remoteJid: GROUP, participant: JOAO.lid } }));
    await received(waMessage({ key: { remoteJid: GROUP, participant: JOAO.lid } }));
    await received(waMessage({ key: { fromMe: true } }));
    await received(waMessage({ key: { remoteJid: 'status@broadcast', participant: JOAO.jid } }));
    expect(marked).toEqual([{ chat: GROUP, id: '3EB0C1D2E3F405162738', participant: JOAO.lid }]);
    const group = db.selectFrom('chats').select('unread_count').where('chat', '=', GROUP);
    await expect.poll(() => group.executeTakeFirst()).toEqual({ unread_count: 0 });
  });

  test('a message that cannot be marked read is reported all the same', async () => {
    const { received, events } = await bench(
      { autoReadMessages: true },
      {
        markRead: () => Promise.reject(new Error('closed')),
      },
    );
    await received(waMessage());
    expect(await events('message.exchange')).toHaveLength(1);
  });
});
