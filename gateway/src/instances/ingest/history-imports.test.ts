import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { KyselyPlugin } from 'kysely';
import { Agent } from 'undici';
import { describe, expect, test } from 'vitest';
import { silentLog, testSeal } from '../../events/testing/events.ts';
import { Chats } from '../../mailbox/chats.ts';
import { TempFiles } from '../../storage/temp-files.ts';
import { databases, type TestDatabase } from '../../storage/testing/databases.ts';
import { atEnd } from '../../testing/at-end.ts';
import { TestClock } from '../../testing/test-clock.ts';
import { createLinkedDevices } from '../../whatsapp/baileys/keys/linked-device.ts';
import { proto } from '../../whatsapp/proto.ts';
import { HistoryImports } from './history-imports.ts';
import { Ingest } from './ingest.ts';
import { AT, ingestBench, JOAO, received as receiving, waMessage } from './testing/ingest.ts';

const { HISTORY_SYNC_NOTIFICATION } = proto.Message.ProtocolMessage.Type;
const UNREACHABLE = { directPath: '/v/t62/history', mediaKey: new Uint8Array(32) };

/** A chunk with one conversation of these texts, newest first. */
function packed(texts: string[], conversation: proto.IConversation | object = {}): Buffer {
  const messages = texts.map((conversation, i) => ({
    message: {
      key: { remoteJid: JOAO.jid, fromMe: false, id: `3EB0${i}` },
      messageTimestamp: AT / 1_000 - i,
      message: { conversation },
    },
    msgOrderId: i,
  }));
  const chunk = { syncType: 0, conversations: [{ id: JOAO.jid, ...conversation, messages }] };
  return deflateSync(proto.HistorySync.encode(chunk as never).finish());
}

function announcement(notification: proto.Message.IHistorySyncNotification, fromMe = true) {
  return waMessage({
    key: { id: '3EB0HISTORY', fromMe },
    category: 'peer',
    message: {
      protocolMessage: { type: HISTORY_SYNC_NOTIFICATION, historySyncNotification: notification },
    },
  });
}

async function microtasks(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await null;
}

