import { describe, expect, test } from 'vitest';
import { AT, GROUP, ingestBench, JOAO, SELF, waMessage } from '../instances/ingest/testing/ingest.ts';
import { BATCH_ROWS } from '../storage/retention.ts';
import { databases, type TestDatabase } from '../storage/testing/databases.ts';
import { Chats } from './chats.ts';
import { forgetCleared, removeCleared } from './clearing.ts';
import { Messages } from './messages.ts';

const SECOND = 1_000;

async function bench(database: TestDatabase) {
  const { db, ingest, received, instance, ...rest } = await ingestBench(database);
  let sent = 0;
  const chats = new Chats(db, instance.id);
  return {
    ...rest,
    db,
    ingest,
    received,
    instance,
    chats,
    messages: new Messages(db, instance.id, AT),
    /** A message from João, each one second after the one before. */
    receive: async (over: Parameters<typeof waMessage>[0] = {}) => {
      const id = `3EB0${String(++sent).padStart(8, '0')}`;
      const messageTimestamp = (AT + sent * SECOND) / SECOND;
      await received(waMessage({ messageTimestamp, ...over, key: { id, ...over.key } }));
      return id;
    },
    joao: async () => {
      const { id } = await db
        .selectFrom('contacts')
        .select('id')
        .where('jid', '=', JOAO.jid)
        .executeTakeFirstOrThrow();
      return id;
    },
    statuses: async () => {
      const rows = await db
        .selectFrom('messages')
        .select(['message_id', 'status'])
        .where('from_me', '=', 0)
        .orderBy('message_id')
        .execute();
      return rows.map(({ status }) => status);
    },
  };
}

const withoutKeys = { instance_id: expect.any(String), chat: expect.any(String) };
const FRESH = {
  ...withoutKeys,
  name: null,
  unread_count: 0,
  marked_unread: 0,
  archived: 0,
  pinned_at: null,
  muted_until: null,
  favorite: 0,
  deleted: 0,
  cleared_to: null,
  clearing: 0,
};

