import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { proto } from 'baileys';
import type { Device } from '../server/directory.ts';
import type { Phone } from './phone.ts';
import { sendToDevice } from './sending.ts';
import { makeMessageId } from './submit.ts';

const { Type } = proto.Message.ProtocolMessage;

/** The key that a phone shares with its companions for the state they have in common. */
export interface AppStateKey {
  id: Uint8Array;
  data: Uint8Array;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

export function makeAppStateKey(now: number): AppStateKey {
  return { id: Buffer.concat([Buffer.from([0, 0]), randomBytes(4)]), data: randomBytes(32), createdAt: now };
}

/** What a phone sends to a companion that has just been linked: the app-state key and its history. */
export async function sendFirstSync(phone: Phone, device: Device, key: AppStateKey): Promise<void> {
  await peer(phone, device, {
    type: Type.APP_STATE_SYNC_KEY_SHARE,
    appStateSyncKeyShare: {
      keys: [
        {
          keyId: { keyId: key.id },
          keyData: {
            keyData: key.data,
            fingerprint: { rawId: phone.secrets.registrationId, currentIndex: 0, deviceIndexes: [0] },
            timestamp: key.createdAt,
          },
        },
      ],
    },
  });
  const history = proto.HistorySync.encode({
    syncType: proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP,
    chunkOrder: 1,
    progress: 100,
    conversations: [],
    pushnames: [],
  }).finish();
  await peer(phone, device, {
    type: Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      syncType: proto.Message.HistorySyncType.INITIAL_BOOTSTRAP,
      chunkOrder: 1,
      progress: 100,
      initialHistBootstrapInlinePayload: deflateSync(history),
    },
  });
}

async function peer(phone: Phone, device: Device, content: proto.Message.IProtocolMessage): Promise<void> {
  const id = makeMessageId();
  const message = { protocolMessage: content };
  const { account } = phone;
  phone.outbox.set(id, { message, chat: account, addressing: 'pn', peer: true, receipts: new Map() });
  await phone.enqueue(() => sendToDevice(phone, device, message, { id, addressing: 'pn', category: 'peer' }));
}