async function bench(database: TestDatabase, { wanted = true, plugins = [] as KyselyPlugin[] } = {}) {
  const { db, clock, outbox, instance, rows, events } = await ingestBench(database);
  const folder = await mkdtemp(join(tmpdir(), 'ryze-history-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const files = new TempFiles(folder);
  await files.sweep();
  const offline = new Agent({ connect: (_, done) => done(new Error('there is no network'), null) });
  const settings = { ignoreGroupMessages: false, ignoreStatus: false, autoReadMessages: false };
  const imports = new HistoryImports({
    db: plugins.reduce((seen, plugin) => seen.withPlugin(plugin), db),
    outbox,
    clock,
    log: silentLog,
    files,
    settingsOf: () => ({ disableHistorySync: !wanted, ...settings }),
    networkOf: () => offline,
    identitiesOf: () => {
      throw new Error('there is no session');
    },
  });
  imports.start();
  const ingest = new Ingest(instance.id, {
    db,
    outbox,
    clock,
    log: silentLog,
    settingsOf: () => settings,
    sessions: { session: () => ({ markRead: async () => {} }) as never },
    history: { announced: (...announced) => imports.announced(...announced), wake: () => {} },
  });
  const received = receiving(ingest, clock);
  const chunks = () => db.selectFrom('history_chunks').select(['message_id', 'attempts']).execute();
  /** Announces this and takes it in until nothing is left to do. */
  const take = async (notification: proto.Message.IHistorySyncNotification) => {
    await received(announcement(notification));
    imports.wake(instance.id);
    await expect.poll(chunks).toEqual([]);
  };
  const stored = async () =>
    (await rows('messages')).map(({ content, status, type }) => `${type} ${content} ${status}`).sort();
  return { db, clock, received, instance, imports, chunks, take, stored, rows, events };
}

describe.each(databases)('chunks of history on $name', (database) => {
  test('only the own phone announces them, and only where they are wanted', async () => {
    const inline = { initialHistBootstrapInlinePayload: packed(['Hi']) };
    const wanted = await bench(database);
    await wanted.received(announcement(inline, false));
    expect(await wanted.chunks()).toEqual([]);
    await wanted.received(announcement(inline));
    await wanted.received(announcement(inline));
    expect(await wanted.chunks()).toEqual([{ message_id: '3EB0HISTORY', attempts: 0 }]);

    const unwanted = await bench(database, { wanted: false });
    await unwanted.received(announcement(inline));
    expect(await unwanted.chunks()).toEqual([]);
    await unwanted.db.updateTable('instances').set({ history_days: 0 }).execute();
    await unwanted.received(announcement(inline));
    expect(await unwanted.chunks()).toHaveLength(1);
  });

  test('are in the mailbox, the newest unread as the phone says, and make no event', async () => {
    const { take, stored, db, events } = await bench(database);
    const chunk = packed(['Third', 'Second', 'First'], { unreadCount: 2, archived: true, name: 'João' });
    await take({ initialHistBootstrapInlinePayload: chunk });
    expect(await stored()).toEqual(['text First read', 'text Second received', 'text Third received']);
    expect(await db.selectFrom('chats').selectAll().execute()).toMatchObject([
      { unread_count: 2, archived: 1, activity_at: AT, name: null },
    ]);
    expect(await events()).toEqual([]);
  });

  test('come beside what is known already, and bring back nothing that was cleared', async () => {
    const { take, stored, received, db, instance } = await bench(database);
    await received(waMessage({ key: { id: '3EB00' }, messageTimestamp: AT / 1_000 }));
    const { id } = await db.selectFrom('contacts').select('id').executeTakeFirstOrThrow();
    await new Chats(db, instance.id).clear(id, { upTo: AT - 1_500, deleted: false });
    await take({
      initialHistBootstrapInlinePayload: packed(['Told again', 'Kept', 'Cleared'], { unreadCount: 3 }),
    });
    expect(await stored()).toEqual(['text Hello received', 'text Kept received']);
    expect(await new Chats(db, instance.id).find(id)).toMatchObject({ unread_count: 1 });
  });

  test.each([
    ['that are no history', { initialHistBootstrapInlinePayload: deflateSync('no history') }],
    ['that are not packed', { initialHistBootstrapInlinePayload: Buffer.from('not packed') }],
    ['that lie nowhere', { directPath: null, mediaKey: new Uint8Array(32) }],
  ])('%s are given up, and the next one is taken', async (_, notification) => {
    const { take, stored } = await bench(database);
    await take(notification);
    await take({ initialHistBootstrapInlinePayload: packed(['Hi']) });
    expect(await stored()).toEqual(['text Hi read']);
  });

  test('that cannot be reached are tried again, later and later', async () => {
    const { received, imports, instance, chunks, clock } = await bench(database);
    await received(announcement(UNREACHABLE));
    imports.wake(instance.id);
    const attempts = () => expect.poll(async () => (await chunks())[0]?.attempts);
    await attempts().toBe(1);
    clock.advance(30_000);
    await attempts().toBe(2);
    clock.advance(59_999);
    expect(await chunks()).toMatchObject([{ attempts: 2 }]);
    clock.advance(1);
    await attempts().toBe(3);
    await imports.stop();
  });

  test('a wake-up that comes while an import ends is not lost, at any moment of it', async () => {
    let onRead: (() => void) | null = null;
    /** Answers the next read as if the chunk were committed just after it. */
    const readTooEarly: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (!onRead) return result;
        onRead();
        onRead = null;
        return { ...result, rows: [] };
      },
    };
    const { db, instance, imports, chunks } = await bench(database, { plugins: [readTooEarly] });
    const notification = proto.Message.HistorySyncNotification.encode({
      initialHistBootstrapInlinePayload: packed(['Hi']),
    }).finish();
    for (let moment = 0; moment < 20; moment++) {
      const row = { instance_id: instance.id, message_id: `3EB0H${moment}`, notification, announced_at: AT };
      await db.insertInto('history_chunks').values(row).execute();
      onRead = () => void microtasks(moment).then(() => imports.wake(instance.id));
      imports.wake(instance.id);
      await expect.poll(chunks).toEqual([]);
    }
    await imports.stop();
  });

  test('go with the device that they were sent to', async () => {
    const { received, db, instance, chunks } = await bench(database);
    await received(announcement(UNREACHABLE));
    const devices = createLinkedDevices({ db, seal: testSeal(), clock: new TestClock() });
    await db.transaction().execute((trx) => devices.wipe(trx, instance.id));
    expect(await chunks()).toEqual([]);
  });
});