describe.each(databases)('chats on $name', (database) => {
  test('a conversation stands at its newest item and counts what came in unread', async () => {
    const { receive, chats, joao, received } = await bench(database);
    await receive();
    await receive({ message: { extendedTextMessage: { text: 'Again' } } });
    const key = { fromMe: true, id: '3EB0FFFFFFFF' };
    await received(waMessage({ key, messageTimestamp: AT / SECOND }));

    expect(await chats.find(await joao())).toEqual({
      ...FRESH,
      kind: 'private',
      activity_at: AT + 2 * SECOND,
      unread_count: 2,
    });
  });

  test('a repeated message counts once; stories are no conversation', async () => {
    const { received, chats, joao, db } = await bench(database);
    await received(waMessage());
    await received(waMessage());
    await received(
      waMessage({ key: { id: '3EB0STATUS', remoteJid: 'status@broadcast', participant: JOAO.jid } }),
    );

    expect((await chats.find(await joao()))?.unread_count).toBe(1);
    expect(await db.selectFrom('chats').select('kind').execute()).toEqual([{ kind: 'private' }]);
  });

  test('what another device read is read; the rest stays unread', async () => {
    const { receive, ingest, chats, joao, statuses } = await bench(database);
    const [first, second] = [await receive(), await receive()];
    await receive();
    const receipt = {
      type: 'read-self',
      chat: JOAO.jid,
      from: SELF.jid,
      fromAlt: null,
      participant: null,
      at: AT,
    };
    await ingest.receipt({ ...receipt, ids: [first, second] });
    await ingest.receipt({ ...receipt, ids: [first] });

    expect(await statuses()).toEqual(['read', 'read', 'received']);
    expect((await chats.find(await joao()))?.unread_count).toBe(1);
    expect(await chats.unread(await joao(), 10)).toMatchObject([{ message_id: '3EB000000003' }]);
  });

  test('a whole conversation is read, and stays so', async () => {
    const { receive, chats, joao, statuses } = await bench(database);
    await receive();
    await receive();
    await chats.set(await joao(), { markedUnread: true });
    await chats.read(await joao());
    await chats.read(await joao());

    expect(await statuses()).toEqual(['read', 'read']);
    expect(await chats.find(await joao())).toMatchObject({ unread_count: 0, marked_unread: 0 });
    expect(await chats.unread(await joao(), 10)).toEqual([]);
  });

  test('what is said of an unknown conversation is kept until it has messages', async () => {
    const { chats, received } = await bench(database);
    await chats.set(GROUP, { name: 'Dev Team', archived: true, mutedUntil: -1, pinnedAt: AT });
    await received(waMessage({ key: { remoteJid: GROUP, remoteJidAlt: '', participant: JOAO.jid } }));
    await chats.set(GROUP, { archived: false });

    expect(await chats.find(GROUP)).toEqual({
      ...FRESH,
      kind: 'group',
      name: 'Dev Team',
      activity_at: AT,
      unread_count: 1,
      muted_until: -1,
      pinned_at: AT,
    });
    expect(await chats.pinnedBeside(GROUP)).toBe(0);
    expect(await chats.pinnedBeside('120363000000000001@g.us')).toBe(1);
  });

  test('two conversations that turn out to be one are one', async () => {
    const { chats, ingest, received, db } = await bench(database);
    const times = { lid: AT / SECOND, phone: AT / SECOND + 5 };
    await received(
      waMessage({
        key: { id: '3EB0A', remoteJid: JOAO.lid, remoteJidAlt: '' },
        messageTimestamp: times.lid,
      }),
    );
    await received(waMessage({ key: { id: '3EB0B', remoteJidAlt: '' }, messageTimestamp: times.phone }));
    const contacts = await db.selectFrom('contacts').selectAll().execute();
    const keyOf = (address: 'jid' | 'lid') => contacts.find((contact) => contact[address])?.id ?? '';
    await chats.set(keyOf('lid'), { favorite: true });
    await chats.set(keyOf('jid'), { archived: true });
    await ingest.identity(JOAO);

    expect(await db.selectFrom('chats').selectAll().execute()).toEqual([
      { ...FRESH, kind: 'private', activity_at: AT + 5 * SECOND, unread_count: 2, favorite: 1, archived: 1 },
    ]);
    expect(await db.selectFrom('messages').select('chat').distinct().execute()).toHaveLength(1);
  });

  test('a deleted conversation loses its messages and comes back with the next one', async () => {
    const { receive, chats, joao, messages, db, instance } = await bench(database);
    await receive();
    await receive();
    const chat = await joao();
    await chats.set(chat, { pinnedAt: AT });
    await chats.clear(chat, { upTo: AT + 2 * SECOND, deleted: true });
    expect(await chats.find(chat)).toMatchObject({ deleted: 1, unread_count: 0, pinned_at: null });
    const kept = await receive();
    await removeCleared(db, instance.id, chat);

    expect(await messages.newestIn(chat, 10)).toMatchObject([{ message_id: kept }]);
    expect(await chats.find(chat)).toMatchObject({
      deleted: 0,
      clearing: 0,
      cleared_to: AT + 2 * SECOND,
      unread_count: 1,
      activity_at: AT + 3 * SECOND,
    });
  });

  test('what a crash left of a cleared conversation goes with the next round', async () => {
    const { receive, chats, joao, messages, db } = await bench(database);
    await receive();
    await chats.clear(await joao(), { upTo: AT + SECOND, deleted: false });
    expect(await forgetCleared(db)(AT)).toBeLessThan(BATCH_ROWS);

    expect(await messages.newestIn(await joao(), 10)).toEqual([]);
    expect(await chats.find(await joao())).toMatchObject({
      deleted: 0,
      clearing: 0,
      activity_at: AT + SECOND,
    });
  });

  test('a message that is removed gives its place to the one before', async () => {
    const { receive, chats, joao, messages } = await bench(database);
    await receive();
    await receive();
    const [newest, first] = await messages.newestIn(await joao(), 10);
    expect(await messages.remove(newest!)).toBe(true);
    expect(await messages.remove(newest!)).toBe(false);
    expect(await chats.find(await joao())).toMatchObject({ activity_at: AT + SECOND, unread_count: 1 });
    await messages.remove(first!);
    expect(await chats.find(await joao())).toMatchObject({ activity_at: AT + SECOND, unread_count: 0 });
  });
});
