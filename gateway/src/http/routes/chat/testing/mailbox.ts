import { join } from 'node:path';
import { KeyedMutex } from '../../../../async/keyed-mutex.ts';
import { silentLog, testOutbox } from '../../../../events/testing/events.ts';
import { ChatStates } from '../../../../instances/chats/chat-states.ts';
import { Ingest } from '../../../../instances/ingest/ingest.ts';
import { AT, JOAO, received, SELF, waMessage } from '../../../../instances/ingest/testing/ingest.ts';
import { ChatFiles } from '../../../../instances/media/chat-files.ts';
import { Chats } from '../../../../mailbox/chats.ts';
import { Contacts } from '../../../../mailbox/contacts.ts';
import { Labels } from '../../../../mailbox/labels.ts';
import { NumberCache } from '../../../../mailbox/number-cache.ts';
import { Blobs } from '../../../../storage/blobs.ts';
import { TempFiles } from '../../../../storage/temp-files.ts';
import type { TestStorage } from '../../../../storage/testing/databases.ts';
import { proto } from '../../../../whatsapp/proto.ts';
import { testGateway } from '../../../testing/gateway.ts';
import { WatchedSupervisor } from '../../../testing/instances.ts';
import { chatRoutes } from '../index.ts';

export const SECOND = 1_000;
const SETTINGS = {
  ignoreGroupMessages: false,
  ignoreStatus: false,
  autoReadMessages: false,
};

/** The routes of `/api/chat` over an instance that is linked and not connected; messages come in as they would. */
export async function mailboxBench(storage: TestStorage) {
  const sessions = new WatchedSupervisor(storage.db);
  const gateway = await testGateway({
    storage,
    routes: ({ db, seal, clock, log }) => {
      const numbers = new NumberCache(clock);
      const { outbox } = testOutbox(db, seal, { clock });
      const random = (bytes: number) => new Uint8Array(bytes);
      const blobs = new Blobs(join(storage.folder, 'media'));
      return chatRoutes({
        db,
        outbox,
        clock,
        log,
        numbers,
        sessions,
        random,
        tempFiles: new TempFiles(storage.folder),
        mediaRoute: () => {
          throw new Error('nothing is sent here');
        },
        files: new ChatFiles({ db, blobs, clock, log, bucketOf: () => null }),
        chatStates: new ChatStates({ clock, log, sessions, staysOnline: () => false }),
        labelCreation: new KeyedMutex(),
      });
    },
  });
  const { db, clock, seal } = gateway;
  const owner = await gateway.account();
  const instance = await gateway.instance(owner, 'sales');
  await db
    .updateTable('instances')
    .set({ number_jid: SELF.jid, lid: SELF.lid, profile_name: SELF.name })
    .where('id', '=', instance.id)
    .execute();
  const { outbox } = testOutbox(db, seal, { clock });
  const ingest = new Ingest(instance.id, {
    db,
    outbox,
    clock,
    log: silentLog,
    settingsOf: () => SETTINGS,
    sessions,
  });

  const receive = received(ingest, clock);

  return {
    ...gateway,
    owner,
    instance,
    /** Makes another one. */
    instanceOf: gateway.instance,
    ingest,
    chats: new Chats(db, instance.id),
    labels: new Labels(db, instance.id),
    get: (path: string, query: Record<string, string> = {}, token = instance.token) =>
      gateway.call('GET', `/api/chat/${path}/sales?${new URLSearchParams(query)}`, { token }),
    post: (path: string, body: unknown, token = instance.token) =>
      gateway.call('POST', `/api/chat/${path}/sales`, { token, body }),
    /** A message with this id, so many seconds after `AT`; João's text by default. */
    receive: (id: string, seconds: number, over: Parameters<typeof waMessage>[0] = {}) =>
      receive(waMessage({ messageTimestamp: AT / SECOND + seconds, ...over, key: { id, ...over.key } })),
    keyOf: async (jid: string) => (await new Contacts(db, instance.id, 0).find({ jid, lid: null }))?.id ?? '',
  };
}

export type MailboxBench = Awaited<ReturnType<typeof mailboxBench>>;

export const MARIA = { jid: '5521988887777@s.whatsapp.net', lid: '100000000000009@lid' };
export const DEV_TEAM = '120363406289005073@g.us';

/** Key of a message in the group that `who` wrote. */
export const inGroup = (who: { jid: string; lid: string } = JOAO) => ({
  remoteJid: DEV_TEAM,
  remoteJidAlt: '',
  participant: who.jid,
  participantAlt: who.lid,
});

export const edit = (id: string, text: string) => ({
  protocolMessage: {
    type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT,
    key: { id },
    editedMessage: { conversation: text },
  },
});

export const revoke = (id: string) => ({
  protocolMessage: { type: proto.Message.ProtocolMessage.Type.REVOKE, key: { id, fromMe: true } },
});
