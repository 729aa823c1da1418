import {
  downloadContentFromMessage,
  jidNormalizedUser,
  type MediaType,
  proto,
  S_WHATSAPP_NET,
  toNumber,
  type WASocket,
} from 'baileys';
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../telemetry/log.ts';
import type { ChatChanges } from '../../chat-change.ts';
import { readChatChange } from '../../inbound/chat-change.ts';
import { SendFailed, type SessionListener } from '../../session.ts';
import { whileOpen } from '../ask.ts';
import { AccountKeys } from './account-keys.ts';
import { readAnswer } from './answers.ts';
import { AppState, type Step } from './app-state.ts';
import { SET } from './cipher.ts';
import type { AppStateStore } from './store.ts';

export interface CreateAppStateOptions {
  socket: WASocket;
  store: AppStateStore;
  listener: Pick<SessionListener, 'chatChanges'>;
  /** Puts a task into the connection's queue; resolves when it is done. */
  enqueue(task: () => Promise<void>): Promise<void>;
  ended(): boolean;
  /** Of the requests for files. */
  fetchOptions: RequestInit;
  clock: Clock;
  log: Logger;
}

const FILE_BYTES = 100 * 1024 * 1024;
/** The part that holds labels. */
const REGULAR = 'regular';

/** App state over a Baileys socket. */
export function createAppState(options: CreateAppStateOptions): { appState: AppState; keys: AccountKeys } {
  const { socket, store, listener, enqueue, clock, log } = options;
  const { creds, keys: stored } = socket.authState;
  const keys = new AccountKeys(
    {
      read: async (id) => (await stored.get('app-state-sync-key', [id]))[id],
      current: () => creds.myAppStateKeyId,
      request: (ids) => requestKeys(socket, ids),
    },
    clock.now,
  );
  const appState = new AppState({
    keys,
    ask: async (collections) => {
      const answer = await whileOpen(options.ended, () =>
        socket.query({
          tag: 'iq',
          attrs: { to: S_WHATSAPP_NET, type: 'set', xmlns: 'w:sync:app:state' },
          content: [{ tag: 'sync', attrs: {}, content: collections }],
        }),
      );
      if (!answer) throw new SendFailed({ kind: 'timed_out' });
      return readAnswer(answer);
    },
    download: (reference) => whileOpen(options.ended, () => download(reference, options.fetchOptions)),
    mutationsOf: (file) => proto.SyncdMutations.decode(file).mutations,
    held: (names) => store.held(names),
    commit: (steps) =>
      enqueue(async () => {
        const all = steps.map((step) => chatChanges(step, store));
        await listener.chatChanges(all);
        for (const { changes } of all) for (const change of changes) updateEngine(socket, change);
      }),
    log,
  });
  return { appState, keys };
}

function chatChanges({ advance, first, own }: Step, store: AppStateStore): ChatChanges {
  const changes = advance.mutations.flatMap(
    ({ operation, index, value }) => readChatChange({ index, value: operation === SET ? value : null }) ?? [],
  );
  return {
    changes,
    source: own ? 'own' : first ? 'first' : 'sync',
    withLabels: advance.name === REGULAR,
    alongside: (trx) => store.save(trx, advance),
  };
}

/** What Baileys has to know, too: it goes out with presence and messages. */
function updateEngine(
  { ev, authState: { creds } }: WASocket,
  change: ReturnType<typeof readChatChange>,
): void {
  if (change?.kind === 'push_name' && creds.me && creds.me.name !== change.name) {
    ev.emit('creds.update', { me: { ...creds.me, name: change.name } });
  }
  if (change?.kind === 'contact' && change.person.jid && change.person.lid) {
    ev.emit('lid-mapping.update', { lid: change.person.lid, pn: change.person.jid });
  }
}

async function requestKeys(socket: WASocket, ids: Uint8Array[]): Promise<void> {
  const { me } = socket.authState.creds;
  if (!me) return;
  const protocolMessage = {
    type: proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_REQUEST,
    appStateSyncKeyRequest: { keyIds: ids.map((keyId) => ({ keyId })) },
  };
  // As Baileys sends what only the own phone is to see.
  await socket.relayMessage(
    jidNormalizedUser(me.id),
    { protocolMessage },
    { additionalAttributes: { category: 'peer', push_priority: 'high_force' } },
  );
}

async function download(
  reference: proto.IExternalBlobReference,
  fetchOptions: RequestInit,
): Promise<Uint8Array> {
  const { mediaKey, directPath, fileSizeBytes } = reference;
  if (!mediaKey || !directPath || toNumber(fileSizeBytes) > FILE_BYTES) {
    throw new SendFailed({ kind: 'failed', text: 'WhatsApp names a file that cannot be fetched' });
  }
  const type: MediaType = 'md-app-state';
  const file = await downloadContentFromMessage({ mediaKey, directPath }, type, { options: fetchOptions });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > FILE_BYTES)
      throw new SendFailed({ kind: 'failed', text: 'the synchronised state is too large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
